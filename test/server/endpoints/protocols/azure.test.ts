import { expect, test } from 'vitest'
import { probeEndpoint } from '#server/endpoints/checks/probe-endpoint.ts'
import { openAiBase } from '#server/endpoints/protocols/azure.ts'
import { callsLab } from '../../../support/calls-lab.ts'
import { serveChat } from '../../../support/model-servers/chat-completions.ts'
import { answerToCheck } from '../../../support/model-servers/see-picture.ts'

const seeing = async (asked: Parameters<typeof answerToCheck>[0]) => (await answerToCheck(asked)) ?? 'no idea'

test.each([
  ['https://r.openai.azure.com', 'https://r.openai.azure.com/openai/v1'],
  ['https://r.openai.azure.com/openai/', 'https://r.openai.azure.com/openai/v1'],
  ['https://r.openai.azure.com/openai/v1/chat/completions', 'https://r.openai.azure.com/openai/v1'],
  ['https://r.openai.azure.com/openai/v1/responses', 'https://r.openai.azure.com/openai/v1'],
  [
    'https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=2025-01-01-preview',
    'https://r.openai.azure.com/openai/deployments/d?api-version=2025-01-01-preview',
  ],
  [
    'https://r.cognitiveservices.azure.com/openai/deployments/d',
    'https://r.cognitiveservices.azure.com/openai/deployments/d?api-version=2024-10-21',
  ],
  [
    'https://r.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview',
    'https://r.services.ai.azure.com/models?api-version=2024-05-01-preview',
  ],
])('%s is taken as %s', (given, base) => expect(openAiBase(given)).toBe(base))

test('a deployment of Azure gets its version in the address, its key in its own header, and passes the check', async () => {
  const { ctx, endpoint } = await callsLab()
  const key = 'azure-test-key-0001'
  const server = await serveChat({ azure: true, key, model: 'gpt-4o' }, seeing)
  const address = `${server.origin}/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21`
  const id = await endpoint(address, { remoteModel: 'gpt-4o', key })
  const { ready, probes } = await probeEndpoint(ctx, id)
  expect(probes.filter(({ result }) => result !== 'pass')).toEqual([])
  expect([ready, server.asked.length, server.refused]).toEqual([true, 6, [expect.stringContaining('cannot identify')]])
})

test.each([
  ['?api-version=2024-10-21&x=1', /no \? other than \?api-version=/],
  ['?key=AIzaSy', /The address holds a key/],
  ['?api_key=1', /The address holds a key/],
  ['#there', /no #/],
])('an address that ends in %s is refused in words', async (end, words) => {
  const { endpoint } = await callsLab()
  await expect(endpoint(`https://r.openai.azure.com/openai/v1${end}`)).rejects.toThrow(words)
})
