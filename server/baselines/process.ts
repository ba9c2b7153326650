import { setPriority } from 'node:os'
import { z } from 'zod'
import { serveBaselines } from './server.ts'

// The child of start.ts. It ends when its parent ends, in whatever way.
const Options = z.object({ port: z.int().min(0).max(65_535), cacheDir: z.string() })

const closeWithinMs = 2_000

process.title = 'arena baselines'
// Reading pictures takes every core for a while; pages and votes go first. Threads inherit it.
setPriority(10)
// An interrupt from the terminal reaches the whole group; the parent decides when its endpoint may go.
process.on('SIGINT', () => undefined)

const { promise: ended, resolve: end } = Promise.withResolvers<undefined>()
process.on('SIGTERM', () => end(undefined))
process.on('disconnect', () => end(undefined))
if (!process.connected) end(undefined)

try {
  const served = await serveBaselines(Options.parse(JSON.parse(process.argv[2] ?? '{}')))
  await tellParent({ kind: 'ready', url: served.url, models: served.models })
  await ended
  setTimeout(() => process.exit(0), closeWithinMs)
  await served.close()
  process.exit(0)
} catch (error) {
  await tellParent({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
  process.exit(1)
}

/** Resolves when the report is on its way, or at once when no parent listens. */
function tellParent(report: object): Promise<void> {
  return new Promise((resolve) => {
    if (process.send && process.connected) process.send(report, undefined, undefined, () => resolve())
    else resolve()
  })
}
