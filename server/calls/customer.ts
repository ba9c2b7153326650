import type { plans } from '#drizzle/schema/calls.ts'
import type { Context } from '#server/core/context.ts'
import type { OwnSettings } from '#server/endpoints/sampling.ts'
import type { PicturePolicy } from '#server/endpoints/schema.ts'
import type { WireSettings } from '#server/endpoints/protocols/protocol.ts'

/** How the calls of a plan are to be answered, and what is sent of their pictures. */
export interface GenerationSettings extends Pick<WireSettings, 'sampling' | 'extraBody'> {
  /** The endpoint's, where it is left out. */
  pictures?: PicturePolicy
}

/** A set of calls to one endpoint that is carried out together. */
export type Plan = Omit<typeof plans.$inferSelect, 'createdAt' | 'spent'>

/** What goes out for one call, in any wire format: text and pictures in the order in which the model reads them. */
export interface OutgoingPrompt {
  parts: ({ kind: 'text'; text: string } | { kind: 'image'; sha256: string })[]
}

/** What came back for one call; it is stored before anyone is handed this. */
export interface Reply {
  callId: number
  /** What the customer knows the call by. */
  key: string
  /** The answer, without the thoughts that led to it. */
  response: string
  thinking: string | null
  finishReason: string | null
  refused: boolean
  truncated: boolean
  repliedModel: string | null
  tokensIn: number | null
  tokensOut: number | null
  tokensCached: number | null
  tokensThinking: number | null
}

/** A module that has calls carried out: it says what to send and is handed what came back. */
export interface Customer {
  name: 'run' | 'judge' | 'collection'
  /** How all calls of the plan are to be answered: what the customer wants, over it what the endpoint sets itself. */
  settings(ctx: Context, plan: Plan, endpoint: OwnSettings): Promise<GenerationSettings>
  /** The prompts of these calls. A key that is left out becomes an error of class `internal`. */
  prepare(ctx: Context, plan: Plan, keys: string[]): Promise<Map<string, OutgoingPrompt>>
  /** Takes replies that are stored already. The same reply may come twice: the second time changes nothing. */
  receive(ctx: Context, plan: Plan, replies: Reply[]): Promise<void>
  /** Ids of answered calls that `receive` has not taken yet, as after a crash between the two. */
  unreceived(ctx: Context, plan: Plan): Promise<number[]>
  /** Every call is answered, in error or skipped. May be called twice. */
  settled(ctx: Context, plan: Plan): Promise<void>
}
