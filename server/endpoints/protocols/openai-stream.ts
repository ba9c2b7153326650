import { z } from 'zod'
import { readEvents } from './reply-body.ts'

const Text = z.string().nullish().catch(null)
const Delta = z.looseObject({
  content: z.unknown().optional(),
  refusal: Text,
  reasoning: Text,
  reasoning_content: Text,
})
const Chunk = z.looseObject({
  model: Text,
  choices: z
    .array(
      z.looseObject({
        index: z.number().catch(0),
        delta: Delta.nullish().catch(null),
        finish_reason: z.unknown().optional(),
        error: z.unknown().optional(),
      }),
    )
    .nullish()
    .catch(null),
  usage: z.unknown().optional(),
  error: z.unknown().optional(),
})

/**
 * The completion that a stream of chunks adds up to, as one that was not streamed; undefined for a body that is no
 * stream, and for one that broke off before its end.
 */
export function assembleChunks(body: string): unknown {
  const stream = readEvents(body)
  if (!stream) return undefined
  const chunks = stream.events.map((event) => Chunk.safeParse(event).data).filter((chunk) => chunk !== undefined)
  const error = chunks.map((chunk) => chunk.error).find(Boolean)
  if (error) return { error }
  const choices = chunks.flatMap((chunk) => (chunk.choices ?? []).filter(({ index }) => index === 0))
  const finish_reason = choices.map((choice) => choice.finish_reason).findLast((finish) => finish != null)
  if (choices.length === 0 || (finish_reason === undefined && !stream.done)) return undefined
  const deltas = choices.map(({ delta }) => delta)
  const joined = (name: 'refusal' | 'reasoning' | 'reasoning_content') =>
    deltas.map((delta) => delta?.[name] ?? '').join('') || null
  return {
    model: chunks.map(({ model }) => model).find(Boolean),
    choices: [
      {
        message: {
          content: deltas.flatMap((delta) => delta?.content ?? []),
          refusal: joined('refusal'),
          reasoning: joined('reasoning'),
          reasoning_content: joined('reasoning_content'),
        },
        finish_reason,
        error: choices.map((choice) => choice.error).find(Boolean),
      },
    ],
    usage: chunks.map(({ usage }) => usage).findLast(Boolean),
  }
}
