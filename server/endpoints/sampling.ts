import type { Sampling, WireSettings } from './protocols/protocol.ts'
import type { SamplingChoice } from './schema.ts'

/** What is wanted of an answer before anyone chooses otherwise: by a benchmark's definition, a study or a judge's prompt. */
interface Generation {
  maxTokens: number
  temperature: number
  stop?: string[]
}

/** What an endpoint or a run sets itself. A name left out is as it was before; null is not sent. */
export interface OwnSettings {
  sampling: SamplingChoice
  /** Members of the body; null takes one of ours out. */
  extraBody: Record<string, unknown>
}

/** Where the settings of a request come from, the weakest first. */
export interface SettingLayers {
  definition: Generation
  endpoint: OwnSettings
  run: OwnSettings
}

export const nothingSet: OwnSettings = { sampling: {}, extraBody: {} }

const unset = { topP: null, topK: null, seed: null, stop: null, system: null, reasoningEffort: null }

/** How a request is to be generated: the definition, over it what the endpoint sets, over that what the run sets. */
export function mergeSettings({
  definition,
  endpoint,
  run,
}: SettingLayers): Pick<WireSettings, 'sampling' | 'extraBody'> {
  const sampling: Sampling = { ...unset, ...definition, ...endpoint.sampling, ...run.sampling }
  return { sampling, extraBody: { ...withoutThoseOf(run.sampling, endpoint.extraBody), ...run.extraBody } }
}

/** The members of a body that say the same as a setting, in any of the wire formats. */
const bodyNames: Record<keyof Sampling, string[]> = {
  maxTokens: ['max_tokens', 'max_completion_tokens', 'max_output_tokens'],
  temperature: ['temperature'],
  topP: ['top_p'],
  topK: ['top_k'],
  seed: ['seed'],
  stop: ['stop', 'stop_sequences'],
  system: ['system', 'instructions'],
  reasoningEffort: ['reasoning_effort', 'reasoning'],
}

/** An endpoint's members without those that a run sets by name: they would win over it, being added last. */
function withoutThoseOf(chosen: SamplingChoice, members: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(chosen).flatMap((name) => bodyNames[name as keyof Sampling])
  return Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)))
}
