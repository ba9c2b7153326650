import type { Language } from '#server/accounts/schema.ts'
import type { Stale } from '#lib/last-copy.ts'

declare global {
  namespace App {
    /** What `+error.svelte` shows: what happened, what to do next, and what to quote in a report. */
    interface Error {
      message: string
      next?: string
      /** In which these words are, where not in English. */
      language?: Language
      requestId?: string
    }
    interface PageData {
      /** In which language a rater's page speaks. */
      language?: Language
      /** Of a page that is kept while the server is out of reach. */
      stale?: Stale
    }
  }
}

export {}
