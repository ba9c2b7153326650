import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { openZip, type ZipArchive } from '../formats/zip.ts'

/** What lies in the zip archives of a data set, read without unpacking them. */
interface ZippedFiles {
  /** An archive is addressed as a folder: `images.zip/val/7.png`. */
  names: string[]
  has(name: string): boolean
  read(name: string): Promise<Uint8Array>
  stream(name: string): Promise<Readable>
  /** Closes the archives; the next read opens them again. */
  close(): Promise<void>
}

/** Lists the archives of a folder, refusing hostile ones as openZip does. */
export async function openZips(root: string, archives: string[]): Promise<ZippedFiles> {
  const places = new Map<string, { archive: string; entry: string }>()
  const open = new Map<string, Promise<ZipArchive>>()
  const opened = (archive: string) => {
    const known = open.get(archive) ?? openZip(join(root, archive))
    open.set(archive, known)
    return known
  }
  const close = async () => {
    const all = [...open.values()]
    open.clear()
    for (const archive of all) await (await archive)[Symbol.asyncDispose]()
  }
  for (const archive of archives) {
    for (const { name } of (await opened(archive)).entries) places.set(`${archive}/${name}`, { archive, entry: name })
  }
  await close()
  return {
    names: [...places.keys()],
    has: (name) => places.has(name),
    async read(name) {
      const { archive, entry } = places.get(name)!
      return (await opened(archive)).read(entry)
    },
    async stream(name) {
      const { archive, entry } = places.get(name)!
      return (await opened(archive)).stream(entry)
    },
    close,
  }
}
