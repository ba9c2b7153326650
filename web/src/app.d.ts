import type { Stale } from '#lib/last-copy.ts'

declare global {
  namespace App {
    /** What `+error.svelte` shows: what happened, what to do next, and what to quote in a report. */
    interface Error {
      message: string
      next?: string
      requestId?: string
    }
    interface PageData {
      /** Of a page that is kept while the server is out of reach. */
      stale?: Stale
    }
  }
}

export {}
