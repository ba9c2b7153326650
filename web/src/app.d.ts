declare global {
  namespace App {
    /** What `+error.svelte` shows: what is so, what comes next, and what to quote in a report. */
    interface Error {
      message: string
      next?: string
      requestId?: string
    }
  }
}

export {}
