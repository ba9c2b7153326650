import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'

/** The files to look at, in the order in which they are hashed. */
interface FilesToLookAt {
  root: string
  names: string[]
  /** What their state depends on beside the files. */
  basis: unknown
}

/** A hash over what the file system says of the files, and the newest moment of change in it. */
export interface StateOnDisk {
  state: string
  changedMs: number
}

/** What a look finds: their state, or SHA-256 over their names and contents. */
export type Look = 'state' | 'hash'
export type Found = { result: StateOnDisk | string } | { fault: string }

// A thread of its own: a hundred thousand files are looked at without holding up anything else.
if (!isMainThread && parentPort && isOurs(workerData)) serve(parentPort, workerData)

function serve(port: NonNullable<typeof parentPort>, files: FilesToLookAt) {
  port.on('message', (look: Look) => {
    try {
      port.postMessage({ result: look === 'state' ? stateOf(files) : hashOf(files) } satisfies Found)
    } catch (error) {
      port.postMessage({ fault: error instanceof Error ? error.message : String(error) } satisfies Found)
    }
  })
}

/** Test runners start threads too; only ours carry names. */
function isOurs(data: unknown): data is FilesToLookAt {
  return typeof data === 'object' && data !== null && 'names' in data && 'basis' in data
}

/** Names, sizes, inodes and moments of change, as git's index has them. */
function stateOf({ root, names, basis }: FilesToLookAt): StateOnDisk {
  const hash = createHash('sha256').update(JSON.stringify([root, basis ?? null]))
  let changedMs = 0
  for (const name of names) {
    const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs } = statSync(join(root, name), { bigint: true })
    hash.update(JSON.stringify([name, ...[dev, ino, size, mtimeNs, ctimeNs].map(String)]))
    changedMs = Math.max(changedMs, Number(ctimeMs))
  }
  return { state: hash.digest('hex'), changedMs }
}

const piece = Buffer.allocUnsafe(1024 ** 2)
const restEveryBytes = 8 * 1024 ** 2
const restMs = 4

function hashOf({ root, names }: FilesToLookAt): string {
  const whole = createHash('sha256')
  let sinceRest = 0
  for (const name of names) {
    whole.update(`${name}\n`)
    const file = openSync(join(root, name), 'r')
    try {
      for (let bytes = readSync(file, piece); bytes > 0; bytes = readSync(file, piece)) {
        whole.update(piece.subarray(0, bytes))
        sinceRest += bytes
        if (sinceRest < restEveryBytes) continue
        sinceRest = 0
        rest()
      }
    } finally {
      closeSync(file)
    }
  }
  return whole.digest('hex')
}

/** The calls of a run go out meanwhile, from the same processor. */
function rest() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, restMs)
}
