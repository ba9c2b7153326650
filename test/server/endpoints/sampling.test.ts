import { describe, expect, test } from 'vitest'
import { departuresOf, requestAsSent } from '#server/endpoints/as-sent.ts'
import { anthropic } from '#server/endpoints/protocols/anthropic.ts'
import { openai } from '#server/endpoints/protocols/openai.ts'
import { mergeSettings, nothingSet, type OwnSettings, type SettingLayers } from '#server/endpoints/sampling.ts'
import { SamplingChoice } from '#server/endpoints/schema.ts'

const definition = { maxTokens: 32, temperature: 0, stop: ['\n'] }
const layers = (endpoint: Partial<OwnSettings> = {}, run: Partial<OwnSettings> = {}): SettingLayers => ({
  definition,
  endpoint: { ...nothingSet, ...endpoint },
  run: { ...nothingSet, ...run },
})

describe('what a request is generated with', () => {
  test('is the definition alone where nobody sets anything', () => {
    const { sampling, extraBody } = mergeSettings(layers())
    expect(sampling).toEqual({ ...definition, topP: null, topK: null, seed: null, system: null, reasoningEffort: null })
    expect(extraBody).toEqual({})
  })

  test('is set by the endpoint over the definition, by the run over both, and null takes a setting out', () => {
    const { sampling } = mergeSettings(
      layers(
        { sampling: { maxTokens: 4096, topP: 0.95, temperature: 0.6, seed: 1 } },
        { sampling: { temperature: 1, stop: null, seed: null } },
      ),
    )
    expect(sampling).toMatchObject({ maxTokens: 4096, topP: 0.95, temperature: 1, stop: null, seed: null })
  })

  test('a run wins over members that its endpoint adds under the name of the same setting', () => {
    const endpoint = { extraBody: { temperature: 0.5, max_completion_tokens: 9, min_p: 0.1 } }
    const run = { sampling: { temperature: 0.7, maxTokens: 64 }, extraBody: { top_k: 5 } }
    expect(mergeSettings(layers(endpoint, run)).extraBody).toEqual({ min_p: 0.1, top_k: 5 })
    expect(mergeSettings(layers(endpoint)).extraBody).toEqual(endpoint.extraBody)
  })

  test.each([
    { maxTokens: 0 },
    { maxTokens: null },
    { temperature: 2.5 },
    { topP: 0 },
    { stop: [] },
    { stop: [''] },
    { system: '' },
    { seed: -1 },
    { reasoningEffort: 'very high' },
  ])('%j is refused', (choice) => expect(SamplingChoice.safeParse(choice).success).toBe(false))
})

describe('the request as sent', () => {
  const endpoint = {
    baseUrl: 'https://h/v1',
    remoteModel: 'm',
    maxTokensName: 'max_tokens' as const,
    thinkingTags: [],
  }
  const sent = (...own: Parameters<typeof layers>) => requestAsSent(openai, endpoint, layers(...own))
  const memberOf = (request: ReturnType<typeof sent>, name: string) =>
    request.members.find((member) => member.name === name)

  test('holds every member but the prompt', () => {
    const { path, members } = sent()
    expect(path).toBe('/chat/completions')
    expect(members.map(({ name, value }) => [name, value])).toEqual([
      ['model', 'm'],
      ['max_tokens', 32],
      ['temperature', 0],
      ['stop', ['\n']],
      ['stream', false],
    ])
    expect(members.every(({ origin }) => origin === 'definition')).toBe(true)
  })

  test('says who set a member and what the definition would have sent', () => {
    const request = sent({ sampling: { temperature: 0.6, maxTokens: 64 } }, { sampling: { temperature: 1, topK: 20 } })
    expect(memberOf(request, 'max_tokens')).toMatchObject({ value: 64, origin: 'endpoint', definition: 32 })
    expect(memberOf(request, 'temperature')).toMatchObject({ value: 1, origin: 'run', definition: 0 })
    expect(memberOf(request, 'top_k')).toMatchObject({ value: 20, origin: 'run', definition: null })
  })

  test('shows what extra members do to ours, and a member that is taken out', () => {
    const request = sent({ extraBody: { temperature: 0.5, guided: { json: true } } }, { sampling: { stop: null } })
    expect(memberOf(request, 'temperature')).toMatchObject({ value: 0.5, origin: 'endpoint', definition: 0 })
    expect(memberOf(request, 'guided.json')).toMatchObject({ value: true, origin: 'endpoint' })
    expect(memberOf(request, 'stop')).toMatchObject({ value: null, origin: 'run', definition: ['\n'] })
  })

  test('keeps a system prompt, which stands beside the prompt', () => {
    const { value, origin } = memberOf(sent({ sampling: { system: 'Be brief.' } }), 'messages')!
    expect({ value, origin }).toEqual({ value: [{ role: 'system', content: 'Be brief.' }], origin: 'endpoint' })
  })

  test('says what the definition asks for and the wire format leaves out', () => {
    const request = requestAsSent(anthropic, { ...endpoint, remoteModel: 'claude-opus-5' }, layers())
    expect(memberOf(request, 'temperature')).toEqual({
      name: 'temperature',
      value: null,
      origin: 'endpoint',
      definition: 0,
    })
    expect(departuresOf(request)).toContain('temperature is not sent, published with 0')
    const taken = requestAsSent(anthropic, { ...endpoint, remoteModel: 'claude-3-5-sonnet' }, layers())
    expect(departuresOf(taken)).not.toContain('temperature is not sent, published with 0')
  })

  test('the other name of the token limit is no departure', () => {
    const request = requestAsSent(openai, { ...endpoint, maxTokensName: 'max_completion_tokens' }, layers())
    expect(memberOf(request, 'max_completion_tokens')).toMatchObject({ value: 32, definition: 32 })
    expect(departuresOf(request)).toEqual([])
  })

  test.each([
    ['nothing', {}, []],
    ['room for longer answers', { sampling: { maxTokens: 32_768 } }, []],
    ['a seed', { sampling: { seed: 7 } }, []],
    ['less room', { sampling: { maxTokens: 8 } }, ['max_tokens is 8, published with 32']],
    [
      'chance',
      { sampling: { temperature: 0.6, topP: 0.95 } },
      ['temperature is 0.6, published with 0', 'top_p is 0.95, published without'],
    ],
    ['chance by an extra member', { extraBody: { temperature: 1 } }, ['temperature is 1, published with 0']],
    ['no stop', { sampling: { stop: null } }, ['stop is not sent, published with ["\\n"]']],
  ])('%s: departs from the published protocol as it should', (_, own, departures) => {
    expect(departuresOf(sent(own))).toEqual(departures)
    expect(departuresOf(sent({}, own))).toEqual(departures)
  })
})
