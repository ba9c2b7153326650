import { csv } from '#server/formats/csv-writer.ts'
import type { CategoryBoards, Matrix, ScatterChart } from './schema.ts'

const share = (value: number) => value.toFixed(4)

/** One line a pair, seen from the stronger model; rates are shares with ties as half a win unless they say `decisive`. */
export function matrixCsv({ models, pairs }: Matrix): string {
  const head = ['row', 'column', 'votes', 'wins', 'losses', 'ties', 'both_bad', 'row_shown_first']
  const rates = ['win_rate', 'decisive_win_rate', 'expected', 'difference']
  const lines = pairs.row.map((row, pair) => {
    const [wins, losses, ties, bothBad] = [pairs.wins, pairs.losses, pairs.ties, pairs.bothBad].map(
      (counts) => counts[pair]!,
    ) as [number, number, number, number]
    const votes = wins + losses + ties + bothBad
    return [
      ...[models[row]!.name, models[pairs.column[pair]!]!.name],
      ...[votes, wins, losses, ties, bothBad, pairs.rowFirst[pair]!],
      share((wins + (ties + bothBad) / 2) / votes),
      wins + losses > 0 ? share(wins / (wins + losses)) : '',
      ...[pairs.expected[pair], pairs.difference[pair]].map((value) => (value == null ? '' : share(value))),
    ]
  })
  return csv([[...head, ...rates], ...lines])
}

/** One line a model and category; places gained are against the board of all categories, of the models rated in both. */
export function categoriesCsv({ models, categories }: CategoryBoards): string {
  const names = new Map(models.map(({ slug, name }) => [slug, name]))
  const head = ['category', 'model', 'place', 'rank_best', 'rank_worst', 'elo', 'low', 'high', 'votes', 'gained']
  const lines = categories.flatMap(({ category, places }) =>
    places.map(({ model, place, rankBest, rankWorst, elo, low, high, votes, gained }) => [
      ...[category, names.get(model)!, place ?? '', rankBest, rankWorst],
      ...[elo, low, high].map((value) => value?.toFixed(2) ?? ''),
      ...[votes, gained ?? ''],
    ]),
  )
  return csv([head, ...lines])
}

/** One line a model that has both an average, in percent, and an Elo; `off_by` is Elo less what the line says. */
export function scatterCsv({ points }: ScatterChart): string {
  const head = ['model', 'openness', 'average', 'average_low', 'average_high', 'elo', 'elo_low', 'elo_high', 'off_by']
  const fixed = (value: number | null, scale = 1) => (value === null ? '' : (value * scale).toFixed(2))
  const lines = points.map(({ name, openness, average, elo, offBy }) => [
    ...[name, openness],
    ...[average.value, average.low, average.high].map((value) => fixed(value, 100)),
    ...[elo.value, elo.low, elo.high, offBy].map((value) => fixed(value)),
  ])
  return csv([head, ...lines])
}
