import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { Submission } from '#benchmarks/benchmark.ts'
import { InputError } from '#server/core/problem.ts'
import type { Task } from '#server/datasets/catalogue.ts'
import { listed } from '../scoring/match-predictions.ts'

const largestFileBytes = 512 * 1024 ** 2

/** What a submission file was found to hold. */
export interface CheckedSubmission {
  answers: number
  empty: number
  sha256: string
}

/**
 * How predictions on this split are submitted. Throws InputError when its gold answers are public, or when the benchmark
 * names no server.
 */
export function submissionOf({ benchmark, split }: Task): Submission {
  if (benchmark.splits[split]?.gold !== 'withheld')
    throw new InputError(
      `The gold answers of ${benchmark.id} ${split} are public: it is scored here, and no server takes it. Submission files are for withheld splits.`,
    )
  if (benchmark.submission) return benchmark.submission
  throw new InputError(`${benchmark.id} names no server that ${split} could be submitted to.`)
}

/**
 * Reads a submission file as strictly as its server: an array of whole-number ids and texts, each id once, as many as
 * the split has questions (unless `partial`), and exactly the ids of the questions where those are known. Throws
 * InputError that says what does not hold. `name` stands in its sentences.
 */
export async function checkSubmission(
  path: string,
  name: string,
  task: Task,
  { ids, partial = false }: { ids?: ReadonlySet<string>; partial?: boolean } = {},
): Promise<CheckedSubmission> {
  const { idKey } = submissionOf(task)
  const bytes = await readWhole(path, name)
  const given = new Set<string>()
  const repeated: string[] = []
  let empty = 0
  for (const [k, entry] of entriesIn(bytes, name).entries()) {
    const { id, answer } = readEntry(entry, idKey, `${name}, item ${k}`)
    if (given.has(id)) repeated.push(id)
    given.add(id)
    if (answer === '') empty++
  }
  const faults = [
    listed('missing', ids ? [...ids].filter((id) => !given.has(id)) : []),
    listed('extra', ids ? [...given].filter((id) => !ids.has(id)) : []),
    listed('given more than once', repeated),
  ].filter((words) => words !== '')
  const wanted = `${task.benchmark.id} ${task.split}`
  if (faults.length > 0) throw new InputError(`${name} is no submission for ${wanted}: ${faults.join('; ')}.`)
  const { n } = task.benchmark.splits[task.split]!
  if (given.size !== n && !partial)
    throw new InputError(
      `${name} has ${given.size} answers, ${wanted} has ${n} questions, and its server takes all or nothing. To practise with fewer, say --partial.`,
    )
  return { answers: given.size, empty, sha256: createHash('sha256').update(bytes).digest('hex') }
}

async function readWhole(path: string, name: string): Promise<Uint8Array> {
  const facts = await stat(path).catch(() => undefined)
  if (!facts?.isFile()) throw new InputError(`There is no file ${path}.`)
  if (facts.size > largestFileBytes) throw new InputError(`${name} is larger than 512 MB: no submission is.`)
  return readFile(path)
}

function entriesIn(bytes: Uint8Array, name: string): unknown[] {
  let root: unknown
  try {
    root = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new InputError(`${name} is not JSON in UTF-8 (${(cause as Error).message}).`, { cause })
  }
  if (Array.isArray(root)) return root
  throw new InputError(`${name} holds no array at its outermost level, as the server wants it.`)
}

function readEntry(entry: unknown, idKey: string, where: string): { id: string; answer: string } {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    throw new InputError(`${where}: not an object with ${idKey} and answer.`)
  const { [idKey]: id, answer } = entry as Record<string, unknown>
  if (!Number.isSafeInteger(id))
    throw new InputError(`${where}: ${idKey} is ${shown(id)}; the server wants a whole number, not a text.`)
  if (typeof answer !== 'string')
    throw new InputError(`${where}: answer is ${shown(answer)}; the server wants one text.`)
  return { id: String(id), answer }
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60)
}
