import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { PythonValue } from '#benchmarks/scoring/python-repr.ts'
import { goldenFiles, type CaseRunner } from './scoring-files.ts'

/** A case that did not hold; `reason` is one line for a person. */
export interface Mismatch {
  id: string
  key: string
  reason: string
}

/** One row of the table: how a scorer did over a file. */
export interface ScorerTally {
  file: string
  scorer: string
  cases: number
  mismatches: Mismatch[]
}

export interface GoldenReport {
  cases: number
  tallies: ScorerTally[]
  /** What makes the folder itself wrong: unknown files or keys, broken lines. */
  problems: string[]
}

const tolerance = 1e-9
const maxMismatchesShown = 20

const GoldenCase = z.object({
  id: z.string(),
  input: z.record(z.string(), z.unknown()),
  prediction: z.unknown(),
  expected: z.record(z.string(), z.unknown()),
  source: z.string().default('source not named'),
})

/** Runs every case of a folder through every scorer its `expected` names. Files that are not `.jsonl` are ignored. */
export async function checkFolder(folder: string): Promise<GoldenReport> {
  const report: GoldenReport = { cases: 0, tallies: [], problems: [] }
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort()
  if (names.length === 0) report.problems.push(`${folder} holds no .jsonl file`)
  for (const name of names) {
    const runners = goldenFiles[name]
    if (!runners) {
      report.problems.push(`${name}: no scorer is known for a file of this name`)
      continue
    }
    checkFile(name, await readFile(join(folder, name), 'utf8'), runners, report)
  }
  return report
}

function checkFile(file: string, text: string, runners: Record<string, CaseRunner>, report: GoldenReport) {
  const tallies = new Map<string, ScorerTally>()
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return
    const golden = parseCase(line)
    if (typeof golden === 'string') {
      report.problems.push(`${file}:${index + 1}: ${golden}`)
      return
    }
    report.cases++
    for (const [key, expected] of Object.entries(golden.expected)) {
      const runner = Object.hasOwn(runners, key) ? runners[key] : undefined
      if (!runner) {
        report.problems.push(`${file}:${index + 1}: no scorer is called ${key} (case ${golden.id})`)
        continue
      }
      const tally = tallies.get(key) ?? { file, scorer: key, cases: 0, mismatches: [] }
      tallies.set(key, tally)
      tally.cases++
      const reason = mismatchOf(golden, expected, runner)
      if (reason !== null) tally.mismatches.push({ id: golden.id, key, reason: `${reason} (${golden.source})` })
    }
  })
  report.tallies.push(...tallies.values())
}

/** The case, or what is wrong with the line. Whole numbers stay bigint: Python tells 1 from 1.0. */
function parseCase(line: string): z.infer<typeof GoldenCase> | string {
  try {
    const parsed = GoldenCase.safeParse(JSON.parse(line, keepWholeNumbers))
    return parsed.success ? parsed.data : z.prettifyError(parsed.error).replaceAll('\n', '; ')
  } catch (error) {
    return `not JSON: ${String(error)}`
  }
}

function keepWholeNumbers(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' && /^-?\d+$/.test(context?.source ?? '') ? BigInt(context!.source!) : value
}

function mismatchOf(golden: z.infer<typeof GoldenCase>, expected: unknown, runner: CaseRunner): string | null {
  try {
    const actual = runner(withNumbers(golden.input), pythonValue(golden.prediction))
    const wanted = upstreamError(expected) ?? expected
    return equals(wanted, actual) ? null : `expected ${shown(wanted)}, got ${shown(actual)}`
  } catch (error) {
    return `expected ${shown(expected)}, threw ${String(error)}`
  }
}

/** Where upstream raised an exception ours must not; a division by zero there, of two empty texts, is worth 1 here. */
function upstreamError(expected: unknown): unknown {
  if (!isRecord(expected) || typeof expected.error !== 'string') return null
  return expected.error === 'ZeroDivisionError' ? 1 : anything
}

const anything = Symbol('anything')

/** Objects are compared by the keys that are expected; numbers within 1e-9; the rest exactly. */
function equals(expected: unknown, actual: unknown): boolean {
  if (expected === anything) return true
  if (isRecord(expected) && '$float' in expected) return Object.is(Number(nonFinite(expected.$float)), actual)
  if (isNumeric(expected) && isNumeric(actual)) return sameNumber(expected, actual)
  if (Array.isArray(expected))
    return (
      Array.isArray(actual) &&
      expected.length === actual.length &&
      expected.every((member, index) => equals(member, actual[index]))
    )
  if (isRecord(expected))
    return isRecord(actual) && Object.entries(expected).every(([key, member]) => equals(member, actual[key]))
  return expected === actual
}

function sameNumber(a: number | bigint, b: number | bigint): boolean {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a === b
  const [left, right] = [Number(a), Number(b)]
  return left === right || Math.abs(left - right) <= tolerance
}

function nonFinite(name: unknown): number {
  return name === 'inf' ? Infinity : name === '-inf' ? -Infinity : NaN
}

function withNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(withNumbers)
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withNumbers(member)]))
}

function pythonValue(value: unknown): PythonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || isNumeric(value)) return value
  if (Array.isArray(value)) return value.map(pythonValue)
  if (isRecord(value) && '$float' in value) return nonFinite(value.$float)
  throw new TypeError('The prediction is neither text, number, list nor null')
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  return (
    JSON.stringify(value, (_key, member: unknown) => (typeof member === 'bigint' ? String(member) : member)) ??
    String(value)
  )
}

/** Prints the table of a folder and the first mismatches; 0 when every case holds, else 1, and 2 for a wrong folder. */
export async function run(folder: string): Promise<number> {
  const { cases, tallies, problems } = await checkFolder(folder)
  const mismatches = tallies.flatMap((tally) => tally.mismatches.map((mismatch) => ({ file: tally.file, ...mismatch })))
  console.log(`${'file'.padEnd(28)}${'scorer'.padEnd(36)}${' cases'}${'mismatches'.padStart(12)}`)
  for (const { file, scorer, cases, mismatches } of tallies) {
    console.log(
      `${file.padEnd(28)}${scorer.padEnd(36)}${String(cases).padStart(6)}${String(mismatches.length).padStart(12)}`,
    )
  }
  const comparisons = tallies.reduce((sum, tally) => sum + tally.cases, 0)
  console.log(`\n${cases} cases, ${comparisons} comparisons, ${mismatches.length} mismatches`)
  for (const { file, key, id, reason } of mismatches.slice(0, maxMismatchesShown)) {
    console.error(`${file} ${key} ${id}: ${reason}`)
  }
  if (mismatches.length > maxMismatchesShown) console.error(`… and ${mismatches.length - maxMismatchesShown} more`)
  for (const problem of problems) console.error(`error: ${problem}`)
  return problems.length > 0 ? 2 : mismatches.length > 0 ? 1 : 0
}
