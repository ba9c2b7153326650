import { z } from 'zod'
import { shapes } from '#server/core/schema.ts'
import { QueryCategory } from '#server/queries/categories/schema.ts'
import { BoardRow, RatedModel } from '../schema.ts'

/** How far the order of a board is settled. */
export const Stability = z
  .object({
    /** Each rated model and the next one below it. */
    neighbours: z.array(
      z.object({
        above: RatedModel,
        below: RatedModel,
        /** Elo points between the two, and the standard error of that. */
        gap: z.number(),
        error: z.number(),
        votes: z.number().int(),
        /** Votes of the whole board until the gap is beyond chance, at the present schedule and gap; 0: it is now; null: no gap. */
        votesLeft: z.number().int().nullable(),
      }),
    ),
  })
  .register(shapes, { id: 'Stability' })
export type Stability = z.infer<typeof Stability>

/** Whether one scale holds the votes of a board. Models that may not be named count in the test, but are in no list. */
export const BoardFitTest = z
  .object({
    /** With a rating: the test is among them. */
    models: z.number().int(),
    /** Pearson's test of the decisive votes against their own fit; null where these alone leave a rating infinite. */
    test: z
      .object({
        votes: z.number().int(),
        /** That have decisive votes. */
        pairs: z.number().int(),
        chiSquare: z.number(),
        /** Pairs less free ratings. */
        degreesOfFreedom: z.number().int(),
        /** Null without a degree of freedom: then any votes fit. */
        pValue: z.number().nullable(),
        /** Pairs of which fewer than five wins or losses are expected; where they are many the p-value is rough. */
        thinPairs: z.number().int(),
        /** The standardised residual that chance alone passes in any of the pairs on one board in twenty. */
        critical: z.number(),
        pairsBeyond: z.number().int(),
      })
      .nullable(),
    /** Those that fit worst, worst first. */
    pairs: z.array(
      z.object({
        /** The one that wins more often than the scale expects. */
        model: RatedModel,
        against: RatedModel,
        /** Decisive ones. */
        votes: z.number().int(),
        wins: z.number().int(),
        /** Shares of the decisive votes. */
        observed: z.number(),
        expected: z.number(),
        /** (wins − N·p)/√(N·p·(1−p)), p being `expected`. */
        residual: z.number(),
      }),
    ),
    /** Circles of three, each beating the next beyond chance at Holm's levels over all pairs, 5 % together. */
    cyclesFound: z.number().int(),
    /** The surest twenty, each as its three wins with their decisive votes. */
    cycles: z.array(
      z.array(z.object({ model: RatedModel, beats: RatedModel, wins: z.number().int(), losses: z.number().int() })),
    ),
  })
  .register(shapes, { id: 'BoardFitTest' })
export type BoardFitTest = z.infer<typeof BoardFitTest>

const wholeNumber = (most: number) => z.coerce.number().int().min(0).max(most)

/**
 * Other rules to read a board by. `ties`, `weights` and `category` are answered from stored counts; the rest looks through
 * the votes. Days are those of UTC, the last included; lengths are characters, asked of both responses.
 */
export const WhatIfQuery = z.object({
  ties: z.enum(['half', 'drop', 'drop-bothbad', 'davidson', 'rao-kupper']).default('half'),
  weights: z.enum(['votes', 'equal-categories', 'equal-pairs']).default('votes'),
  category: QueryCategory.optional(),
  language: z.string().min(1).max(35).optional(),
  cohort: z.string().min(1).max(80).optional(),
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  minDwellMs: wholeNumber(3_600_000).optional(),
  minLength: wholeNumber(1_000_000).optional(),
  maxLength: wholeNumber(1_000_000).optional(),
  /** Leaves out raters whose votes do not fit those of the others. */
  excludeFlagged: z.enum(['true', 'false']).default('false'),
})
export type WhatIfQuery = z.infer<typeof WhatIfQuery>

const published = { elo: true, low: true, high: true, rankBest: true, rankWorst: true } as const

export const WhatIfRow = BoardRow.omit({ scores: true, average: true })
  .extend({
    /** Place by rating among the models shown, 1 the highest; null without a rating. */
    place: z.number().int().nullable(),
    /** The line of the snapshot it is compared with. */
    published: BoardRow.pick(published).extend({ place: z.number().int().nullable() }),
    /** Places gained over the snapshot; below zero: lost. Null where one of the two has no rating. */
    change: z.number().int().nullable(),
  })
  .register(shapes, { id: 'WhatIfRow' })
export type WhatIfRow = z.infer<typeof WhatIfRow>

export const WhatIf = z
  .object({
    /** The snapshot whose votes these are, and with whose ranks they are compared. */
    snapshotId: z.uuid(),
    rules: WhatIfQuery,
    /** `counts`: answered from the snapshot's counts alone. `votes`: its votes were looked through. */
    readFrom: z.enum(['counts', 'votes']),
    votesUsed: z.number().int(),
    /** Votes left out, by reason; a vote is counted under the first that holds. */
    leftOut: z.record(z.string(), z.number().int()),
    /**
     * What the bounds are: those of independent votes widened by the board's design effect (`widened`), or as they are where
     * the board has none (`independent`); `model` under a model of ties, whose ratings are spread wider.
     */
    interval: z.enum(['widened', 'independent', 'model']),
    /** ν of Davidson, η of Rao–Kupper. */
    tieParameter: z.number().nullable(),
    converged: z.string(),
    notes: z.array(z.string()),
    rows: z.array(WhatIfRow),
  })
  .register(shapes, { id: 'WhatIf' })
export type WhatIf = z.infer<typeof WhatIf>

const ModelName = RatedModel.pick({ slug: true, name: true })

/**
 * How far a board depends on any one rater. A model that may not be named is null. Below five raters what one of them
 * does is for those who run the study: then both counts are null and the list is empty.
 */
export const Fragility = z
  .object({
    snapshotId: z.uuid(),
    /** People whose votes the snapshot rests on; each was left out in turn. */
    raters: z.number().int(),
    /** Models with a rating. */
    models: z.number().int(),
    first: ModelName.nullable(),
    /** Elo points from the first model to the second; null with fewer than two. */
    lead: z.number().nullable(),
    /** Raters without whom another model is first, or no finite rating is left for some. */
    ratersHoldingFirst: z.number().int().nullable(),
    /** Raters without whom any model changes its place. */
    ratersMovingPlaces: z.number().int().nullable(),
    /** Those whose absence moves the board most, at most ten. */
    without: z.array(
      z.object({
        /** A pseudonym under a key that is not kept. */
        rater: z.string(),
        votes: z.number().int(),
        /** Whether the other raters' votes still give each of the models a finite rating. */
        rated: z.boolean(),
        first: ModelName.nullable(),
        firstChanges: z.boolean(),
        lead: z.number().nullable(),
        /** Models that change their place. */
        moved: z.number().int(),
        /** The one that moves furthest, and its places by rating. */
        furthest: z.object({ model: ModelName.nullable(), from: z.number().int(), to: z.number().int() }).nullable(),
      }),
    ),
  })
  .register(shapes, { id: 'Fragility' })
export type Fragility = z.infer<typeof Fragility>
