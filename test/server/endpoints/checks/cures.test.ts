import { expect, test } from 'vitest'
import { changeEndpoint } from '#server/endpoints/change-endpoint.ts'
import { cureFor } from '#server/endpoints/checks/cures.ts'
import { probeEndpoint } from '#server/endpoints/checks/probe-endpoint.ts'
import { getEndpoint } from '#server/endpoints/service.ts'
import { findUses } from '#server/runs/changes/endpoint-uses.ts'
import { callsLab } from '../../../support/calls-lab.ts'
import { scriptedEndpoint, type Script } from '../../../support/scripted-endpoint.ts'

const sent = { maxTokens: 256, temperature: 0, topP: null, topK: null, seed: null, stop: null, reasoningEffort: 'high' }
const settings = {
  baseUrl: 'https://h/v1',
  remoteModel: 'm',
  sampling: { reasoningEffort: 'high' },
  extraBody: {},
  maxTokensName: 'max_tokens' as const,
  thinkingTags: [],
  pictures: {},
}

test.each([
  [
    "400: Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    { maxTokensName: 'max_completion_tokens' },
  ],
  ['400: Unrecognized request argument supplied: max_tokens', { maxTokensName: 'max_completion_tokens' }],
  [
    "400: Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
    { sampling: { reasoningEffort: 'high', temperature: null } },
  ],
  ['400: Unknown name "reasoning_effort"', { sampling: { reasoningEffort: null } }],
  [
    '400: max_tokens is too large: 256. This model supports at most 128 completion tokens',
    { sampling: { reasoningEffort: 'high', maxTokens: 128 } },
  ],
  // What we do not send cannot be what is refused.
  ['400: top_p must be between 0 and 1', null],
  ['400: Invalid image', null],
])('%s: the cure is %j', (words, cure) => expect(cureFor(words, settings, sent)).toEqual(cure))

/** As a reasoning model of OpenAI refuses: first the name of the limit, then the temperature. */
const picky: Script = ({ body, text }) => {
  const members = body as unknown as Record<string, unknown>
  const refuse = (message: string) => ({
    kind: 'status' as const,
    status: 400,
    body: JSON.stringify({ error: { message } }),
  })
  if ('max_tokens' in members) {
    return refuse(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    )
  }
  if (members['temperature'] === 0)
    return refuse("Unsupported value: 'temperature' does not support 0 with this model.")
  return { kind: 'answer', text: text.includes('colour') ? 'red green blue yellow' : 'ready' }
}

test('the check finds what a server refuses and how it answers, goes on, and one change makes it ready', async () => {
  const { ctx, endpoint } = await callsLab()
  const server = await scriptedEndpoint(picky)
  const id = await endpoint(server.baseUrl)
  const { ready, reason, probes } = await probeEndpoint(ctx, id)
  expect(ready).toBe(false)
  expect(reason).toMatch(/^Settings: It refuses what is sent: /)
  const refused = probes.find(({ name }) => name === 'settings')!
  expect(refused).toMatchObject({
    result: 'fail',
    cure: { maxTokensName: 'max_completion_tokens', sampling: { temperature: null } },
  })
  expect(refused.advice).toContain('give the limit of tokens as max_completion_tokens; leave out temperature')
  expect(refused.advice).toContain(`npx arena models check 'test-model@${new URL(server.baseUrl).host}' --cure`)
  expect(probes.map(({ name }) => name)).toContain('one image')
  const stored = (await getEndpoint(ctx, id)).probes.find(({ name }) => name === 'settings')!
  await changeEndpoint(ctx, id, stored.cure!, findUses)
  expect(await getEndpoint(ctx, id)).toMatchObject({ status: 'unchecked', maxTokensName: 'max_completion_tokens' })
  const again = await probeEndpoint(ctx, id)
  expect(again.ready).toBe(true)
  expect(again.probes.map(({ name }) => name)).not.toContain('settings')
})

test('an endpoint that refuses for another reason is offered nothing', async () => {
  const { ctx, endpoint } = await callsLab()
  const server = await scriptedEndpoint(() => ({ kind: 'status', status: 400, body: '{"error":{"message":"no"}}' }))
  const { ready, probes } = await probeEndpoint(ctx, await endpoint(server.baseUrl))
  expect(ready).toBe(false)
  expect(probes.every(({ cure }) => cure === null)).toBe(true)
})
