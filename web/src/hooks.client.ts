import type { HandleClientError } from '@sveltejs/kit/hooks'
import { config } from 'zod'

// The pages' Content-Security-Policy forbids `new Function`, which zod would try for speed. Set here, it is set before any page's schema is made.
config({ jitless: true })

/** Says in words what the browser could not do; the details go to its console. */
export const handleError: HandleClientError = (caught) => {
  switch (caught.kind) {
    case 'app':
      return caught.error
    case 'framework':
      return caught.error.status === 404
        ? { message: 'There is nothing at this address.', next: 'It may be old or mistyped.' }
        : { message: caught.error.message }
    case 'unknown':
      console.error(caught.error)
      return {
        message: 'The page could not be shown.',
        next: 'Load it again. Votes that wait on this device are kept.',
      }
  }
}
