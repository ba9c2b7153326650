import { z } from 'zod'
import { shapes } from '../core/schema.ts'
import { Attempt, FailedAttempts, PlanProgress } from '../calls/schema.ts'
import { PicturePolicy, Price, PromptProfileName, SamplingChoice, SentRequest } from '../endpoints/schema.ts'

export const RunStatus = z
  .enum(['preparing', 'running', 'paused', 'complete', 'incomplete', 'finalised', 'cancelled'])
  .register(shapes, { id: 'RunStatus' })
export type RunStatus = z.infer<typeof RunStatus>

/** True while the run's numbers still move by themselves. */
export const isGoing = (status: RunStatus): boolean => status === 'preparing' || status === 'running'

/** True once nothing of the run can still be answered, unless a person has it asked again. */
export const isOver = (status: RunStatus): boolean => !isGoing(status) && status !== 'paused'

export const Outcome = z
  .enum(['scored', 'unparsed', 'refused', 'withheld', 'error', 'pending', 'skipped'])
  .register(shapes, { id: 'Outcome' })
export type Outcome = z.infer<typeof Outcome>

/** A number of a run, in [0, 1], with its 95 % interval. Null: nothing to average yet. */
export const RunMetric = z
  .object({
    name: z.string(),
    value: z.number().nullable(),
    /** Of `value`; left out, it is a share in [0, 1]. */
    unit: z.literal('count').optional(),
    low: z.number().nullable(),
    high: z.number().nullable(),
    n: z.number().int(),
  })
  .register(shapes, { id: 'RunMetric' })
export type RunMetric = z.infer<typeof RunMetric>

/** Predictions by outcome; they add up to the run's examples. */
export const OutcomeCounts = z
  .object({
    scored: z.number().int(),
    unparsed: z.number().int(),
    refused: z.number().int(),
    withheld: z.number().int(),
    error: z.number().int(),
    pending: z.number().int(),
    skipped: z.number().int(),
    /** Among the answered: cut off at the token limit. */
    truncated: z.number().int(),
    /** Among the answered: ended without a word, and not cut off. */
    empty: z.number().int(),
    /** Among the answered: thoughts were found apart from the answer. */
    thought: z.number().int(),
    /** Among the answered: the reply names another model than the one that was asked. */
    otherModel: z.number().int(),
  })
  .register(shapes, { id: 'OutcomeCounts' })
export type OutcomeCounts = z.infer<typeof OutcomeCounts>

/** A sentence on the replies of a run; a warning says that its score may not mean what it seems to. */
const RunRemark = z
  .object({ kind: z.enum(['warning', 'note']), words: z.string() })
  .register(shapes, { id: 'RunRemark' })
export type RunRemark = z.infer<typeof RunRemark>

/** A model that answered in the place of the one that was asked. */
const OtherModel = z
  .object({
    name: z.string(),
    replies: z.number().int(),
    /** Of the first example that it answered. */
    firstPosition: z.number().int(),
  })
  .register(shapes, { id: 'OtherModel' })
export type OtherModel = z.infer<typeof OtherModel>

/** The server that gave a score, and when. */
export const ServerScored = z
  .object({ server: z.string(), phase: z.string(), date: z.iso.date() })
  .register(shapes, { id: 'ServerScored' })
export type ServerScored = z.infer<typeof ServerScored>

/** What a benchmark's own server said of a run whose gold answers are withheld. */
export const ServerScore = ServerScored.extend({
  id: z.number().int(),
  fileName: z.string(),
  fileSha256: z.string(),
  /** Whether the file is, byte by byte, what the run's stored responses give. */
  fileMatchesRun: z.boolean(),
  /** As it was typed. */
  scoreText: z.string(),
  /** The numbers found in it, in [0, 1]; the headline first. Empty: none could be read. */
  scores: z.array(z.object({ name: z.string(), value: z.number() })),
  attachedAt: z.iso.datetime(),
}).register(shapes, { id: 'ServerScore' })
export type ServerScore = z.infer<typeof ServerScore>

/** In US dollars, the judge's calls included; `spent` null: no price is known. */
export const RunCost = z
  .object({
    spent: z.number().nullable(),
    /** Where it stops; null: nowhere. */
    limit: z.number().nullable(),
    /** Of its endpoint today. */
    price: Price.nullable(),
  })
  .register(shapes, { id: 'RunCost' })
export type RunCost = z.infer<typeof RunCost>

/** Pictures of answered calls: made to fit, left out, and the calls that this concerns. */
export const PictureFacts = z
  .object({ altered: z.number().int(), leftOut: z.number().int(), calls: z.number().int() })
  .register(shapes, { id: 'PictureFacts' })
export type PictureFacts = z.infer<typeof PictureFacts>

/** What a run would cost. */
export const CostEstimate = z
  .object({
    calls: z.number().int(),
    tokensIn: z.number().int(),
    tokensOut: z.object({ low: z.number().int(), high: z.number().int() }),
    /** In US dollars; null: no price is known. */
    cost: z.object({ low: z.number().nullable(), high: z.number().nullable() }),
    /** What it rests on, in words. */
    from: z.string(),
    price: Price.nullable(),
  })
  .register(shapes, { id: 'CostEstimate' })
export type CostEstimate = z.infer<typeof CostEstimate>

/** What the runs of a model over a benchmark have cost. */
export const CostLine = z
  .object({
    model: z.string(),
    benchmark: z.string(),
    runs: z.number().int(),
    /** In US dollars. */
    spent: z.number(),
    tokensIn: z.number().int(),
    tokensOut: z.number().int(),
    tokensCached: z.number().int(),
    tokensThinking: z.number().int(),
  })
  .register(shapes, { id: 'CostLine' })
export type CostLine = z.infer<typeof CostLine>

/** In US dollars; null: a run may cost what it costs. */
const CostLimit = z.number().positive().max(1_000_000).nullable()
/** What of a run can be changed while it goes on. */
export const ChangedRun = z.object({ costLimit: CostLimit }).register(shapes, { id: 'ChangedRun' })
export type ChangedRun = z.infer<typeof ChangedRun>

export const RunSummary = z
  .object({
    id: z.number().int(),
    benchmark: z.object({ id: z.string(), title: z.string(), version: z.number().int() }),
    split: z.string(),
    /** A sample split proves that everything runs; it is never compared. */
    sample: z.boolean(),
    model: z.object({ slug: z.string(), name: z.string(), baseline: z.boolean() }),
    /** Null: this reader may not use it, and a name may hold its host. */
    endpoint: z.string().nullable(),
    scoringProfile: z.string(),
    status: RunStatus,
    reason: z.string().nullable(),
    headline: RunMetric,
    /** The server that the headline is from, where the gold answers are withheld; null: it is scored here. */
    serverScored: ServerScored.nullable(),
    counts: OutcomeCounts,
    /** What its replies say against its score, then what else there is to know of them. */
    remarks: z.array(RunRemark),
    /** In what its requests depart from the published protocol, in words; where there are any, its scores cannot be set beside published ones. */
    departures: z.array(z.string()),
    cost: RunCost,
    /** Replies that were taken from earlier runs instead of asking again. */
    reused: z.number().int(),
    examples: z.number().int(),
    /** How many examples the split has, where the data held fewer: such a run stands on no board. Null: it held them all. */
    partOf: z.number().int().nullable(),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    /** Null: it stands on boards where its status lets it. */
    withdrawn: z.object({ at: z.iso.datetime(), reason: z.string() }).nullable(),
  })
  .register(shapes, { id: 'RunSummary' })
export type RunSummary = z.infer<typeof RunSummary>

/** Why a run is taken off the boards, as its page says it. */
export const WithdrawnRun = z
  .object({ reason: z.string().trim().min(1, 'Say why').max(500) })
  .register(shapes, { id: 'WithdrawnRun' })
export type WithdrawnRun = z.infer<typeof WithdrawnRun>

/** An endpoint that reads responses where rules cannot, as it was when it did. */
const Judge = z
  .object({
    name: z.string(),
    /** Name and version of what it is asked. */
    prompt: z.string(),
    /** Null: this reader may not use it, and `name` is that of its model. */
    baseUrl: z.string().nullable(),
    remoteModel: z.string(),
  })
  .register(shapes, { id: 'Judge' })
type Judge = z.infer<typeof Judge>

export const Run = RunSummary.extend({
  endpointId: z.uuid(),
  /** The team whose endpoint it asks, and which may pause, resume and end it; null: the operator's. */
  team: z.string().nullable(),
  metrics: z.array(RunMetric),
  /** Newest first. */
  serverScores: z.array(ServerScore),
  progress: PlanProgress,
  /** Calls without an answer, by class. */
  errors: z.record(z.string(), z.number().int()),
  /** Attempts that brought no reply, also those that a later one made good. */
  failedAttempts: z.array(FailedAttempts),
  /** Null while the data is read for the first time. */
  dataRevision: z.string().nullable(),
  layout: z.string(),
  promptProfile: z.string(),
  /** Asked for, but the benchmark has no such prompts: the default was sent. */
  missingPromptProfile: z.string().nullable(),
  /** Null: every response was read by rule. `progress` is of its own calls. */
  judge: Judge.extend({ sameModel: z.boolean(), progress: PlanProgress }).nullable(),
  /** Ways in which it was scored before, oldest first. */
  formerScorings: z.array(
    z.object({
      profile: z.string(),
      benchmarkVersion: z.number().int(),
      codeVersion: z.string(),
      judge: Judge.nullable(),
      headline: RunMetric,
      until: z.iso.datetime(),
    }),
  ),
  /** As it went out for every example, without prompt and key; null where the run began before requests were noted. */
  request: SentRequest.nullable(),
  /** What its endpoint was sent of pictures, and what that did to them; null: they went out as they are. */
  pictures: PictureFacts.extend({ policy: PicturePolicy }).nullable(),
  reuse: z.boolean(),
  seed: z.number().int(),
  limit: z.number().int().nullable(),
  endpointSettings: z.object({
    protocol: z.string(),
    /** Null: this reader may not use the endpoint. */
    baseUrl: z.string().nullable(),
    remoteModel: z.string(),
    /** Prompts began with the benchmark's style tag. */
    sendsStyleTag: z.boolean(),
  }),
  /** Changes of the endpoint with which a person let it go on, oldest first. */
  acceptedChanges: z.array(z.object({ change: z.string(), at: z.iso.datetime() })),
  codeVersion: z.string(),
  fingerprint: z.string(),
  medianLatencyMs: z.number().nullable(),
  tokensIn: z.number().int(),
  tokensOut: z.number().int(),
  /** Among `tokensIn` and `tokensOut`: read from the endpoint's cache, and thought. */
  tokensCached: z.number().int(),
  tokensThinking: z.number().int(),
  otherModels: z.array(OtherModel),
  /** The command that repeats it. */
  command: z.string(),
}).register(shapes, { id: 'Run' })
export type Run = z.infer<typeof Run>

export const NewRun = z
  .object({
    endpointId: z.uuid(),
    benchmark: z.string().min(1),
    split: z.string().min(1).optional(),
    limit: z.number().int().min(1).max(2_147_483_647).optional(),
    seed: z.number().int().min(0).max(2_147_483_647).default(0),
    promptProfile: PromptProfileName.optional().register(shapes, { description: "The endpoint's, if left out" }),
    sampling: SamplingChoice.default({}).register(shapes, {
      description: "Over what the endpoint and the benchmark's definition set",
    }),
    extraBody: z
      .record(z.string(), z.unknown())
      .default({})
      .register(shapes, { description: "Members of each request, over the endpoint's; null takes one out" }),
    scoringProfile: z
      .string()
      .optional()
      .register(shapes, { description: 'official, or no_judge where official needs a judge and none is named' }),
    costLimit: CostLimit.default(null).register(shapes, { description: 'Where it stops, in US dollars' }),
    reuse: z
      .boolean()
      .default(false)
      .register(shapes, { description: 'Takes replies to the same requests, asked before, instead of asking again' }),
    judgeEndpointId: z
      .uuid()
      .optional()
      .register(shapes, { description: 'Reads the responses that rules cannot, where the scoring needs it' }),
  })
  .register(shapes, { id: 'NewRun' })
export type NewRun = z.infer<typeof NewRun>

/** Several benchmarks on one endpoint, in one start. */
export const NewRuns = NewRun.omit({ endpointId: true, benchmark: true, split: true, scoringProfile: true })
  .extend({
    tasks: z
      .array(NewRun.pick({ benchmark: true, split: true, scoringProfile: true }))
      .min(1)
      .max(50),
    judgeEndpointId: NewRun.shape.judgeEndpointId.register(shapes, {
      description: 'Asked where the scoring of one of them needs a judge, and nowhere else',
    }),
  })
  .register(shapes, { id: 'NewRuns' })
export type NewRuns = z.infer<typeof NewRuns>

/** How a run is to go on. */
export const ResumedRun = z
  .object({
    acceptAddress: z
      .boolean()
      .optional()
      .register(shapes, { description: 'The same model answers at the new address; noted on the run' }),
  })
  .register(shapes, { id: 'ResumedRun' })
export type ResumedRun = z.infer<typeof ResumedRun>

/** How a run is to be scored again; what is left out stays as it is. */
export const NewScoring = z
  .object({ profile: z.string().optional(), judgeEndpointId: z.uuid().optional() })
  .register(shapes, { id: 'NewScoring' })
export type NewScoring = z.infer<typeof NewScoring>

export const PredictionFilter = z.enum([
  'all',
  'right',
  'wrong',
  'unparsed',
  'refused',
  'truncated',
  'empty',
  'thought',
  'other_model',
  'error',
  'pending',
])
export type PredictionFilter = z.infer<typeof PredictionFilter>

export const PredictionQuery = z.object({
  filter: PredictionFilter.default('all'),
  /** Position after which the page begins. */
  after: z.coerce.number<string | number>().int().min(-1).max(2_147_483_647).default(-1),
  limit: z.coerce.number<string | number>().int().min(1).max(500).default(100),
})

export const PredictionSummary = z
  .object({
    exampleId: z.string(),
    position: z.number().int(),
    question: z.string(),
    answer: z.string().nullable(),
    outcome: Outcome,
    truncated: z.boolean(),
    empty: z.boolean(),
    thought: z.boolean(),
    /** The model that the reply names, where it is not the one that was asked. */
    otherModel: z.string().nullable(),
    score: z.number().nullable(),
    tags: z.array(z.string()),
  })
  .register(shapes, { id: 'PredictionSummary' })
export type PredictionSummary = z.infer<typeof PredictionSummary>

export const PredictionPage = z
  .object({ predictions: z.array(PredictionSummary), total: z.number().int(), next: z.number().int().nullable() })
  .register(shapes, { id: 'PredictionPage' })
export type PredictionPage = z.infer<typeof PredictionPage>

/** One example's evidence, in the order of cause. */
export const Prediction = PredictionSummary.extend({
  runId: z.number().int(),
  choices: z.array(z.string()).nullable(),
  /** Accepted answers, as text. */
  gold: z.array(z.string()).nullable(),
  prompt: z.array(
    z.union([
      z.object({ kind: z.literal('text'), text: z.string() }),
      z.object({
        kind: z.literal('image'),
        sha256: z.string(),
        width: z.number().int(),
        height: z.number().int(),
        mediaType: z.string(),
        imageBytes: z.number().int(),
      }),
    ]),
  ),
  /** The run whose reply to the same request this is; null: it was asked. */
  reusedFrom: z.number().int().nullable(),
  /** The model's answer, without its thoughts. */
  response: z.string().nullable(),
  thinking: z.string().nullable(),
  /** Where the answer stands in the response, if it is a part of it: [start, end) in UTF-16 units. */
  answerSpan: z.tuple([z.number().int(), z.number().int()]).nullable(),
  finishReason: z.string().nullable(),
  repliedModel: z.string().nullable(),
  replySha256: z.string().nullable(),
  steps: z.array(z.string()),
  scorer: z.string(),
  /** Who was asked to read the response, in what words, and what it said; null where rules sufficed. */
  judged: Judge.extend({
    sent: z.string(),
    response: z.string().nullable(),
    repliedModel: z.string().nullable(),
    errorMessage: z.string().nullable(),
    attempts: z.array(Attempt),
  }).nullable(),
  errorClass: z.string().nullable(),
  errorMessage: z.string().nullable(),
  attempts: z.array(Attempt),
  previousId: z.string().nullable(),
  nextId: z.string().nullable(),
}).register(shapes, { id: 'Prediction' })
export type Prediction = z.infer<typeof Prediction>
