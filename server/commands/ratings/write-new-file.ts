import { createWriteStream, existsSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { InputError } from '#server/core/problem.ts'
import { writeNamedFile } from '#server/core/whole-file.ts'

/** Refuses a file that is there already, before any work is done for it. */
export function requireFree(path: string): void {
  if (existsSync(path)) throw new InputError(`${path} exists already; name another file, or remove it first`)
}

/** Writes a stream to a file that is not there yet; a half-written one never has its name. */
export async function writeNewFile(path: string, content: Readable): Promise<void> {
  await writeNamedFile(path, (aside) => pipeline(content, createWriteStream(aside)))
}
