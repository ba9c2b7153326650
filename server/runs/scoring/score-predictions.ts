import { createHash } from 'node:crypto'
import type { Example } from '#benchmarks/benchmark.ts'
import { imagesOf } from '#benchmarks/prompts.ts'
import { InputError } from '#server/core/problem.ts'
import { knownSize } from '#server/datasets/parts.ts'
import type { ReadableSplit } from '#server/datasets/service.ts'
import type { PredictionFile } from '#server/formats/predictions/read-predictions.ts'
import { aggregate, type MarkedPrediction } from './aggregate-run.ts'
import { matchPredictions, ofSplit, pairedByPlaceAlone } from './match-predictions.ts'
import type { RunMetric } from '../schema.ts'
import { defaultProfile, scoreJudgement, scoreResponse, scorerOf, type ScoredResponse } from './score-response.ts'

/** One example as it was scored. */
interface ScoredPrediction extends ScoredResponse {
  id: string
  response: string
}

/** What predictions that were made elsewhere are worth, and by which rules. */
export interface PredictionScores {
  benchmark: string
  benchmarkVersion: number
  split: string
  /** A sample split proves that everything runs; it is never compared. */
  sample: boolean
  layout: string
  profile: string
  /** The file that was read, and the form it is in. */
  input: string
  form: string
  examples: number
  /** How many examples the split has, where the data held fewer. Null: it held them all. */
  partOf: number | null
  counts: Record<ScoredResponse['outcome'], number>
  metrics: RunMetric[]
  notes: string[]
}

/**
 * The scorer that reads predictions made elsewhere: the named profile, else the benchmark's own choice. Throws InputError
 * for an unknown profile, and for one that needs a judge where the file does not say what a judge found.
 */
export function offlineScorer({ benchmark }: Pick<ReadableSplit, 'benchmark'>, file: PredictionFile, named?: string) {
  const judged = file.predictions.length > 0 && file.predictions.every(({ extraction }) => extraction !== undefined)
  const profile = named ?? defaultProfile(benchmark, { judged })
  const scorer = scorerOf(benchmark, profile)
  if (!scorer.needsJudge || judged) return { profile, scorer, judged: judged && scorer.needsJudge !== undefined }
  throw new InputError(
    `The profile '${profile}' of ${benchmark.id} needs a judge endpoint, which scoring a file has not. Take no_judge, which reads responses by rule.`,
  )
}

/**
 * Scores a file of predictions against a split, one example at a time; pictures are dropped at once. `each` is handed
 * every example; when ids do not fit, an InputError at the end says so and what `each` was handed is void.
 */
export async function scorePredictions(
  split: ReadableSplit,
  file: PredictionFile,
  { profile: named, each }: { profile?: string; each?: (scored: ScoredPrediction) => Promise<void> } = {},
): Promise<PredictionScores> {
  const { benchmark } = split
  const { profile, scorer, judged } = offlineScorer(split, file, named)
  const { file: own, elsewhere } = ofSplit(file, split)
  const marked: MarkedPrediction[] = []
  const counts = { scored: 0, unparsed: 0, refused: 0, withheld: 0 }
  const examples = split.examples()
  for await (const { example, response, extraction } of matchPredictions(
    own,
    examples,
    `${benchmark.id} ${split.split}`,
  )) {
    const scored =
      judged && extraction !== undefined
        ? scoreJudgement(scorer, example, { response: extraction, refused: false, truncated: false })
        : scoreResponse(scorer, example, response, false)
    counts[scored.outcome]++
    marked.push({ score: scored.score, also: scored.also, tags: example.tags, cluster: pictureOf(example) })
    await each?.({ id: example.id, response, ...scored })
  }
  const size = knownSize(split)
  const partOf = size !== null && marked.length < size ? size : null
  return {
    benchmark: benchmark.id,
    benchmarkVersion: benchmark.version,
    split: split.split,
    sample: split.split === 'sample',
    layout: split.layout,
    profile,
    input: file.name,
    form: file.form,
    examples: marked.length,
    partOf,
    counts,
    metrics: benchmark.metrics.flatMap((metric) => aggregate(metric, marked)),
    notes: [
      ...(partOf === null
        ? []
        : [
            `partial: the data held ${marked.length} of the ${partOf} examples of ${split.split}. It is no score of ${benchmark.id}.`,
          ]),
      ...Object.entries(elsewhere).map(
        ([name, count]) => `The file also has ${count} predictions for ${name}, which were left out.`,
      ),
      ...(pairedByPlaceAlone(own)
        ? [
            'The file names neither ids nor questions: its rows were paired with those of the data by their order alone.',
          ]
        : []),
      ...(judged ? ['The extractions in the file were scored, not the responses: whoever made it read these.'] : []),
      ...(named === undefined && profile !== 'official'
        ? [
            `Scored by ${profile}: the official rules of ${benchmark.id} need a judge endpoint, and none reads this file.`,
          ]
        : []),
      ...(counts.withheld > 0
        ? [
            `The gold answers are withheld by their authors: npx arena submission create writes the file for their server.`,
          ]
        : []),
    ],
  }
}

/** The picture by its bytes, by its path where they were not read: what a run clusters by, too. */
function pictureOf(example: Example): string {
  const [image] = imagesOf(example)
  if (!image) return example.id
  return image.bytes.length > 0 ? createHash('sha256').update(image.bytes).digest('base64') : (image.path ?? example.id)
}
