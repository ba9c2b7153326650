import { basename } from 'node:path'
import { hubFileNames } from '#benchmarks/hub.ts'
import type { Context } from '../core/context.ts'
import type { Task } from './catalogue.ts'
import { openReading } from './service.ts'

/** What of a split is there, where that is not all of it. */
export interface Part {
  /** Examples that are there; null where they were not counted. */
  examples: number | null
  /** Examples that the split is known to have. */
  of: number
  /** Files that the numbers in the others' names say to be missing. */
  missing: string[]
}

/**
 * How many examples a split has when it is whole; null for samples, and where rows are left out rightly because the
 * pictures that they name by URL are gone.
 */
export function knownSize({ benchmark, split }: Task): number | null {
  if (split === 'sample' || benchmark.layouts.some(({ links }) => links)) return null
  return benchmark.splits[split]?.n ?? null
}

/** Files of a split that are missing among these, as `test-00000-of-00002.parquet` says of its sister. */
export function missingFiles(names: string[], split: string): string[] {
  const ofSplit = hubFileNames(split === 'val' ? '(?:val|validation)' : split)
  const missing: string[] = []
  for (const name of names.filter((name) => ofSplit.test(name))) {
    const [, before, number, total] = /^(.*-)(\d{5})-of-(\d{5})\.parquet$/.exec(name) ?? []
    if (before === undefined || number !== firstOf(names, before, total!)) continue
    for (let k = 0; k < Math.min(Number(total), mostFiles); k++) {
      const sister = `${before}${String(k).padStart(5, '0')}-of-${total}.parquet`
      if (!names.includes(sister)) missing.push(sister)
    }
  }
  return missing
}

const mostFiles = 10_000

function firstOf(names: string[], before: string, total: string): string | undefined {
  const first = names.find((name) => name.startsWith(before) && name.endsWith(`-of-${total}.parquet`))
  return first?.slice(before.length, before.length + 5)
}

/** What is there of a split whose data was put somewhere, read without its pictures; null when it is whole. Throws InputError as reading does. */
export async function partOf(ctx: Pick<Context, 'config'>, task: Task, path?: string): Promise<Part | null> {
  const of = knownSize(task)
  if (of === null) return null
  await using reading = await openReading(ctx, task, path)
  let examples = 0
  for await (const _id of reading.ids()) examples++
  const missing = missingFiles(reading.names, task.split)
  return examples < of || missing.length > 0 ? { examples, of, missing } : null
}

/** "partial: 2 of 491 examples; test-00001-of-00002.parquet is missing". */
export function partInWords({ examples, of, missing }: Part): string {
  const counted = examples === null ? `not all ${of} examples` : `${examples} of ${of} examples`
  const [first] = missing
  if (first === undefined) return `partial: ${counted}`
  const more = missing.length > 1 ? ` and ${missing.length - 1} more files are missing` : ' is missing'
  return `partial: ${counted}; ${basename(first)}${more}`
}
