declare global {
  namespace App {
    /** What `+error.svelte` shows: what happened, what to do next, and what to quote in a report. */
    interface Error {
      message: string
      next?: string
      requestId?: string
    }
  }
}

export {}
