import { createReadStream, existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { countFlips } from '#server/comparisons/figures/flips.ts'
import { pairedDifference } from '#server/comparisons/figures/paired-difference.ts'
import type { PairedScores } from '#server/comparisons/figures/paired-scores.ts'
import { passAtK, repeatFigures } from '#server/comparisons/figures/repeats.ts'
import { readCsvRows } from '#server/formats/csv.ts'
import { holmAdjusted } from '#server/ratings/chance/holm.ts'

/** Figures by the names that the reference gives them; null where there is none. */
type Figures = Record<string, number | null>
type Expected = Record<string, unknown>

const tolerance = 1e-9
/** What stands in a reference where R has no number. */
const noNumber = [null, 'NA', 'NaN']

async function readRows(path: string): Promise<Record<string, string>[]> {
  const rows: Record<string, string>[] = []
  for await (const { row } of readCsvRows(createReadStream(path), path)) rows.push(row)
  return rows
}

function pairsOf(rows: Record<string, string>[]): PairedScores {
  const numbers = new Map<string, number>()
  for (const { picture } of rows) if (!numbers.has(picture!)) numbers.set(picture!, numbers.size)
  return {
    a: Float64Array.from(rows, ({ a }) => Number(a)),
    b: Float64Array.from(rows, ({ b }) => Number(b)),
    cluster: Int32Array.from(rows, ({ picture }) => numbers.get(picture!)!),
  }
}

function pairFigures(pairs: PairedScores): Figures {
  const { bounds, n, pictures, meanA, meanB, difference, correlation } = pairedDifference(pairs)
  const { mcnemarP, aOnly, bOnly, both, neither } = countFlips(pairs)
  return {
    ...{ n, pictures, mean_a: meanA, mean_b: meanB, difference, correlation },
    se_clustered: bounds?.standardError ?? null,
    df: bounds?.degrees ?? null,
    lower_95: bounds?.low ?? null,
    upper_95: bounds?.high ?? null,
    p_value: bounds?.p ?? null,
    mde_80: bounds?.detectable ?? null,
    se_unpaired: bounds?.unpairedStandardError ?? null,
    ...{ a_only: aOnly, b_only: bOnly, both, neither, mcnemar_exact_p: mcnemarP },
  }
}

function figuresOfRepeats(rows: Record<string, string>[], k: number): Figures {
  const scores = rows.map((row) =>
    Object.entries(row).flatMap(([name, value]) => (/^r\d+$/.test(name) ? [Number(value)] : [])),
  )
  const figures = repeatFigures(scores)
  return {
    n: figures.n,
    repeats: figures.repeats,
    mean: figures.mean,
    se: figures.standardError,
    variance_within: figures.varianceWithin,
    variance_between: figures.varianceBetween,
    pass_at_1: passAtK(scores, 1),
    pass_at: k,
    pass_at_k: passAtK(scores, k),
    majority: figures.majority,
    self_agreement: figures.selfAgreement,
  }
}

/** What of a case does not hold, a line for each figure. */
function mismatches(expected: Expected, actual: Figures): string[] {
  return Object.entries(expected).flatMap(([key, wanted]) => {
    if (!(key in actual)) return [`${key}: no figure of this name is known`]
    const value = actual[key]!
    const holds = typeof wanted === 'number' ? value !== null && isClose(wanted, value) : isNoNumber(wanted, value)
    return holds ? [] : [`${key}: expected ${String(wanted)}, got ${String(value)}`]
  })
}

const isClose = (wanted: number, value: number) =>
  Math.abs(wanted - value) <= tolerance * Math.max(Math.abs(wanted), Math.abs(value)) ||
  Math.abs(wanted - value) < 1e-15

const isNoNumber = (wanted: unknown, value: number | null) => noNumber.includes(wanted as null) && value === null

interface Case {
  name: string
  figures: number
  wrong: string[]
}

async function checkCase(folder: string, name: string): Promise<Case | null> {
  const expectedPath = join(folder, name, 'expected.json')
  if (!existsSync(expectedPath)) return null
  const expected = JSON.parse(await readFile(expectedPath, 'utf8')) as Expected
  const scores = join(folder, name, 'scores.csv')
  const actual = existsSync(scores)
    ? pairFigures(pairsOf(await readRows(scores)))
    : figuresOfRepeats(await readRows(join(folder, name, 'repeats.csv')), Number(expected['pass_at'] ?? 1))
  return { name, figures: Object.keys(expected).length, wrong: mismatches(expected, actual) }
}

async function checkHolm(folder: string): Promise<Case[]> {
  const path = join(folder, 'holm.json')
  if (!existsSync(path)) return []
  const { p, holm } = JSON.parse(await readFile(path, 'utf8')) as { p: number[]; holm: number[] }
  const adjusted = holmAdjusted(p)
  const wrong = holm.flatMap((wanted, index) =>
    isClose(wanted, adjusted[index] ?? NaN) ? [] : [`${index}: expected ${wanted}, got ${adjusted[index]}`],
  )
  return [{ name: 'holm', figures: holm.length, wrong }]
}

/** Every case of the folder: a folder with `expected.json` beside `scores.csv` or `repeats.csv`, and `holm.json`. */
export async function checkFolder(folder: string): Promise<Case[]> {
  const names = (await readdir(folder)).sort()
  const cases = await Promise.all(names.map((name) => checkCase(folder, name)))
  return [...cases.filter((one) => one !== null), ...(await checkHolm(folder))]
}

/** Prints each case with its figures; 0 when all equal the reference to 1e-9, else 1, and 2 where there is no case. */
export async function run(folder: string): Promise<number> {
  const cases = await checkFolder(folder)
  for (const { name, figures, wrong } of cases) {
    console.log(`${name.padEnd(28)}${String(figures).padStart(4)} figures, ${wrong.length} mismatches`)
    for (const line of wrong) console.error(`${name} ${line}`)
  }
  if (cases.length === 0) {
    console.error(`error: ${folder} holds no case`)
    return 2
  }
  return cases.some(({ wrong }) => wrong.length > 0) ? 1 : 0
}
