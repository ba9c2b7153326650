import { InvalidArgumentError, Option, type Command } from 'commander'
import { InputError } from '#server/core/problem.ts'
import { presetNamed, presets, thinkingPreset, type Preset } from '#server/endpoints/known/presets.ts'
import { nothingSet, type OwnSettings } from '#server/endpoints/sampling.ts'
import { SamplingChoice } from '#server/endpoints/schema.ts'

/** What a command was told about how answers are generated. */
export interface SamplingOptions {
  maxTokens?: number
  temperature?: number
  topP?: number
  topK?: number
  samplingSeed?: number
  stop?: string[]
  system?: string
  reasoningEffort?: string
  unset?: (keyof SamplingChoice)[]
  thinking?: boolean
  preset?: string
  extraBody?: Record<string, unknown>
}

/** Flag and name of each setting, in the order in which they are shown. */
const flags = {
  maxTokens: '--max-tokens',
  temperature: '--temperature',
  topP: '--top-p',
  topK: '--top-k',
  seed: '--sampling-seed',
  stop: '--stop',
  system: '--system',
  reasoningEffort: '--reasoning-effort',
} as const satisfies Record<keyof SamplingChoice, string>
export type SettingName = keyof typeof flags
type Name = SettingName

const wordOf = (name: Name) => flags[name].slice(2)
const unsettable = (Object.keys(flags) as Name[]).filter((name) => name !== 'maxTokens')

/** Adds the options that say how answers are generated; `whose` ends their descriptions. */
export function withSamplingOptions(command: Command, whose = ''): Command {
  return command
    .option(`${flags.maxTokens} <n>`, `most tokens of an answer, thoughts included${whose}`, number)
    .option(`${flags.temperature} <t>`, 'temperature, 0 to 2', number)
    .option(`${flags.topP} <p>`, 'only the likeliest tokens that together have this probability', number)
    .option(`${flags.topK} <n>`, 'only this many of the likeliest tokens', number)
    .option(`${flags.seed} <n>`, "seed of the model's own chance; not that of the examples", number)
    .option(
      `${flags.stop} <text>`,
      'ends an answer where it comes up; may be given several times',
      (text, all: string[] = []) => [...all, text],
    )
    .option(`${flags.system} <text>`, 'system prompt')
    .option(`${flags.reasoningEffort} <word>`, 'how much to think: low, medium, high, or what the endpoint knows')
    .addOption(
      new Option('--unset <names>', `settings not to send, by commas: ${unsettable.map(wordOf).join(', ')}`).argParser(
        readNames,
      ),
    )
    .option('--thinking', 'for a model that thinks first: room for 32,768 tokens, and what its makers recommend', false)
    .addOption(
      new Option('--preset <name>', 'what the makers of a family recommend').choices(presets.map(({ name }) => name)),
    )
    .option('--extra-body <json>', 'members to add to each request; null takes one out', readJsonObject)
}

/** The preset that the options name, for a model of this name at its endpoint. */
export function presetOf({ thinking, preset }: SamplingOptions, remoteModel: string): Preset | undefined {
  if (thinking && preset !== undefined) throw new InputError('Give --thinking or --preset, not both.')
  return thinking ? thinkingPreset(remoteModel) : presetNamed(preset ?? '')
}

/**
 * What the options set: their preset, and over it each by itself. Throws InputError with the first value that does not
 * fit.
 */
export function ownSettingsOf(options: SamplingOptions, remoteModel: string): OwnSettings {
  const preset = presetOf(options, remoteModel)?.settings ?? nothingSet
  const own = typedSettings(options)
  return {
    sampling: { ...preset.sampling, ...own.sampling },
    extraBody: { ...preset.extraBody, ...own.extraBody },
  }
}

function typedSettings(options: SamplingOptions): OwnSettings {
  const { maxTokens, temperature, topP, topK, samplingSeed: seed, stop, system, reasoningEffort } = options
  const given = { maxTokens, temperature, topP, topK, seed, stop, system, reasoningEffort }
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const unset = Object.fromEntries((options.unset ?? []).map((name) => [name, null]))
  const [twice] = Object.keys(set).filter((name) => name in unset) as Name[]
  if (twice)
    throw new InputError(`${flags[twice]} and --unset ${wordOf(twice)} contradict each other: give one of them.`)
  const sampling = SamplingChoice.safeParse({ ...set, ...unset })
  if (sampling.success) return { sampling: sampling.data, extraBody: options.extraBody ?? {} }
  const [issue] = sampling.error.issues
  throw new InputError(`${flags[issue?.path[0] as Name]}: ${issue?.message}.`)
}

/** Names of settings, separated by commas, as their flags call them. */
export function readSettingNames(text: string): Name[] {
  return namesAmong(Object.keys(flags) as Name[], text)
}

function readNames(text: string): Name[] {
  return namesAmong(unsettable, text)
}

function namesAmong(names: Name[], text: string): Name[] {
  return text.split(',').map((word) => {
    const name = names.find((one) => wordOf(one) === word.trim().replace(/^--/, ''))
    if (!name) throw new InvalidArgumentError(`It takes ${names.map(wordOf).join(', ')}.`)
    return name
  })
}

function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It takes a number.')
  return value
}

function readJsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Falls through to the sentence below, which says all there is to say.
  }
  throw new InvalidArgumentError('It takes a JSON object, such as \'{"top_p":1}\'.')
}
