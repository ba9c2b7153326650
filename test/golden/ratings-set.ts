import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { fitBradleyTerry, type Fit } from '#server/ratings/fits/bradley-terry.ts'
import { compareCounts, type Comparisons } from '#server/ratings/votes/comparisons.ts'
import { countVotes, type PairCounts, type Votes } from '#server/ratings/votes/counts.ts'
import { graphReport, type GraphReport } from '#server/ratings/graph.ts'
import { indexVotes, numberValues } from '#server/ratings/votes/index-votes.ts'
import type { StyleSides } from '#server/ratings/votes/observations.ts'
import { fisherCovariance, type Covariance } from '#server/ratings/bounds/intervals.ts'

/** One set of golden votes with what is computed from them once. */
export interface GoldenSet {
  name: string
  expected: Record<string, unknown>
  names: string[]
  votes: Votes
  /** What each vote weighs, and counts of style on both sides, where the set has them. */
  weight?: Float64Array
  style: Record<string, StyleSides>
  raters: string[]
  voteIds: number[]
  unixSeconds: number[]
  /** A column of numbers, as long as the votes; an error where the set has none of that name. */
  column(name: string): Float64Array
  counts: PairCounts
  comparisons: Comparisons
  graph: GraphReport
  fit(): Fit
  fisher(): Covariance
}

export const styles = ['tokens', 'headers', 'lists', 'bold']

const labels = ['model_a', 'model_b', 'tie', 'tie (bothbad)']

/** Reads a set: `expected.json` beside `votes.csv` or `votes.csv.gz`, by names or (columns a, b, w) by numbers. */
export function readSet(folder: string, name: string): GoldenSet {
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, unknown>
  const rows = readRows(folder)
  const models = expected.models as string[]
  const numbered = rows[0] !== undefined && 'w' in rows[0]
  const named = numbered
    ? rows.map((row) => ({
        ...row,
        model_a: models[Number(row.a)]!,
        model_b: models[Number(row.b)]!,
        winner: labels[Number(row.w)]!,
      }))
    : (rows as { model_a: string; model_b: string; winner: string }[])
  const { names, votes } = indexVotes(named)
  const column = (key: string) => {
    if (rows[0]?.[key] === undefined) throw new Error(`${name} has no column ${key}`)
    return Float64Array.from(rows, (row) => Number(row[key]))
  }
  const raters = rows[0]?.rater === undefined ? null : numberValues(rows.map((row) => row.rater!))
  const items = rows[0]?.item === undefined ? null : numberValues(rows.map((row) => row.item!))
  const whole = { ...votes, ...(raters && { rater: raters.numbers }), ...(items && { item: items.numbers }) }
  const counts = countVotes(votes)
  const comparisons = compareCounts(counts)
  const fit = once(() => fitBradleyTerry(comparisons))
  return {
    name,
    expected,
    names,
    votes: whole,
    ...(rows[0]?.weight !== undefined && { weight: column('weight') }),
    style: Object.fromEntries(
      styles
        .filter((style) => rows[0]?.[`${style}_a`] !== undefined)
        .map((style) => [style, { a: column(`${style}_a`), b: column(`${style}_b`) }]),
    ),
    raters: raters?.names ?? [],
    voteIds: rows.map((row) => Number(row.vote_id)),
    unixSeconds: rows.map((row) => Number(row.ts)),
    column,
    counts,
    comparisons,
    graph: graphReport(comparisons),
    fit,
    fisher: once(() => fisherCovariance(comparisons, fit().strengths)),
  }
}

function readRows(folder: string): Record<string, string>[] {
  const plain = join(folder, 'votes.csv')
  const text = existsSync(plain) ? readFileSync(plain) : gunzipSync(readFileSync(`${plain}.gz`))
  return parse(text, { columns: true, bom: true, skip_empty_lines: true }) as Record<string, string>[]
}

function once<Value>(compute: () => Value): () => Value {
  let kept: { value: Value } | null = null
  return () => (kept ??= { value: compute() }).value
}
