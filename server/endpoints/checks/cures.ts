import type { EndpointSettings } from '../call-endpoint.ts'
import type { Cure, SamplingChoice } from '../schema.ts'

/** How a refusal may name a setting that we send. */
const namesOf = {
  temperature: /\btemperature\b/i,
  topP: /\btop_?p\b/i,
  topK: /\btop_?k\b/i,
  seed: /\bseed\b/i,
  stop: /\bstop(_sequences)?\b/i,
  reasoningEffort: /\breasoning(_effort)?\b/i,
  system: /\bsystem\b/i,
} as const satisfies Partial<Record<keyof SamplingChoice, RegExp>>

const otherName = { max_tokens: 'max_completion_tokens', max_completion_tokens: 'max_tokens' } as const

/**
 * What to change of an endpoint's settings so that it no longer refuses a request in these words; null where they name
 * no setting of ours. `sent` is what the request held.
 */
export function cureFor(words: string, settings: EndpointSettings, sent: SamplingChoice): Cure | null {
  const { sampling, maxTokensName } = settings
  const most = /\b(?:at most|maximum(?: of| is)?|less than or equal to|up to|<=) ?(\d{2,7})\b/i.exec(words)?.[1]
  const namesLimit = /max_(completion_|output_)?tokens|maxOutputTokens/i.test(words)
  if (namesLimit && most !== undefined && Number(most) < (sent.maxTokens ?? 0)) {
    return { sampling: { ...sampling, maxTokens: Number(most) } }
  }
  // A refusal that names both names says which one to use instead.
  if (
    words.includes(otherName[maxTokensName]) ||
    (words.includes(maxTokensName) &&
      /unsupported|unrecogni|unknown|extra|not (permitted|supported|allowed)/i.test(words))
  ) {
    return { maxTokensName: otherName[maxTokensName] }
  }
  const named = (Object.keys(namesOf) as (keyof typeof namesOf)[]).find(
    (name) => sent[name] != null && namesOf[name].test(words),
  )
  return named ? { sampling: { ...sampling, [named]: null } } : null
}

/** The settings with a cure taken. */
export function cured(settings: EndpointSettings, { maxTokensName, sampling }: Cure): EndpointSettings {
  return { ...settings, ...(maxTokensName && { maxTokensName }), ...(sampling && { sampling }) }
}
