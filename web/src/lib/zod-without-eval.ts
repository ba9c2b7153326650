import { config } from 'zod'

// The pages' Content-Security-Policy forbids `new Function`, which zod would try for speed. To be imported before any schema.
config({ jitless: true })
