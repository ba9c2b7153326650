import { Run } from '#server/runs/schema.ts'

interface Following {
  /** The run as it is now. */
  onrun: (run: Run) => void
  /** Whether the stream is open: while it is not, a page asks by itself. */
  onlive: (live: boolean) => void
}

/**
 * Follows a run that goes on, by the server's stream of it; the browser opens it again when it breaks. A page out of sight
 * closes it: a browser opens only a few connections to one server. Returns what ends it.
 */
export function followRun(run: number, { onrun, onlive }: Following): () => void {
  let source: EventSource | undefined

  function open() {
    source = new EventSource(`/api/v1/runs/${run}/events`)
    source.addEventListener('open', () => onlive(true))
    source.addEventListener('error', () => onlive(false))
    source.addEventListener('run', (event) => {
      const read = Run.safeParse(JSON.parse(event.data as string))
      if (read.success) onrun(read.data)
    })
  }

  function close() {
    source?.close()
    source = undefined
    onlive(false)
  }

  const followSight = () => {
    if (document.visibilityState === 'hidden') close()
    else if (!source) open()
  }
  document.addEventListener('visibilitychange', followSight)
  followSight()
  return () => {
    document.removeEventListener('visibilitychange', followSight)
    close()
  }
}
