import { InputError } from '../core/problem.ts'
import type { Protocol as ProtocolName } from './schema.ts'
import { openai } from './protocols/openai.ts'
import type { Protocol } from './protocols/protocol.ts'

const spoken = { openai }

/** The wire formats by name. One that is not spoken yet refuses its use in words. */
export const protocols: Record<ProtocolName, Protocol> = {
  anthropic: notSpoken('anthropic'),
  gemini: notSpoken('gemini'),
  ...spoken,
}

/** Names of those that are spoken. */
export const spokenProtocols = Object.keys(spoken) as (keyof typeof spoken)[]

function notSpoken(name: string): Protocol {
  const refuse = (): never => {
    throw new InputError(`The protocol ${name} is not spoken yet; use an address that speaks openai (chat completions)`)
  }
  return { baseUrlOf: refuse, buildListing: refuse, readListing: refuse, buildRequest: refuse, readReply: refuse }
}
