import { z } from 'zod'
import { Openness } from '../models/schema.ts'
import { QueryCategory } from '../queries/schema.ts'

/** A number in [0, 1] with its 95 % interval, where one is known. */
const Share = z.object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() })

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
    /** Headline scores of the newest complete runs, by benchmark id. */
    scores: z.record(z.string(), Share.extend({ n: z.number().int(), runId: z.number().int() })),
    /** Of the paper's eleven benchmarks; null when one is missing, and for studies made of samples. */
    average: Share.nullable(),
  })
  .meta({ id: 'BoardRow' })
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
      })
      .nullable(),
    /** The columns: each holds scores of one split, read by one scoring profile. */
    benchmarks: z.array(z.object({ id: z.string(), title: z.string(), split: z.string(), profile: z.string() })),
    rows: z.array(BoardRow),
    /** Votes of each category, for the tabs. */
    categories: z.array(z.object({ category: QueryCategory, votes: z.number().int() })),
  })
  .meta({ id: 'Board' })
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
  .meta({ id: 'ReferenceRow' })
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
  .meta({ id: 'ReferenceBoard' })
export type ReferenceBoard = z.infer<typeof ReferenceBoard>
