import { z } from 'zod'
import { Answer, Strength, Verdict, VoteReason } from '#server/battles/schema.ts'
import { shapes } from '#server/core/schema.ts'
import { Openness } from '#server/models/schema.ts'
import { QueryCategory } from '#server/queries/categories/schema.ts'
import { BoardQuery, RatedModel, Share } from '../schema.ts'

/**
 * Every pair that met, as columns of equal length, so that 19,900 of them stay small. `row` and `column` are places in
 * `models`, strongest first; wins and losses are the row's.
 */
export const PairColumns = z
  .object({
    row: z.array(z.number().int()),
    column: z.array(z.number().int()),
    wins: z.array(z.number().int()),
    losses: z.array(z.number().int()),
    ties: z.array(z.number().int()),
    bothBad: z.array(z.number().int()),
    /** Votes in which the row's answer was the one shown as A. */
    rowFirst: z.array(z.number().int()),
    /** The row's expected score by the two ratings; null where one of them has none. */
    expected: z.array(z.number().nullable()),
    /** Observed less expected score in standard errors of a coin with that chance. */
    difference: z.array(z.number().nullable()),
  })
  .register(shapes, { id: 'PairColumns' })
export type PairColumns = z.infer<typeof PairColumns>

/** Who beat whom, from the newest snapshot. */
export const Matrix = z.object({ models: z.array(RatedModel), pairs: PairColumns }).register(shapes, { id: 'Matrix' })
export type Matrix = z.infer<typeof Matrix>

const Correlation = z.object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() })

/** Academic average against Elo, as one chart. */
export const ScatterChart = z
  .object({
    points: z.array(
      z.object({
        slug: z.string(),
        name: z.string(),
        openness: Openness,
        average: Share,
        /** Bounds are null where the source gives none. */
        elo: z.object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() }),
        /** Elo less what the line says; null without a line. */
        offBy: z.number().nullable(),
      }),
    ),
    /** With 95 % intervals by Fisher's z; null for fewer than two points. */
    pearson: Correlation.nullable(),
    spearman: Correlation.nullable(),
    /** Least squares of Elo on the average, and its 95 % band from the lowest average to the highest. */
    line: z.array(z.object({ average: z.number(), elo: z.number(), low: z.number(), high: z.number() })).nullable(),
  })
  .register(shapes, { id: 'ScatterChart' })
export type ScatterChart = z.infer<typeof ScatterChart>

/** Two charts that are never mixed: what was computed here, and what the paper printed. */
export const Scatter = z.object({ here: ScatterChart, paper: ScatterChart }).register(shapes, { id: 'Scatter' })
export type Scatter = z.infer<typeof Scatter>

/** One model's place on the board of one category. */
export const CategoryPlace = z.object({
  model: z.string(),
  votes: z.number().int(),
  elo: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Place by rating among the rated models of the category; null without a rating. */
  place: z.number().int().nullable(),
  rankBest: z.number().int(),
  rankWorst: z.number().int(),
  /** Places gained against the board of all categories, both restricted to the models rated in both. */
  gained: z.number().int().nullable(),
})
export type CategoryPlace = z.infer<typeof CategoryPlace>

/** Every category's own fit beside the board of all, from the newest snapshots. */
export const CategoryBoards = z
  .object({
    /** In the order of the board of all categories. */
    models: z.array(RatedModel),
    /** With fewer votes than this in a category, a model's place there is not to be read. */
    minimumVotes: z.number().int(),
    categories: z.array(
      z.object({
        category: QueryCategory,
        snapshot: z.uuid(),
        votes: z.number().int(),
        places: z.array(CategoryPlace),
      }),
    ),
  })
  .register(shapes, { id: 'CategoryBoards' })
export type CategoryBoards = z.infer<typeof CategoryBoards>

/** What a row of the board opens to: the model in each category, and the models next to it. */
export const BoardModelDetail = z
  .object({
    minimumVotes: z.number().int(),
    categories: z.array(CategoryPlace.extend({ category: QueryCategory })),
    /** The nearest by rating, strongest first; counts are this model's. */
    rivals: z.array(
      z.object({
        model: RatedModel,
        wins: z.number().int(),
        losses: z.number().int(),
        ties: z.number().int(),
        bothBad: z.number().int(),
      }),
    ),
  })
  .register(shapes, { id: 'BoardModelDetail' })
export type BoardModelDetail = z.infer<typeof BoardModelDetail>

/** One vote between two models. A is the answer that was shown first; who voted is not told. */
export const BattleVote = z
  .object({
    id: z.number().int(),
    castAt: z.iso.datetime(),
    verdict: Verdict,
    /** How much better the answer is and why, where the study asked and the rater said. */
    strength: Strength.nullable(),
    reasons: z.array(VoteReason),
    /** Slug of the model whose answer was shown as A, and of the other. */
    modelA: z.string(),
    modelB: z.string(),
    category: QueryCategory,
    question: z.string(),
    imageSha256: z.string(),
  })
  .register(shapes, { id: 'BattleVote' })
export type BattleVote = z.infer<typeof BattleVote>

/** The votes of a pair behind the newest snapshot, newest first, a page at a time. */
export const BattlePage = z
  .object({
    a: RatedModel.omit({ elo: true }),
    b: RatedModel.omit({ elo: true }),
    votes: z.array(BattleVote),
    /** Hand back as `before` for the next page; null on the last. */
    next: z.number().int().nullable(),
  })
  .register(shapes, { id: 'BattlePage' })
export type BattlePage = z.infer<typeof BattlePage>

/** One vote with all that the rater saw, and the names that the rater did not see. */
export const Battle = z
  .object({
    vote: BattleVote,
    image: z.object({ url: z.string(), width: z.number().int(), height: z.number().int() }),
    language: z.string(),
    pointsShown: z.boolean(),
    nameA: z.string(),
    nameB: z.string(),
    answerA: Answer,
    answerB: Answer,
  })
  .register(shapes, { id: 'Battle' })
export type Battle = z.infer<typeof Battle>

export const BattleQuery = BoardQuery.extend({
  a: z.string().max(80),
  b: z.string().max(80),
  verdict: Verdict.optional(),
  before: z.coerce.number<string | number>().int().positive().optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
})
export type BattleQuery = z.infer<typeof BattleQuery>
