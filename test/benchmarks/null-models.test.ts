import { beforeAll, describe, expect, test } from 'vitest'
import type { Example } from '#benchmarks/benchmark.ts'
import { letterOf } from '#benchmarks/scoring/choice/multiple-choice.ts'
import { loadBenchmarks } from '#server/datasets/catalogue.ts'
import { aggregate } from '#server/runs/scoring/aggregate-run.ts'
import { defaultProfile, scoreResponse, scorerOf } from '#server/runs/scoring/score-response.ts'
import { sampleOf } from '../support/sample-of.ts'

const benchmarks = [...(await loadBenchmarks()).values()]

/** Models that see nothing, and what each of them is worth: the share of examples that its answer fits by its form alone. */
const nullModels: { name: string; respond(example: Example): string; fits(example: Example): boolean }[] = [
  { name: 'always A', respond: () => 'A', fits: (example) => rightLetter(example) === 'A' },
  { name: 'an empty response', respond: () => '', fits: () => false },
  { name: 'a refusal', respond: () => "I'm sorry, but I can't help with that.", fits: () => false },
  { name: 'the question again', respond: (example) => example.question, fits: endsInRightLetter },
]

/** The letter of the right option; undefined where the question has none. Gold answers are letters or the options' texts. */
function rightLetter({ gold, choices = [] }: Example): string | undefined {
  const right = typeof gold === 'object' && gold !== null && 'answer' in gold ? gold.answer : gold
  if (typeof right !== 'string') return undefined
  if (/^[A-Z]$/.test(right)) return right
  const place = choices.indexOf(right)
  return place < 0 ? undefined : letterOf(place)
}

/** Where a question lists its options as `(A) …`, the last letter in brackets may be taken for the answer. */
function endsInRightLetter(example: Example): boolean {
  const last = [...example.question.matchAll(/\(([A-Z])\)/g)].at(-1)?.[1]
  return last !== undefined && last === rightLetter(example)
}

describe.each(benchmarks)('on the sample of $id', (benchmark) => {
  let examples: Example[]
  beforeAll(async () => {
    examples = await sampleOf(benchmark)
  })

  test.each(nullModels)('$name scores its floor and no more', ({ respond, fits }) => {
    const scorer = scorerOf(benchmark, defaultProfile(benchmark))
    const rows = examples.map((example) => {
      const { score, also } = scoreResponse(scorer, example, respond(example), false)
      return { score, also, tags: example.tags, cluster: example.id }
    })
    const [headline] = aggregate(benchmark.metrics[0], rows)
    const floor = examples.filter(fits).length / examples.length
    expect(headline!.n).toBe(examples.length)
    expect(headline!.value).toBeCloseTo(floor, 12)
  })
})
