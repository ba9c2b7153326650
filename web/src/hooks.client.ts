import type { HandleClientError } from '@sveltejs/kit/hooks'
import { config } from 'zod'
import { errorPage } from '#lib/api/error-page.ts'

// The pages' Content-Security-Policy forbids `new Function`, which zod would try for speed. Set here, it is set before any page's schema is made.
config({ jitless: true })

export const handleError: HandleClientError = (caught) =>
  errorPage(caught, {
    status: 500,
    message: 'The page could not be shown.',
    next: 'Load it again. Votes that wait on this device are kept.',
  })
