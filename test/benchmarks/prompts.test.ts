import { describe, expect, test } from 'vitest'
import type { Example, Part } from '#benchmarks/benchmark.ts'
import { promptFor, styleTagOf } from '#benchmarks/prompts.ts'
import { loadBenchmarks } from '#server/datasets/catalogue.ts'
import { sampleOf } from '../support/sample-of.ts'

const benchmarks = await loadBenchmarks()
const textOf = (parts: Part[]) => parts.filter((part) => typeof part === 'string').join('')

describe.each([...benchmarks.keys()])('%s', (id) => {
  const benchmark = benchmarks.get(id)!
  const profiles = Object.keys(benchmark.prompts) as (keyof typeof benchmark.prompts)[]

  test.each(profiles)(
    'asked as %s, the style tag stands before the text once where it is asked for',
    async (profile) => {
      for (const example of await sampleOf(benchmark)) {
        const bare = textOf(promptFor(benchmark, example, { profile, styleTag: false }))
        const tagged = textOf(promptFor(benchmark, example, { profile, styleTag: true }))
        const tag = styleTagOf(benchmark, example)
        expect(tagged).toMatch(new RegExp(`^${tag}\\w*: `))
        expect(tagged.indexOf(`${tag}:`, 1)).toBe(-1)
        if (profile !== 'molmo') expect(tagged).toBe(`${tag}: ${bare}`)
      }
    },
  )
})

test('questions of mixed sets have the tag of their own form', async () => {
  for (const id of ['mmmu', 'mathvista', 'realworldqa']) {
    const benchmark = benchmarks.get(id)!
    const tags = (await sampleOf(benchmark)).map((example) => styleTagOf(benchmark, example))
    expect(new Set(tags), id).toEqual(new Set(['a_okvqa_mc', 'vqa2']))
  }
})

test('pictures keep their places, and a prompt without text stays as it is', () => {
  const image = { kind: 'image' as const, bytes: new Uint8Array(), path: null }
  const example: Example = { id: '1', parts: [], question: 'Which?', gold: null, tags: [] }
  const asked = (parts: Part[]) =>
    promptFor({ prompts: { default: () => parts }, style: 'vqa2' }, example, { profile: 'default', styleTag: true })
  expect(asked([image, 'Left of ', image, ' is?'])).toEqual([image, 'vqa2: Left of ', image, ' is?'])
  expect(asked([image])).toEqual([image])
})
