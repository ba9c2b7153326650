import { Command } from 'commander'
import { compareAll, compareRuns } from '#server/comparisons/compare-runs.ts'
import { comparisonCsv } from '#server/comparisons/comparison-csv.ts'
import { mostRuns, type Comparison, type ComparisonMatrix, type ScoreDifference } from '#server/comparisons/schema.ts'
import type { Context } from '#server/core/context.ts'
import { printable } from '#server/core/printable.ts'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { alignColumns } from '../align-columns.ts'
import { readRunNumber } from '../runs/run-number.ts'

interface Options {
  json: boolean
  csv: boolean
}

/** `arena compare`: two runs of the same questions, or several, each against each. */
export function compareCommand(): Command {
  return new Command('compare')
    .description('compare two runs of the same questions example by example; more than two make a matrix')
    .argument('<runs...>', 'their numbers')
    .option('--json', 'print it as JSON', false)
    .option('--csv', 'print two runs as a table in CSV', false)
    .action((runs: string[], options: Options) => withContext((ctx) => compare(ctx, runs.map(readRunNumber), options)))
}

async function compare(ctx: Context, runs: number[], { json, csv }: Options): Promise<void> {
  const [a, b] = runs
  if (a === undefined || b === undefined || runs.length > mostRuns)
    throw new InputError(`Name two to ${mostRuns} runs by their numbers: npx arena runs list shows them.`)
  if (csv && runs.length > 2) throw new InputError('--csv prints two runs. Name two, or take --json for a matrix.')
  const found = runs.length === 2 ? await compareRuns(ctx, { a, b }) : await compareAll(ctx, runs)
  if (json) return console.log(JSON.stringify(found, null, 2))
  if ('runs' in found) return console.log(matrixWords(found))
  console.log(csv ? comparisonCsv(found).trimEnd() : comparisonWords(found))
}

function comparisonWords({ a, b, differs, leftOut, overall, why, subScores }: Comparison): string {
  const lines = [
    `A  run ${a.id}: ${printable(a.model.name)} on ${a.benchmark.title}, ${a.split}`,
    `B  run ${b.id}: ${printable(b.model.name)} on ${b.benchmark.title}, ${b.split}`,
    '',
  ]
  if (overall) {
    const { bounds, flips } = overall
    lines.push(`${verdict(overall)}`)
    if (bounds) {
      lines.push(
        `${overall.n} examples on ${overall.pictures} pictures, p = ${digits(bounds.p)}, t with ${bounds.degrees} degrees of freedom`,
        `The smallest difference that they find four times in five: ${points(bounds.detectable)} points.`,
      )
    } else lines.push(`${overall.n} examples on one picture: nothing can be said of chance.`)
    const mcnemar = flips.mcnemarP === null ? '' : `, exact McNemar p = ${digits(flips.mcnemarP)}`
    lines.push(`A only right ${flips.aOnly}, B only right ${flips.bOnly}${mcnemar}`)
  } else lines.push(printable(why ?? ''))
  const left = leftOut ? leftOutWords(leftOut) : []
  if (left.length > 0) lines.push(`Left out: ${left.join(', ')}.`)
  if (subScores.length > 0) lines.push('', subScoreTable(subScores))
  if (differs.length > 0)
    lines.push('', alignColumns([['what differs', 'A', 'B'], ...differs.map(({ setting, a, b }) => [setting, a, b])]))
  return lines.join('\n')
}

function leftOutWords({ onlyA, onlyB, unscored, otherPrompt }: NonNullable<Comparison['leftOut']>): string[] {
  return [
    ...(onlyA > 0 ? [`${onlyA} only in A`] : []),
    ...(onlyB > 0 ? [`${onlyB} only in B`] : []),
    ...(unscored > 0 ? [`${unscored} without a score in one`] : []),
    ...(otherPrompt > 0 ? [`${otherPrompt} sent in other words`] : []),
  ]
}

/** "A is 1.8 points better, 0.5 to 3.1." */
function verdict({ difference, bounds }: ScoreDifference): string {
  const better = difference < 0 ? 'B' : 'A'
  if (!bounds) return `A less B: ${signed(difference)} points.`
  const [low, high] = difference < 0 ? [-bounds.high, -bounds.low] : [bounds.low, bounds.high]
  if (bounds.p > 0.05)
    return `No difference is shown: A less B is ${signed(difference)} points, ${signed(bounds.low)} to ${signed(bounds.high)}.`
  return `${better} is ${points(difference)} points better, ${points(low)} to ${points(high)}.`
}

function subScoreTable(subScores: Comparison['subScores']): string {
  return alignColumns([
    ['sub-score', 'examples', 'A', 'B', 'A less B', 'low', 'high', 'p, Holm'],
    ...subScores.map(({ name, n, meanA, meanB, difference, bounds, holmP }) => [
      name,
      String(n),
      points(meanA),
      points(meanB),
      signed(difference),
      bounds ? signed(bounds.low) : '',
      bounds ? signed(bounds.high) : '',
      holmP === null ? '' : digits(holmP),
    ]),
  ])
}

function matrixWords({ runs, pairs }: ComparisonMatrix): string {
  const names = runs.map(({ id, model }) => `${id} ${model.name}`)
  const cell = (a: number, b: number) => {
    const pair = pairs.find((one) => one.a === Math.min(a, b) && one.b === Math.max(a, b))
    if (a >= b || !pair) return ''
    if (!pair.overall) return '–'
    return `${signed(pair.overall.difference)}${pair.holmP !== null && pair.holmP <= 0.05 ? '*' : ''}`
  }
  const table = alignColumns([
    ['row less column, points', ...runs.map(({ id }) => String(id))],
    ...names.map((name, a) => [name, ...runs.map((_, b) => cell(a, b))]),
  ])
  const reasons = [...new Set(pairs.flatMap(({ why }) => (why ? [printable(why)] : [])))]
  return [table, '', '* separated after Holm over all pairs', ...reasons.map((why) => `– ${why}`)].join('\n')
}

const points = (share: number) => Math.abs(share * 100).toFixed(1)
const signed = (share: number) => {
  const text = points(share)
  return Number(text) === 0 ? text : `${share < 0 ? '-' : '+'}${text}`
}
const digits = (p: number) => (p < 0.0001 ? p.toExponential(1) : p.toFixed(4))
