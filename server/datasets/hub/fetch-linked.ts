import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Link } from '#benchmarks/benchmark.ts'
import type { Context } from '#server/core/context.ts'
import type { OutgoingRequest } from '#server/core/egress.ts'
import { writeWhole } from '#server/core/whole-file.ts'
import type { Task } from '../catalogue.ts'
import { linkedName } from '../data-files.ts'
import { openTaskFiles } from '../service.ts'

/** What became of the pictures that a split names by URL; `missing` is also the manifest beside them. */
interface LinkedReport {
  /** Different pictures; several rows may share one. */
  links: number
  fetched: number
  missing: (Link & { reason: string })[]
  /** Where that list is kept. */
  manifest: string
}

interface FetchLinkedOptions {
  /** The folder with the data, instead of its usual place. */
  path?: string
  signal?: AbortSignal
  /** Pictures asked for at the same time; 8 when left out. */
  atOnce?: number
  timeoutMs?: number
  /** `public` when left out; `listed` also reaches a mirror that the operator listed. */
  reach?: 'public' | 'listed'
  onProgress?: (done: number, links: number) => void
}

/**
 * Fetches the pictures that a split names by URL, those that are not here yet. One is kept only when its bytes have the
 * SHA-256 that the data names; what cannot be had is listed with its reason in `linked/missing-<split>.json`, and its
 * rows are left out of a run. Running it again tries the missing ones again.
 */
export async function fetchLinked(
  ctx: Pick<Context, 'config' | 'egress'>,
  task: Task,
  { path, signal, atOnce = 8, timeoutMs = 30_000, reach = 'public', onProgress }: FetchLinkedOptions = {},
): Promise<LinkedReport> {
  const files = await openTaskFiles(ctx, task, { path })
  const links = new Map<string, Link>()
  for (const layout of task.benchmark.layouts) {
    for await (const link of layout.links?.(files, task.split) ?? []) links.set(link.sha256, link)
  }
  const missing: LinkedReport['missing'] = []
  const manifest = join(files.root, 'linked', `missing-${task.split}.json`)
  const waiting = [...links.values()]
  let done = 0
  let fetched = 0
  const work = async () => {
    for (let link = waiting.shift(); link && !signal?.aborted; link = waiting.shift()) {
      const place = join(files.root, linkedName(link))
      if (!existsSync(place)) {
        const outcome = await fetchOne(ctx, link, { timeoutMs, reach, ...(signal ? { signal } : {}) })
        if (typeof outcome === 'string') missing.push({ ...link, reason: outcome })
        else {
          await writeWhole(place, outcome)
          fetched++
        }
      }
      onProgress?.(++done, links.size)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  if (links.size > 0 && !signal?.aborted) {
    missing.sort((a, b) => (a.url < b.url ? -1 : 1))
    await writeWhole(manifest, `${JSON.stringify(missing, null, 2)}\n`)
  }
  return { links: links.size, fetched, missing, manifest }
}

/** The bytes, or why they cannot be had. */
async function fetchOne(
  { egress }: Pick<Context, 'egress'>,
  { url, sha256 }: Link,
  how: Pick<OutgoingRequest, 'timeoutMs' | 'reach' | 'signal'>,
): Promise<Buffer | string> {
  try {
    const headers = { accept: 'image/*' }
    const reply = await egress.request({ url, method: 'GET', headers, pool: 'linked pictures', ...how })
    if (reply.status !== 200) return `the server answered ${reply.status}`
    const hash = createHash('sha256').update(reply.body).digest('hex')
    return hash === sha256 ? reply.body : 'the picture there is another one now: its SHA-256 does not fit'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
