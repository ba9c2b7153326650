import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { PythonValue } from '#benchmarks/scoring/text/python-repr.ts'
import { goldenFiles, type CaseRunner } from './scoring-files.ts'

/** A case that did not hold; `reason` is one line for a person. */
interface Mismatch {
  id: string
  key: string
  reason: string
}

/** One row of the table: how a scorer did over a file. */
interface ScorerTally {
  file: string
  scorer: string
  cases: number
  mismatches: Mismatch[]
}

interface GoldenReport {
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
  prediction: z.unknown().refine((prediction) => prediction !== undefined, 'there is no prediction'),
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
    return parsed.success ? parsed.data : inOneLine(parsed.error)
  } catch (error) {
    return `not JSON: ${String(error)}`
  }
}

function inOneLine(error: unknown): string {
  return error instanceof z.ZodError ? z.prettifyError(error).replaceAll(/\s*\n\s*/g, ' ') : String(error)
}

function keepWholeNumbers(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' && /^-?\d+$/.test(context?.source ?? '') ? BigInt(context!.source!) : value
}

function mismatchOf(golden: z.infer<typeof GoldenCase>, expected: unknown, runner: CaseRunner): string | null {
  try {
    const actual = runner(withNumbers(golden.input), pythonValue(golden.prediction))
    const holds = isUpstreamError(expected) ? isAllowedFor(expected.error, actual) : equals(expected, actual)
    return holds ? null : `expected ${shown(expected)}, got ${shown(actual)}`
  } catch (error) {
    return `expected ${shown(expected)}, threw ${inOneLine(error)}`
  }
}

function isUpstreamError(expected: unknown): expected is { error: string } {
  return isRecord(expected) && typeof expected.error === 'string'
}

/** Where upstream raised an exception ours must only return; a score that it divides by zero, of two empty texts, is 1. */
function isAllowedFor(error: string, actual: unknown): boolean {
  return error !== 'ZeroDivisionError' || typeof actual !== 'number' || actual === 1
}

/** Objects are compared by the keys that are expected; numbers within 1e-9; sets in any order; the rest exactly. */
function equals(expected: unknown, actual: unknown): boolean {
  if (isNonFinite(expected)) return Object.is(nonFinite(expected), actual)
  if (isNumeric(expected) && isNumeric(actual)) return sameNumber(expected, actual)
  if (actual instanceof Set) return Array.isArray(expected) && sameMembers(expected, [...(actual as Set<unknown>)])
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

function sameMembers(expected: unknown[], actual: unknown[]): boolean {
  return (
    expected.every((wanted) => actual.some((member) => equals(wanted, member))) &&
    actual.every((member) => expected.some((wanted) => equals(wanted, member)))
  )
}

function sameNumber(a: number | bigint, b: number | bigint): boolean {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a === b
  const [left, right] = [Number(a), Number(b)]
  return left === right || Math.abs(left - right) <= tolerance
}

function isNonFinite(value: unknown): value is { $float: unknown } {
  return isRecord(value) && '$float' in value
}

function nonFinite({ $float: name }: { $float: unknown }): number {
  return name === 'inf' ? Infinity : name === '-inf' ? -Infinity : NaN
}

function withNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (isNonFinite(value)) return nonFinite(value)
  if (Array.isArray(value)) return value.map(withNumbers)
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withNumbers(member)]))
}

function pythonValue(value: unknown): PythonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || isNumeric(value)) return value
  if (Array.isArray(value)) return value.map(pythonValue)
  if (isNonFinite(value)) return nonFinite(value)
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
    JSON.stringify(value, (_key, member: unknown) => {
      if (member instanceof Set) return [...(member as Set<unknown>)]
      return typeof member === 'bigint' || Number.isNaN(member) ? String(member) : member
    }) ?? String(value)
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
