import { beforeAll, describe, expect, test } from 'vitest'
import type { Benchmark, Example } from '#benchmarks/benchmark.ts'
import type { MathVistaGold } from '#benchmarks/scoring/mathvista/scorers.ts'
import { loadBenchmarks } from '#server/datasets/catalogue.ts'
import { openExamples } from '#server/datasets/service.ts'
import { aggregate } from '#server/runs/scoring/aggregate-run.ts'
import { defaultProfile, scoreResponse, scorerOf } from '#server/runs/scoring/score-response.ts'

const benchmarks = [...(await loadBenchmarks()).values()]

/** Models that see nothing, and what each of them is worth: the share of examples that its answer fits by its form alone. */
const nullModels: {
  name: string
  respond(example: Example): string
  fits(benchmark: Benchmark, example: Example): boolean
}[] = [
  { name: 'always A', respond: () => 'A', fits: (benchmark, example) => isRightLetter(benchmark, example, 'A') },
  { name: 'an empty response', respond: () => '', fits: () => false },
  { name: 'a refusal', respond: () => "I'm sorry, but I can't help with that.", fits: () => false },
  { name: 'the question again', respond: (example) => example.question, fits: isRightLastLetter },
]

/** Whether a bare letter is the right option. Only questions with options take it for one. */
function isRightLetter(benchmark: Benchmark, { gold, choices }: Example, letter: string): boolean {
  switch (benchmark.variantOf ?? benchmark.id) {
    case 'ai2d':
    case 'mmmu':
      return gold === letter
    case 'realworldqa':
      return (gold as { answer: string }).answer === letter
    case 'mathvista':
      return choices?.[letter.charCodeAt(0) - 65] === (gold as MathVistaGold).answer
    default:
      return false
  }
}

/** MathVista's query ends with its options in brackets, and without a judge the last letter in brackets is the answer. */
function isRightLastLetter(benchmark: Benchmark, { gold, choices }: Example): boolean {
  return benchmark.id === 'mathvista' && choices?.at(-1) === (gold as MathVistaGold).answer
}

describe.each(benchmarks)('on the sample of $id', (benchmark) => {
  let examples: Example[]
  beforeAll(async () => {
    const split = await openExamples({ config: { dataDir: '/nowhere' } } as never, { benchmark, split: 'sample' })
    examples = await Array.fromAsync(split.examples())
  })

  test.each(nullModels)('$name scores its floor and no more', ({ respond, fits }) => {
    const scorer = scorerOf(benchmark, defaultProfile(benchmark))
    const rows = examples.map((example) => {
      const { score, also } = scoreResponse(scorer, example, respond(example), false)
      return { score, also, tags: example.tags, cluster: example.id }
    })
    const [headline] = aggregate(benchmark.metrics[0], rows)
    const floor = examples.filter((example) => fits(benchmark, example)).length / examples.length
    expect(headline!.n).toBe(examples.length)
    expect(headline!.value).toBeCloseTo(floor, 12)
  })
})
