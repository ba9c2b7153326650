import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Config } from '../config.ts'
import { isRunning, processName } from '../postgres/process-lock.ts'
import { writeWhole } from '../whole-file.ts'

/** What a server writes down of itself in its data folder while it listens. */
const Note = z.object({
  /** Where people reach its pages: `http://127.0.0.1:3000`. */
  origin: z.string(),
  /** The database that it serves, as `Program.where` says it. */
  where: z.string(),
})
type Note = z.infer<typeof Note>

/** The address at which people reach a server on this port, as far as the configuration tells. */
export function originOn({ publicUrl, host }: Pick<Config, 'publicUrl' | 'host'>, port: number): string {
  const name = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host
  return publicUrl ?? `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

const folderOf = (dataDir: string) => join(dataDir, 'listening')

/** Writes down where this process listens; returns what removes the note again. */
export async function noteListening(dataDir: string, note: Note): Promise<() => Promise<void>> {
  const path = join(folderOf(dataDir), `${processName(process.pid)}.json`)
  await writeWhole(path, JSON.stringify(note))
  return () => rm(path, { force: true })
}

/** The address of the newest server that runs on this data folder and database; undefined when none does. */
export async function findListening(dataDir: string, where: string): Promise<string | undefined> {
  const names = await readdir(folderOf(dataDir)).catch(() => [])
  const notes = await Promise.all(names.map((name) => readNote(join(folderOf(dataDir), name), name)))
  const ours = notes.filter((note) => note?.where === where).sort((one, other) => other!.at - one!.at)
  return ours[0]?.origin
}

/** The note of a living process; that of a killed one is removed. */
async function readNote(path: string, name: string): Promise<(Note & { at: number }) | undefined> {
  if (!name.endsWith('.json')) return undefined
  if (!isRunning(name.slice(0, -'.json'.length))) {
    await rm(path, { force: true })
    return undefined
  }
  try {
    const note = Note.parse(JSON.parse(await readFile(path, 'utf8')))
    return { ...note, at: (await stat(path)).mtimeMs }
  } catch {
    return undefined // It has just been removed.
  }
}
