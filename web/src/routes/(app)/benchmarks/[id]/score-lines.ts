import type { BenchmarkScores, ReferenceBoard } from '#server/boards/schema.ts'
import type { BenchmarkDetails } from '#server/datasets/schema.ts'

type Computed = BenchmarkScores['scores'][number]

/** One model: what the paper prints, and what was computed here on the same split. */
export interface ScoreLine {
  slug: string
  name: string
  published: number | null
  computed: Computed | null
}

export interface ScoreLines {
  /** By the published score from the best down, then those that only ran here. */
  lines: ScoreLine[]
  /** Runs on other splits, samples among them: never beside a published score. */
  elsewhere: Computed[]
}

/** Puts published scores and our own side by side: only those of the published split stand in one line. */
export function scoreLines(
  benchmark: BenchmarkDetails,
  { scores }: Pick<BenchmarkScores, 'scores'>,
  table: ReferenceBoard,
): ScoreLines {
  const split = benchmark.splits.find(({ published }) => published)?.name
  const here = new Map(scores.filter((score) => score.split === split).map((score) => [score.model.slug, score]))
  const inPaper = table.rows
    .filter(({ scores }) => scores[benchmark.id] !== undefined)
    .map(({ slug, name, scores }) => ({
      slug,
      name,
      published: scores[benchmark.id]!,
      computed: here.get(slug) ?? null,
    }))
    .sort((one, other) => other.published - one.published)
  const known = new Set(inPaper.map(({ slug }) => slug))
  const onlyHere = [...here.values()]
    .filter(({ model }) => !known.has(model.slug))
    .map((computed) => ({ slug: computed.model.slug, name: computed.model.name, published: null, computed }))
  return { lines: [...inPaper, ...onlyHere], elsewhere: scores.filter((score) => score.split !== split) }
}
