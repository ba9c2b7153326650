import { isDeepStrictEqual } from 'node:util'
import type { Protocol, WireSettings } from './protocols/protocol.ts'
import { mergeSettings, nothingSet, type SettingLayers } from './sampling.ts'
import type { PicturePolicy, SentMember, SentRequest } from './schema.ts'

const prompt = '\u27e8the prompt\u27e9'
type Members = Map<string, unknown>

/**
 * The request that goes out for every example, without prompt and key, read from the very bytes that the wire format
 * makes. Each member says who set it, and what the definition alone would have sent.
 */
export function requestAsSent(
  protocol: Protocol,
  endpoint: Omit<WireSettings, 'sampling' | 'extraBody'>,
  layers: SettingLayers,
): SentRequest {
  const built = (chosen: SettingLayers) => {
    const { baseUrl, remoteModel, maxTokensName, thinkingTags } = endpoint
    const settings = { baseUrl, remoteModel, maxTokensName, thinkingTags, ...mergeSettings(chosen) }
    return protocol.buildRequest(settings, null, { parts: [{ kind: 'text', text: prompt }] })
  }
  const request = built(layers)
  const definition = membersOf(built({ ...layers, endpoint: nothingSet, run: nothingSet }).body)
  const withEndpoint = membersOf(built({ ...layers, run: nothingSet }).body)
  const sent = membersOf(request.body)
  const names = new Set([...sent.keys(), ...definition.keys(), ...withEndpoint.keys()])
  return {
    path: request.path,
    members: [...names.values().map((name) => member(name, definition, withEndpoint, sent)), ...untaken(layers, names)],
  }
}

/** By what names the wire formats send those settings of a definition that some of them do not take. */
const taken = { temperature: /(^|\.)temperature$/, stop: /(^|\.)stop(_sequences|Sequences)?$/ }

/** What the definition asks for and the endpoint's wire format leaves out, as for models that take no temperature. */
function untaken({ definition }: SettingLayers, names: Set<string>): SentMember[] {
  return (['temperature', 'stop'] as const)
    .filter((name) => definition[name] !== undefined && ![...names].some((sent) => taken[name].test(sent)))
    .map((name) => ({ name, value: null, origin: 'endpoint', definition: definition[name] }))
}

function member(name: string, definition: Members, withEndpoint: Members, sent: Members): SentMember {
  const [first, second, value] = [definition, withEndpoint, sent].map((layer) => layer.get(name) ?? null)
  const origin = !isDeepStrictEqual(value, second)
    ? 'run'
    : !isDeepStrictEqual(second, first)
      ? 'endpoint'
      : 'definition'
  return { name, value, origin, definition: first }
}

/** The members of a body by their path, objects opened, the prompt left out. */
function membersOf(body: Uint8Array[]): Members {
  const members: Members = new Map()
  const walk = (value: unknown, path: string) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [name, inner] of Object.entries(value)) walk(inner, path === '' ? name : `${path}.${name}`)
      return
    }
    const kept: unknown = Array.isArray(value) ? value.filter((item) => !JSON.stringify(item).includes(prompt)) : value
    if (Array.isArray(kept) && kept.length === 0 && Array.isArray(value) && value.length > 0) return
    members.set(path, kept)
  }
  walk(JSON.parse(Buffer.concat(body).toString('utf8')), '')
  return members
}

const tokenLimit = /(^|\.)(max_(completion_|output_)?tokens|maxOutputTokens|num_predict)$/
const harmless = /(^|\.)(model|stream|store|seed)$/

/**
 * In what a request departs from the published protocol so that its scores cannot be set beside published ones, in
 * words; none: it does not. Room for longer answers is no departure, nor is a seed.
 */
export function departuresOf({ members }: SentRequest, pictures: PicturePolicy = {}): string[] {
  return [...membersThatDepart(members), ...picturesThatDepart(pictures)]
}

function picturesThatDepart({ longestSide, mostBytes, mostPictures, format, quality }: PicturePolicy): string[] {
  const bounds = [
    longestSide !== undefined && `at most ${longestSide} px a side`,
    mostBytes !== undefined && `at most ${mostBytes} bytes`,
    format && `as ${format.toUpperCase()}${quality === undefined ? '' : ` of quality ${quality}`}`,
    mostPictures !== undefined && `at most ${mostPictures} for a question`,
  ].filter(Boolean)
  return bounds.length === 0 ? [] : [`pictures are sent ${bounds.join(', ')}, published as they are`]
}

function membersThatDepart(members: SentMember[]): string[] {
  return members
    .filter((member) => !isDeepStrictEqual(member.value, member.definition) && !harmless.test(member.name))
    .filter(({ name, value, definition }) => !(tokenLimit.test(name) && isMore(value, definition)))
    .map(({ name, value, definition }) => {
      const published = definition === null ? 'published without' : `published with ${JSON.stringify(definition)}`
      return `${name} ${value === null ? 'is not sent' : `is ${shortly(value)}`}, ${published}`
    })
}

function isMore(value: unknown, definition: unknown): boolean {
  return typeof value === 'number' && typeof definition === 'number' && value >= definition
}

function shortly(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}
