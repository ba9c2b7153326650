import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LRUCache } from 'lru-cache'
import type { LocalFiles } from './data-files.ts'

/** Revisions by the state of the files they are of. */
const known = new LRUCache<string, string>({ max: 100 })

/** A file that changed less than this long ago could change again within one tick of its file system's clock. */
const settledMs = 2_000

/**
 * The revision of files, which are read only where their state on disk is new: names, sizes, inodes and moments of
 * change, as git's index has it. `basis` is what the revision depends on beside the files. Files that changed within
 * the last two seconds are read each time.
 */
export async function revisionOnce(files: LocalFiles, basis: unknown, tell: () => Promise<string>): Promise<string> {
  const begun = Date.now()
  const { state, changedMs } = await stateOnDisk(files, basis)
  const told = known.get(state) ?? (await tell())
  if (begun - changedMs < settledMs) return told
  known.set(state, told)
  return told
}

const statsAtOnce = 64

/** A hash over what the file system says of the files, and the newest moment in it. */
async function stateOnDisk(files: LocalFiles, basis: unknown): Promise<{ state: string; changedMs: number }> {
  const hash = createHash('sha256').update(JSON.stringify([files.root, basis ?? null]))
  let changedMs = 0
  for (let from = 0; from < files.onDisk.length; from += statsAtOnce) {
    const names = files.onDisk.slice(from, from + statsAtOnce)
    const facts = await Promise.all(names.map((name) => stat(join(files.root, name), { bigint: true })))
    facts.forEach(({ dev, ino, size, mtimeNs, ctimeNs, ctimeMs }, index) => {
      hash.update(JSON.stringify([names[index], ...[dev, ino, size, mtimeNs, ctimeNs].map(String)]))
      changedMs = Math.max(changedMs, Number(ctimeMs))
    })
  }
  return { state: hash.digest('hex'), changedMs }
}
