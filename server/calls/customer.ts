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
export type Plan = Omit<typeof plans.$inferSelect, 'createdAt' | 'spent' | 'readBy' | 'readUntil'>

/** What goes out for one call, in any wire format: text and pictures in the order in which the model reads them. */
export interface OutgoingPrompt {
  parts: ({ kind: 'text'; text: string } | { kind: 'image'; sha256: string })[]
}

/** Nothing can be asked, for a reason in the customer's data. */
export interface Unaskable {
  fault: string
}

/** A picture that was read and measured. */
export interface OfferedPicture {
  sha256: string
  bytes: Uint8Array
  mediaType: string
  width: number
  height: number
}

/** How a customer reads what there is to ask, while it is being asked. */
export interface Reading {
  /** Aborted: what is read already is written, and the rest is left. */
  signal: AbortSignal
  /** Resolves when the calls have come close enough to what is written. */
  keepPace(): Promise<void>
  /** A picture that is wanted soon, so that it need not be read again. */
  offer(picture: OfferedPicture): void
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
  name: 'run' | 'judge' | 'collection' | 'categories'
  /** The table whose rows `receive` writes a second time. */
  rewrites?: 'predictions'
  /** How all calls of the plan are to be answered: what the customer wants, over it what the endpoint sets itself. */
  settings(ctx: Context, plan: Plan, endpoint: OwnSettings): Promise<GenerationSettings>
  /**
   * Adds the calls of a growing plan and ends its growth. Called by one process at a time, and again where one was
   * stopped or killed; what it throws of what people can mend pauses the plan.
   */
  read?(ctx: Context, plan: Plan, reading: Reading): Promise<void>
  /**
   * The prompts of these calls. A key that is left out becomes an error of class `internal`, what cannot be asked one of
   * class `data`.
   */
  prepare(ctx: Context, plan: Plan, keys: string[]): Promise<Map<string, OutgoingPrompt | Unaskable>>
  /** Takes replies that are stored already. The same reply may come twice: the second time changes nothing. */
  receive(ctx: Context, plan: Plan, replies: Reply[]): Promise<void>
  /** Ids of answered calls that `receive` has not taken yet, as after a crash between the two. */
  unreceived(ctx: Context, plan: Plan): Promise<number[]>
  /** Every call is answered, in error or skipped. May be called twice. */
  settled(ctx: Context, plan: Plan): Promise<void>
}
