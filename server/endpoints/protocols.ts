import type { Protocol as ProtocolName } from './schema.ts'
import { anthropic } from './protocols/anthropic.ts'
import { gemini } from './protocols/gemini.ts'
import { openaiResponses } from './protocols/openai-responses.ts'
import { openai } from './protocols/openai.ts'
import type { Protocol } from './protocols/protocol.ts'

/** The wire formats by name. */
export const protocols: Record<ProtocolName, Protocol> = {
  openai,
  openai_responses: openaiResponses,
  anthropic,
  gemini,
}
