import { z } from 'zod'
import { shapes } from '#server/core/schema.ts'
import { Openness } from '#server/models/schema.ts'
import { QueryCategory } from '#server/queries/categories/schema.ts'
import { ServerScored } from '#server/runs/schema.ts'

/** A number in [0, 1] with its 95 % interval, where one is known. */
export const Share = z.object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() })

/** The headline of a run. */
const Score = Share.extend({
  n: z.number().int(),
  runId: z.number().int(),
  /** The benchmark's own server, where the gold answers are withheld; null: scored here. */
  serverScored: ServerScored.nullable(),
  /** In what its requests depart from the published protocol, in words; where there are any, it cannot be set beside published scores. */
  departures: z.array(z.string()),
})

export const BoardRow = z
  .object({
    model: z.object({
      slug: z.string(),
      name: z.string(),
      organisation: z.string(),
      openness: Openness,
      baseline: z.boolean(),
    }),
    /** Null: no finite rating exists; `standing` says why. */
    elo: z.number().nullable(),
    low: z.number().nullable(),
    high: z.number().nullable(),
    rankBest: z.number().int(),
    rankWorst: z.number().int(),
    standing: z.enum(['rated', 'unbeaten', 'winless', 'apart', 'no-votes']),
    votes: z.number().int(),
    wins: z.number().int(),
    ties: z.number().int(),
    bothBad: z.number().int(),
    losses: z.number().int(),
    /** Fewer votes than the snapshot's parameter `minimumVotes`: the line may still move far. */
    preliminary: z.boolean(),
    /** Share of its votes in which both answers were bad; null without votes. */
    bothBadRate: z.number().nullable(),
    /** Mean over the opponents it met of the score against each, ties a half: the schedule does not matter. */
    averageWinRate: z.number().nullable(),
    /** Mean over all other rated models of the expected score; null without a rating. */
    expectedWinRate: z.number().nullable(),
    /** Headline scores of the newest complete runs, by benchmark id. */
    scores: z.record(z.string(), Score),
    /** Of the paper's eleven benchmarks; null when one is missing, and for studies made of samples. */
    average: Share.nullable(),
  })
  .register(shapes, { id: 'BoardRow' })
export type BoardRow = z.infer<typeof BoardRow>

export const Board = z
  .object({
    study: z.object({
      slug: z.string(),
      name: z.string(),
      sample: z.boolean(),
      publishing: z.enum(['batched', 'live']),
      status: z.string(),
    }),
    category: QueryCategory.nullable(),
    /** Null: no vote yet. */
    snapshot: z
      .object({
        id: z.uuid(),
        createdAt: z.iso.datetime(),
        votesUsed: z.number().int(),
        excluded: z.record(z.string(), z.number().int()),
        raters: z.number().int(),
        method: z.string(),
        converged: z.string(),
        dataHash: z.string(),
        codeVersion: z.string(),
        notes: z.array(z.string()),
        /** The newest vote it covers. */
        lastVoteId: z.number().int(),
        parameters: z.record(z.string(), z.union([z.string(), z.number()])),
        seed: z.number().int(),
        /** Votes to leave out so that the second model leads the first; null: no number of them does. */
        topFlip: z
          .object({ first: z.string(), second: z.string(), gap: z.number(), votes: z.number().int().nullable() })
          .nullable(),
      })
      .nullable(),
    /** The columns: each holds scores of one split, read by one scoring profile. */
    benchmarks: z.array(z.object({ id: z.string(), title: z.string(), split: z.string(), profile: z.string() })),
    rows: z.array(BoardRow),
    /** Votes of each category, for the tabs. */
    categories: z.array(z.object({ category: QueryCategory, votes: z.number().int() })),
  })
  .register(shapes, { id: 'Board' })
export type Board = z.infer<typeof Board>

export const BoardQuery = z.object({ category: QueryCategory.optional() })

/** One line of a published table. Scores and average are shares; the paper gives no intervals, so there are none. */
export const ReferenceRow = z
  .object({
    slug: z.string(),
    name: z.string(),
    openness: Openness,
    /** Headline scores by benchmark id. */
    scores: z.record(z.string(), z.number()),
    average: z.number(),
    elo: z.number(),
    rank: z.number().int(),
  })
  .register(shapes, { id: 'ReferenceRow' })
export type ReferenceRow = z.infer<typeof ReferenceRow>

/** A published table, as published: never mixed with what was computed here. */
export const ReferenceBoard = z
  .object({
    id: z.string(),
    title: z.string(),
    source: z.object({ paper: z.string(), version: z.number().int(), table: z.string(), citation: z.string() }),
    notes: z.array(z.string()),
    benchmarks: z.array(z.object({ id: z.string(), title: z.string(), split: z.string() })),
    rows: z.array(ReferenceRow),
    /** Of average and Elo over the rows: the one part that is computed here. */
    correlation: z.object({ pearson: z.number(), spearman: z.number() }),
  })
  .register(shapes, { id: 'ReferenceBoard' })
export type ReferenceBoard = z.infer<typeof ReferenceBoard>

/** A model as a chart names it; `elo` is null where no finite rating exists. */
export const RatedModel = z
  .object({ slug: z.string(), name: z.string(), openness: Openness, elo: z.number().nullable() })
  .register(shapes, { id: 'RatedModel' })
export type RatedModel = z.infer<typeof RatedModel>

/** The newest whole run of each model on each split of a benchmark, all read by one scoring profile. */
export const BenchmarkScores = z
  .object({
    profile: z.string(),
    scores: z.array(
      Score.extend({
        model: z.object({ slug: z.string(), name: z.string(), baseline: z.boolean() }),
        split: z.string(),
      }),
    ),
  })
  .register(shapes, { id: 'BenchmarkScores' })
export type BenchmarkScores = z.infer<typeof BenchmarkScores>
