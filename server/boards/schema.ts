import { z } from 'zod'
import { Answer, Verdict } from '../battles/schema.ts'
import { Openness } from '../models/schema.ts'
import { QueryCategory } from '../queries/schema.ts'
import { ServerScored } from '../runs/schema.ts'

/** A number in [0, 1] with its 95 % interval, where one is known. */
const Share = z.object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() })

/** The headline of a run. */
const Score = Share.extend({
  n: z.number().int(),
  runId: z.number().int(),
  /** The benchmark's own server, where the gold answers are withheld; null: scored here. */
  serverScored: ServerScored.nullable(),
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
    /** Mean over the opponents it met of the score against each, ties a half: the schedule has no part in it. */
    averageWinRate: z.number().nullable(),
    /** Mean over all other rated models of the expected score; null without a rating. */
    expectedWinRate: z.number().nullable(),
    /** Headline scores of the newest complete runs, by benchmark id. */
    scores: z.record(z.string(), Score),
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

/** A model as a chart names it; `elo` is null where no finite rating exists. */
export const RatedModel = z
  .object({ slug: z.string(), name: z.string(), openness: Openness, elo: z.number().nullable() })
  .meta({ id: 'RatedModel' })
export type RatedModel = z.infer<typeof RatedModel>

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
  .meta({ id: 'PairColumns' })
export type PairColumns = z.infer<typeof PairColumns>

/** Who beat whom, from the newest snapshot. */
export const Matrix = z.object({ models: z.array(RatedModel), pairs: PairColumns }).meta({ id: 'Matrix' })
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
  .meta({ id: 'ScatterChart' })
export type ScatterChart = z.infer<typeof ScatterChart>

/** Two charts that are never mixed: what was computed here, and what the paper printed. */
export const Scatter = z.object({ here: ScatterChart, paper: ScatterChart }).meta({ id: 'Scatter' })
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
  .meta({ id: 'CategoryBoards' })
export type CategoryBoards = z.infer<typeof CategoryBoards>

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
  .meta({ id: 'Stability' })
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
  .meta({ id: 'BoardFitTest' })
export type BoardFitTest = z.infer<typeof BoardFitTest>

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
  .meta({ id: 'BoardModelDetail' })
export type BoardModelDetail = z.infer<typeof BoardModelDetail>

/** One vote between two models. A is the answer that was shown first; who voted is not told. */
export const BattleVote = z
  .object({
    id: z.number().int(),
    castAt: z.iso.datetime(),
    verdict: Verdict,
    /** Slug of the model whose answer was shown as A, and of the other. */
    modelA: z.string(),
    modelB: z.string(),
    category: QueryCategory,
    question: z.string(),
    imageSha256: z.string(),
  })
  .meta({ id: 'BattleVote' })
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
  .meta({ id: 'BattlePage' })
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
  .meta({ id: 'Battle' })
export type Battle = z.infer<typeof Battle>

export const BattleQuery = BoardQuery.extend({
  a: z.string().max(80),
  b: z.string().max(80),
  verdict: Verdict.optional(),
  before: z.coerce.number<string | number>().int().positive().optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
})
export type BattleQuery = z.infer<typeof BattleQuery>

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
  .meta({ id: 'WhatIfRow' })
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
    /** What the bounds are: `sandwich`, or `model` under a model of ties, whose ratings are spread wider. */
    interval: z.enum(['sandwich', 'model']),
    /** ν of Davidson, η of Rao–Kupper. */
    tieParameter: z.number().nullable(),
    converged: z.string(),
    notes: z.array(z.string()),
    rows: z.array(WhatIfRow),
  })
  .meta({ id: 'WhatIf' })
export type WhatIf = z.infer<typeof WhatIf>

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
  .meta({ id: 'BenchmarkScores' })
export type BenchmarkScores = z.infer<typeof BenchmarkScores>

export const SnapshotQuery = BoardQuery.extend({
  /** The last id of the page before. */
  before: z.uuid().optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
})
export type SnapshotQuery = z.infer<typeof SnapshotQuery>

const StoredSnapshot = Board.shape.snapshot.unwrap()

/** A board's history, newest first. */
export const SnapshotList = z
  .object({
    snapshots: z.array(
      StoredSnapshot.pick({
        id: true,
        createdAt: true,
        votesUsed: true,
        raters: true,
        method: true,
        codeVersion: true,
        dataHash: true,
      }).extend({ category: QueryCategory.nullable() }),
    ),
    /** Hand back as `before` for the next page; null on the last. */
    next: z.uuid().nullable(),
  })
  .meta({ id: 'SnapshotList' })
export type SnapshotList = z.infer<typeof SnapshotList>

/** A board as one snapshot gave it; it stays as it is. */
export const Snapshot = Board.pick({ study: true, category: true })
  .extend({
    snapshot: StoredSnapshot,
    rows: z.array(BoardRow.omit({ scores: true, average: true })),
    /** The newest snapshot of the same board: another id means that it has moved on. */
    newest: z.uuid(),
    /** Path of the page that shows it. */
    address: z.string(),
    citation: z.string(),
    /** Of the votes. */
    licence: z.string(),
    /** Where the zip with the votes is; null for those who may not have it yet. */
    archive: z.string().nullable(),
  })
  .meta({ id: 'Snapshot' })
export type Snapshot = z.infer<typeof Snapshot>

export const ExportQuery = BoardQuery.extend({
  format: z.enum(['csv', 'json', 'votes-jsonl', 'votes-parquet', 'battles']),
})
export type ExportQuery = z.infer<typeof ExportQuery>

const ModelName = RatedModel.pick({ slug: true, name: true })

/**
 * How far a board hangs on any one rater. A model that may not be named is null. Below five raters what one of them does is
 * for those who run the study: then both counts are null and the list is empty.
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
  .meta({ id: 'Fragility' })
export type Fragility = z.infer<typeof Fragility>
