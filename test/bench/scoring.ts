import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { anls, anlsOfRrc } from '#benchmarks/scoring/anls.ts'
import { mmmuOfficial, type MmmuGold } from '#benchmarks/scoring/mmmu/scorers.ts'
import { relaxedCorrectness } from '#benchmarks/scoring/relaxed-correctness.ts'
import type { Question, Scorer } from '#benchmarks/scoring/scorer.ts'
import { vqaAccuracy, vqaOfficial } from '#benchmarks/scoring/vqa/accuracy.ts'

interface Prediction<Gold> {
  response: string
  question: Question<Gold>
}

/** A scorer over as many predictions as its benchmark has, and the milliseconds it may take. */
interface Workload<Gold> {
  name: string
  scorer: Scorer<Gold>
  predictions: Prediction<Gold>[]
  maxMs: number
}

const warmPasses = 9
const random = xoroshiro128plus(20_240_925)

/** Times every workload and prints cold and warm times, rates and peak memory; 1 when a target is missed. */
export function run(): number {
  console.log(
    `Medians of ${warmPasses} warm passes after a cold one. The scorers keep no cache, so these are the times without one.`,
  )
  const misses = [
    report(vqaWorkload()),
    report(anlsWorkload()),
    report(relaxedWorkload()),
    report(mmmuWorkload()),
  ].filter((met) => !met)
  console.log(
    `peak memory, with all strings of the largest workload: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
  )
  return misses.length > 0 ? 1 : 0
}

/** Wall time, and the part of it in which this thread had a core: the two part ways on a busy machine. */
interface Pass {
  wallMs: number
  coreMs: number
}

function report<Gold>({ name, scorer, predictions, maxMs }: Workload<Gold>): boolean {
  const cold = timeOf(scorer, predictions)
  const warm = Array.from({ length: warmPasses }, () => timeOf(scorer, predictions))
  const wallMs = median(warm.map((pass) => pass.wallMs))
  const coreMs = median(warm.map((pass) => pass.coreMs))
  const met = coreMs <= maxMs
  const rate = Math.round(predictions.length / (coreMs / 1000)).toLocaleString('en')
  console.log(
    [
      `${name}: ${predictions.length.toLocaleString('en')} predictions, ${distinctShare(predictions)} % of strings distinct`,
      `  cold ${cold.wallMs.toFixed(1)} ms by the clock, ${cold.coreMs.toFixed(1)} ms on one core`,
      `  warm ${wallMs.toFixed(2)} ms by the clock, ${coreMs.toFixed(2)} ms on one core: ${rate} per second`,
      `  target ${maxMs} ms on one core: ${met ? 'met' : 'MISSED'}`,
    ].join('\n'),
  )
  return met
}

function timeOf<Gold>(scorer: Scorer<Gold>, predictions: Prediction<Gold>[]): Pass {
  const start = performance.now()
  const before = process.threadCpuUsage()
  let sum = 0
  for (const { response, question } of predictions) {
    const answer = scorer.extract(response, question)
    if (typeof answer === 'string') sum += scorer.score(answer, question).value
  }
  const { user, system } = process.threadCpuUsage(before)
  const wallMs = performance.now() - start
  if (!(sum >= 0 && sum <= predictions.length)) throw new Error(`A score left [0, 1]: the sum is ${sum}`)
  return { wallMs, coreMs: (user + system) / 1000 }
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[(values.length - 1) / 2]!
}

function vqaWorkload(): Workload<string[]> {
  return workload('VQA v2 official accuracy', vqaAccuracy(vqaOfficial), 107_394, 2000, () => {
    const references = Array.from({ length: 10 }, shortAnswer)
    return { gold: references, response: chance(2) ? pick(references) : shortAnswer() }
  })
}

function anlsWorkload(): Workload<string[]> {
  return workload('ANLS', anls(anlsOfRrc), 5188, 30, () => {
    const references = Array.from({ length: 1 + below(3) }, () => phrase(1 + below(5)))
    return { gold: references, response: chance(2) ? `${pick(references)} ${word()}` : phrase(1 + below(6)) }
  })
}

function relaxedWorkload(): Workload<string[]> {
  return workload('relaxed correctness', relaxedCorrectness({ trim: true }), 2500, 3, () => {
    const value = below(1_000_000) / 100
    const gold = chance(4) ? word() : chance(4) ? `${value}%` : String(value)
    return { gold: [gold], response: chance(3) ? ` ${gold}` : ` ${value * (0.9 + below(200) / 1000)}` }
  })
}

function mmmuWorkload(): Workload<MmmuGold> {
  return workload('MMMU official', mmmuOfficial, 900, 5, () => {
    const letter = pick(['A', 'B', 'C', 'D'])
    if (chance(17)) {
      const value = `${below(100_000) / 100}`
      return { gold: value, response: `${phrase(20)}.\nSo the answer is ${value} ${word()}.` }
    }
    const choices = Array.from({ length: 4 }, () => phrase(3))
    const response = chance(2) ? `(${letter}) ${pick(choices)}` : `${phrase(30)}, therefore ${pick(choices)}`
    return { gold: letter, choices, response }
  })
}

function workload<Gold>(
  name: string,
  scorer: Scorer<Gold>,
  count: number,
  maxMs: number,
  draw: () => { gold: Gold; response: string; choices?: string[] },
): Workload<Gold> {
  const predictions = Array.from({ length: count }, (_, index): Prediction<Gold> => {
    const { response, ...rest } = draw()
    return { response, question: { id: String(index), question: '', tags: [], ...rest } }
  })
  return { name, scorer, predictions, maxMs }
}

/** What annotators write: a word or three, at times with an article, a mark, a number word or a contraction. */
function shortAnswer(): string {
  const base = phrase(1 + below(3))
  if (chance(6)) return `${pick(['a', 'the', 'two', 'dont', 'Yes,'])} ${base}`
  return chance(6) ? `${base}${pick(['.', '-', '/', "'s ", ', '])}${word()}` : base
}

function phrase(words: number): string {
  return Array.from({ length: words }, word).join(' ')
}

function word(): string {
  const letters = Array.from({ length: 4 + below(6) }, () => String.fromCharCode(97 + below(26))).join('')
  return chance(8) ? letters.toUpperCase() : letters
}

function distinctShare<Gold>(predictions: Prediction<Gold>[]): string {
  const strings = predictions.flatMap(({ response, question }) => [
    response,
    ...(question.choices ?? []),
    ...(Array.isArray(question.gold) ? (question.gold as string[]) : []),
  ])
  return ((100 * new Set(strings).size) / strings.length).toFixed(1)
}

function below(limit: number): number {
  return uniformInt(random, 0, limit - 1)
}

function chance(oneIn: number): boolean {
  return below(oneIn) === 0
}

function pick<Member>(members: readonly Member[]): Member {
  return members[below(members.length)]!
}
