import { z } from 'zod'
import { shapes } from '../core/schema.ts'
import { PredictionSummary, RunSummary } from '../runs/schema.ts'

const RunNumber = z.coerce.number<string | number>().int().min(1).max(2_147_483_647)
/** Two runs by their numbers. */
export const RunPair = z.object({ a: RunNumber, b: RunNumber })
export type RunPair = z.infer<typeof RunPair>

/** The most runs that are held against each other at once. */
export const mostRuns = 12
/** Several runs by their numbers, with commas between them. */
export const SeveralRuns = z.object({
  runs: z
    .string()
    .max(200)
    .transform((text): (string | number)[] => text.split(','))
    .pipe(z.array(RunNumber).min(2).max(mostRuns)),
})

const ComparedRun = RunSummary.pick({
  id: true,
  benchmark: true,
  split: true,
  sample: true,
  model: true,
  endpoint: true,
  scoringProfile: true,
  status: true,
  examples: true,
}).register(shapes, { id: 'ComparedRun' })
export type ComparedRun = z.infer<typeof ComparedRun>

/** A setting that is not the same in both runs. */
const Differing = z
  .object({
    setting: z.string(),
    a: z.string(),
    b: z.string(),
    /** Scores that differ in it measure different things: nothing is compared. */
    bars: z.boolean(),
  })
  .register(shapes, { id: 'Differing' })
export type Differing = z.infer<typeof Differing>

/** The mean of A's score less B's over the same examples. Scores are in [0, 1], differences in [-1, 1]. */
const ScoreDifference = z
  .object({
    n: z.number().int(),
    pictures: z.number().int(),
    meanA: z.number(),
    meanB: z.number(),
    difference: z.number(),
    correlation: z.number().nullable(),
    /** Of 95 %, clustered by picture; null where all examples are on one picture. */
    bounds: z
      .object({
        standardError: z.number(),
        degrees: z.number().int(),
        low: z.number(),
        high: z.number(),
        p: z.number(),
        /** The smallest difference that so many pictures find four times in five. */
        detectable: z.number(),
        unpairedStandardError: z.number(),
      })
      .nullable(),
    /** Examples that one run has right and the other has not; a score of 0.5 or more is right. */
    flips: z.object({
      aOnly: z.number().int(),
      bOnly: z.number().int(),
      both: z.number().int(),
      neither: z.number().int(),
      /** McNemar's exact test; null where scores are graded. */
      mcnemarP: z.number().nullable(),
    }),
  })
  .register(shapes, { id: 'ScoreDifference' })
export type ScoreDifference = z.infer<typeof ScoreDifference>

const SubScoreDifference = ScoreDifference.extend({
  name: z.string(),
  /** Holm's, over all sub-scores together. */
  holmP: z.number().nullable(),
}).register(shapes, { id: 'SubScoreDifference' })
export type SubScoreDifference = z.infer<typeof SubScoreDifference>

/** Examples of A and B that are not compared, by why. */
const LeftOut = z
  .object({
    /** Only one of the runs has them. */
    onlyA: z.number().int(),
    onlyB: z.number().int(),
    /** Both have them, and one has no score: no reply yet, an error, gold answers withheld. */
    unscored: z.number().int(),
    /** Not the same was sent. */
    otherPrompt: z.number().int(),
  })
  .register(shapes, { id: 'LeftOut' })
export type LeftOut = z.infer<typeof LeftOut>

export const Comparison = z
  .object({
    a: ComparedRun,
    b: ComparedRun,
    differs: z.array(Differing),
    /** Null where a setting bars the comparison. */
    leftOut: LeftOut.nullable(),
    /** Null where there is nothing to compare; `why` says so. */
    overall: ScoreDifference.nullable(),
    why: z.string().nullable(),
    subScores: z.array(SubScoreDifference),
  })
  .register(shapes, { id: 'Comparison' })
export type Comparison = z.infer<typeof Comparison>

export const FlipQuery = RunPair.extend({
  way: z.enum(['all', 'a', 'b']).default('all'),
  /** Position after which the page begins. */
  after: z.coerce.number<string | number>().int().min(-1).max(2_147_483_647).default(-1),
  limit: z.coerce.number<string | number>().int().min(1).max(500).default(50),
})
export type FlipQuery = z.infer<typeof FlipQuery>

const FlippedAnswer = PredictionSummary.pick({ answer: true, outcome: true, truncated: true, score: true })
const Flip = z
  .object({
    exampleId: z.string(),
    position: z.number().int(),
    question: z.string(),
    gold: z.array(z.string()).nullable(),
    tags: z.array(z.string()),
    a: FlippedAnswer,
    b: FlippedAnswer,
  })
  .register(shapes, { id: 'Flip' })
export type Flip = z.infer<typeof Flip>

/** Examples that one run has right and the other has not, in the order of A's data. */
export const FlipPage = z
  .object({ flips: z.array(Flip), next: z.number().int().nullable() })
  .register(shapes, { id: 'FlipPage' })
export type FlipPage = z.infer<typeof FlipPage>

/** Every run held against every other. */
export const ComparisonMatrix = z
  .object({
    runs: z.array(ComparedRun),
    pairs: z.array(
      z.object({
        /** Places in `runs`. */
        a: z.number().int(),
        b: z.number().int(),
        overall: ScoreDifference.nullable(),
        /** Holm's, over all pairs together. */
        holmP: z.number().nullable(),
        why: z.string().nullable(),
      }),
    ),
  })
  .register(shapes, { id: 'ComparisonMatrix' })
export type ComparisonMatrix = z.infer<typeof ComparisonMatrix>
