import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from '../core/context.ts'
import { InputError } from '../core/problem.ts'
import { loadBenchmarks, type Task } from './catalogue.ts'
import { isLinked, openDataFiles } from './data-files.ts'
import { hashOfFile, readLock, stateOfFile } from './lock.ts'
import { partInWords, partOf } from './parts.ts'
import { pullCommand, splitFolder } from './service.ts'

/** What of a pulled split is no longer as it came; paths are relative to its folder. */
interface Verified {
  folder: string
  repo: string | null
  revision: string
  files: number
  damaged: string[]
  missing: string[]
  /** What is there of the split, in words, where the files as they were pulled do not hold all of it. */
  partial: string | null
}

/** Reads every file of a pulled split, and the pictures fetched for it, and compares their hashes. Throws InputError when it was not pulled. */
export async function verifySplit(ctx: Pick<Context, 'config'>, task: Task): Promise<Verified> {
  const locked = (await readLock(ctx.config, task.benchmark.id)).splits[task.split]
  if (!locked) {
    throw new InputError(
      `${task.benchmark.id} ${task.split} was not pulled, so there is no lock file to hold it against. ${pullCommand(task)} makes one; --from PATH makes one of files that are here.`,
    )
  }
  const folder = splitFolder(ctx, task)
  const damaged: string[] = []
  const missing: string[] = []
  for (const file of locked.files) {
    const state = await stateOfFile(join(folder, file.path), file)
    if (state === 'damaged') damaged.push(file.path)
    if (state === 'missing') missing.push(file.path)
  }
  for (const name of await namesIn(folder)) {
    const [, hash] = /^linked\/\w\w\/([0-9a-f]{64})$/.exec(name) ?? []
    if (hash && (await hashOfFile(join(folder, name))) !== `sha256:${hash}`) damaged.push(name)
  }
  const whole = damaged.length + missing.length === 0
  const part = whole ? await partOf(ctx, task) : null
  return {
    folder,
    repo: locked.repo,
    revision: locked.revision,
    files: locked.files.length,
    damaged,
    missing,
    partial: part && partInWords(part),
  }
}

/** Files in the folder of a benchmark that no lock file names: no run of pulled data reads them. */
export async function extraFiles(ctx: Pick<Context, 'config'>, task: Task): Promise<string[]> {
  const owner = task.benchmark.variantOf ?? task.benchmark.id
  const known = new Set<string>()
  for (const { id, variantOf } of (await loadBenchmarks()).values()) {
    if ((variantOf ?? id) !== owner) continue
    const { splits } = await readLock(ctx.config, id)
    for (const { files } of Object.values(splits)) for (const { path } of files) known.add(path)
  }
  return (await namesIn(splitFolder(ctx, task))).filter((name) => !known.has(name) && !isLinked(name))
}

async function namesIn(folder: string): Promise<string[]> {
  return existsSync(folder) ? (await openDataFiles(folder)).onDisk : []
}
