import { z } from 'zod'
import { shapes } from '../core/schema.ts'
import { Openness } from '../models/schema.ts'

export const Protocol = z
  .enum(['openai', 'openai_responses', 'anthropic', 'gemini'])
  .register(shapes, { id: 'Protocol' })
export type Protocol = z.infer<typeof Protocol>
const EndpointStatus = z.enum(['unchecked', 'ready', 'failing', 'off']).register(shapes, { id: 'EndpointStatus' })
export const PromptProfileName = z.enum(['default', 'molmo', 'vlmevalkit', 'lmms_eval'])
export type PromptProfileName = z.infer<typeof PromptProfileName>

/** Why no answer was obtained. Never part of a score. */
export const ErrorClass = z
  .enum([
    'connection',
    'timeout',
    'rate_limit',
    'overloaded',
    'quota',
    'auth',
    'not_found',
    'bad_request',
    'too_large',
    'context',
    'server',
    'protocol',
    'data',
    'internal',
  ])
  .register(shapes, { id: 'ErrorClass' })
export type ErrorClass = z.infer<typeof ErrorClass>

/** What of the generation is set; a name left out is as before, null is not sent. */
export const SamplingChoice = z
  .object({
    maxTokens: z.number().int().min(1).max(1_000_000),
    temperature: z.number().min(0).max(2).nullable(),
    topP: z.number().gt(0).max(1).nullable(),
    topK: z.number().int().min(-1).max(1_000_000).nullable(),
    seed: z.number().int().min(0).max(2_147_483_647).nullable(),
    stop: z.array(z.string().min(1).max(200)).min(1).max(16).nullable(),
    system: z.string().min(1).max(20_000).nullable(),
    reasoningEffort: z
      .string()
      .regex(/^[a-z]{1,20}$/, 'is a word such as low, medium or high')
      .nullable(),
  })
  .partial()
  .register(shapes, { id: 'SamplingChoice' })
export type SamplingChoice = z.infer<typeof SamplingChoice>

export const MaxTokensName = z.enum(['max_tokens', 'max_completion_tokens'])

/** What an endpoint is sent of a picture; what is left out is not bounded. */
export const PicturePolicy = z
  .object({
    longestSide: z
      .number()
      .int()
      .min(64)
      .max(16_384)
      .register(shapes, { description: 'In pixels; larger ones shrink' }),
    mostBytes: z.number().int().min(4_096).max(20_971_520),
    mostPictures: z
      .number()
      .int()
      .min(1)
      .max(64)
      .register(shapes, { description: 'Of one question; those after it are left out' }),
    format: z.enum(['jpeg', 'png', 'webp']).register(shapes, { description: 'All are sent in it' }),
    quality: z.number().int().min(1).max(100).register(shapes, { description: 'Of JPEG and WebP' }),
  })
  .partial()
  .register(shapes, { id: 'PicturePolicy' })
export type PicturePolicy = z.infer<typeof PicturePolicy>

/** A change of an endpoint's settings that makes it take our requests. */
const Cure = z
  .object({ maxTokensName: MaxTokensName, sampling: SamplingChoice, pictures: PicturePolicy })
  .partial()
  .register(shapes, { id: 'Cure' })
export type Cure = z.infer<typeof Cure>

export const Probe = z
  .object({
    name: z.string(),
    result: z.enum(['pass', 'limit', 'fail']),
    observation: z.string(),
    advice: z.string(),
    cure: Cure.nullable().register(shapes, { description: 'Settings to take, as a change of the endpoint' }),
    latencyMs: z.number().int(),
    at: z.iso.datetime(),
  })
  .register(shapes, { id: 'Probe' })
export type Probe = z.infer<typeof Probe>

const dollars = z.number().min(0).max(100_000)
/** In US dollars for a million tokens. */
export const Price = z
  .object({
    in: dollars,
    out: dollars,
    cached: dollars.nullable().default(null).register(shapes, {
      description: "For tokens read from the endpoint's cache; null: as any other",
    }),
    source: z.string().min(1).max(200).default('set by hand'),
  })
  .register(shapes, { id: 'Price' })
export type Price = z.infer<typeof Price>

/** One member of a request's body, objects opened: `generationConfig.topP`. */
const SentMember = z
  .object({
    name: z.string(),
    /** Null: it is not sent. */
    value: z.unknown(),
    origin: z.enum(['definition', 'endpoint', 'run']),
    /** What the definition alone sends; null: nothing. */
    definition: z.unknown(),
  })
  .register(shapes, { id: 'SentMember' })
export type SentMember = z.infer<typeof SentMember>

/** A request as it goes out, without prompt and key. */
export const SentRequest = z
  .object({ path: z.string(), members: z.array(SentMember) })
  .register(shapes, { id: 'SentRequest' })
export type SentRequest = z.infer<typeof SentRequest>

/** Tags around thoughts in an endpoint's answers; none: nothing in a text is taken for a thought. */
const ThinkingTags = z
  .array(
    z
      .string()
      .max(130)
      .refine((tag) => tag === 'usual' || /^\S{1,64} \S{1,64}$/.test(tag), {
        error: 'each is usual, or a start and an end with a space between: <plan> </plan>',
      }),
  )
  .max(16)
  .register(shapes, { id: 'ThinkingTags' })

/** An endpoint as far as it is known without its calls. */
export const DescribedEndpoint = z.object({
  id: z.uuid(),
  name: z.string(),
  model: z.object({
    slug: z.string(),
    name: z.string(),
    baseline: z.boolean(),
    openness: Openness,
    released: z.boolean(),
  }),
  protocol: Protocol,
  baseUrl: z.string(),
  remoteModel: z.string(),
  /** "stored, ends in 7Qe2", never the key. */
  keyHint: z.string().nullable(),
  status: EndpointStatus,
  statusReason: z.string(),
  statusSince: z.iso.datetime(),
  maxConcurrency: z.number().int(),
  requestsPerMinute: z.number().int().nullable(),
  timeoutMs: z.number().int(),
  maxRetries: z.number().int(),
  promptProfile: PromptProfileName,
  sendsStyleTag: z.boolean(),
  pointsScale: z.number().int(),
  sampling: SamplingChoice,
  maxTokensName: MaxTokensName,
  extraBody: z.record(z.string(), z.unknown()),
  thinkingTags: ThinkingTags,
  pictures: PicturePolicy,
  price: Price.nullable(),
  builtIn: z.boolean(),
  /** The team whose it is; null: the operator's. */
  team: z.string().nullable(),
  /** The environment variable that commands read its key from; null: the key was typed in. */
  keyVariable: z.string().nullable(),
  lastCheckedAt: z.iso.datetime().nullable(),
  probes: z.array(Probe),
})
export type DescribedEndpoint = z.infer<typeof DescribedEndpoint>

export const Endpoint = DescribedEndpoint.extend({
  /** Of its newest calls that were answered; null where there are none. */
  medianLatencyMs: z.number().nullable(),
}).register(shapes, { id: 'Endpoint' })
export type Endpoint = z.infer<typeof Endpoint>

export const NewEndpoint = z
  .object({
    name: z.string().trim().min(1).max(80).optional().register(shapes, { description: 'Defaults to model@host' }),
    model: z.string().trim().min(1).max(120).register(shapes, { description: 'Name of the model as boards show it' }),
    organisation: z.string().trim().max(80).default(''),
    openness: Openness.default('api_only'),
    protocol: Protocol.default('openai'),
    baseUrl: z.string().trim().min(1).max(500).register(shapes, {
      description: 'With or without the path that is asked there, such as /v1/chat/completions or /v1/messages',
    }),
    remoteModel: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .register(shapes, { description: 'The name that the endpoint gives the model' }),
    key: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .regex(
        /^[\x21-\x7e]+$/,
        'a key holds only letters, digits and signs of ASCII: no space, line break or other character',
      )
      .optional()
      .register(shapes, { description: 'Write only' }),
    maxConcurrency: z.number().int().min(1).max(512).default(8),
    requestsPerMinute: z.number().int().min(1).max(100_000).nullable().default(null),
    timeoutMs: z.number().int().min(1_000).max(1_800_000).default(120_000),
    maxRetries: z.number().int().min(0).max(20).default(6),
    promptProfile: PromptProfileName.default('default'),
    sendsStyleTag: z
      .boolean()
      .default(false)
      .register(shapes, { description: "Prompts of runs begin with the benchmark's style tag" }),
    pointsScale: z.union([z.literal(1), z.literal(100), z.literal(1000)]).default(100),
    sampling: SamplingChoice.default({}),
    maxTokensName: MaxTokensName.default('max_tokens'),
    extraBody: z.record(z.string(), z.unknown()).default({}),
    thinkingTags: ThinkingTags.default(['usual']),
    pictures: PicturePolicy.default({}),
    price: Price.nullable()
      .optional()
      .register(shapes, { description: 'Left out: that of the table of known models, if it is in it' }),
  })
  .register(shapes, { id: 'NewEndpoint' })
export type NewEndpoint = z.infer<typeof NewEndpoint>

const given = NewEndpoint.shape

/** What is left out stays as it is. */
export const ChangedEndpoint = z
  .object({
    off: z.boolean().optional(),
    name: given.name,
    model: given.model
      .optional()
      .register(shapes, { description: 'Another name of its model, while that is not released' }),
    key: given.key.nullable().register(shapes, { description: 'Write only; null forgets it' }),
    baseUrl: given.baseUrl
      .optional()
      .register(shapes, { description: 'On another origin the stored key is forgotten' }),
    remoteModel: given.remoteModel.optional(),
    maxConcurrency: given.maxConcurrency.unwrap().optional(),
    requestsPerMinute: given.requestsPerMinute.unwrap().optional(),
    timeoutMs: given.timeoutMs.unwrap().optional(),
    maxRetries: given.maxRetries.unwrap().optional(),
    promptProfile: given.promptProfile.unwrap().optional(),
    sendsStyleTag: given.sendsStyleTag.unwrap().optional(),
    pointsScale: given.pointsScale.unwrap().optional(),
    sampling: SamplingChoice.optional().register(shapes, {
      description: 'Replaces what it set of the generation; runs that have begun keep theirs',
    }),
    maxTokensName: given.maxTokensName.unwrap().optional(),
    extraBody: given.extraBody.unwrap().optional(),
    thinkingTags: given.thinkingTags.unwrap().optional().register(shapes, {
      description: 'Replies that are stored are read by them when a run is scored again',
    }),
    pictures: given.pictures.unwrap().optional(),
    price: Price.nullable().optional(),
  })
  .register(shapes, { id: 'ChangedEndpoint' })
export type ChangedEndpoint = z.infer<typeof ChangedEndpoint>

/** What is left of an endpoint that was taken out. */
export const RemovedEndpoint = z
  .object({
    name: z.string(),
    /** Runs and answers of studies that were asked of it: they stay, with their numbers, and none can go on. */
    kept: z.number().int(),
  })
  .register(shapes, { id: 'RemovedEndpoint' })
export type RemovedEndpoint = z.infer<typeof RemovedEndpoint>

/** Something that happened to an endpoint. */
export const EndpointEvent = z
  .object({
    id: z.number().int(),
    kind: z.enum(['added', 'changed', 'check', 'health']),
    status: EndpointStatus,
    words: z.string(),
    /** What a check saw; null for anything else. */
    probes: z.array(Probe.omit({ at: true, cure: true })).nullable(),
    at: z.iso.datetime(),
  })
  .register(shapes, { id: 'EndpointEvent' })
export type EndpointEvent = z.infer<typeof EndpointEvent>

/** The text of a FastChat file. */
export const EndpointFile = z
  .object({ file: z.string().min(2).max(900_000).register(shapes, { description: "FastChat's api_endpoint.json" }) })
  .register(shapes, { id: 'EndpointFile' })

/** What became of one endpoint of a file. */
export const ImportedEndpoint = z
  .object({ name: z.string(), registered: z.boolean(), id: z.uuid().nullable(), reason: z.string() })
  .register(shapes, { id: 'ImportedEndpoint' })
export type ImportedEndpoint = z.infer<typeof ImportedEndpoint>
