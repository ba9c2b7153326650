import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { extractPoints, isValidPointFormat, pointsFromPairs } from '#benchmarks/scoring/counting/points.ts'
import type { Question, Scorer } from '#benchmarks/scoring/scorer.ts'
import { cleanUpForEvaluation, cleanUpForSubmission } from '#benchmarks/scoring/text/molmo-clean-up.ts'
import { countTokens } from '#server/baselines/chat.ts'
import { readQuestion } from '#server/baselines/question.ts'
import { readPoints } from '#server/battles/rendering/point-tags.ts'
import { renderAnswer } from '#server/battles/rendering/render-answer.ts'
import { scrub } from '#server/core/secrets.ts'
import { loadBenchmarks } from '#server/datasets/catalogue.ts'
import { askedWaitMs } from '#server/core/http/waits.ts'
import { failureIn } from '#server/endpoints/protocols/http-failure.ts'
import { openai } from '#server/endpoints/protocols/openai.ts'
import { separateThinking } from '#server/endpoints/protocols/thinking/separate-thinking.ts'
import { findLeak } from '#server/responses/leak-check.ts'
import { visibleText } from '#server/responses/visible-text.ts'
import { sampleOf } from './support/sample-of.ts'

/** What the readers look for, and what may stand between. */
const words = [
  '<point x=1|<point x="1" y="1" alt="|<points |y=|>|</point>|Click(|p=|1 = 123,|coords="|{"point_2d": [1, 2]},|<think>|</think>|[THINK]|~~~|$|$$|\\(|\\[',
  "`|```|[|![|**|> |- |&amp;|~~|I am |I am A|I'm B”|as a|a ai y|made and l|my name is |Google |Qwen|GPT-4|Zephyrion",
  'The answer is "|".|answer is |Answer:|a total of |is |(A)|(1.0|1.|1,|-1|1e9|how many |what is the |answer with | or ',
  'question:|image|model |too large|sk-|token|Bearer ',
].flatMap((line) => line.split('|'))
const fills = [
  ' |\t|\n|\r|\u2028|\u00a0|0|1|a|A|a |A |.|,|-|_|"|\'|”"|*|(|)|=|<|>|/|\\|,123|1.1|é|٣|İ|\ud83d|😀|\u200b|\u00ad|ｑ|?|!',
].flatMap((line) => [...line.split('|'), '|'])
const word = fc.constantFrom('', ...words)
const fill = fc.constantFrom(...fills)
const filled = (unit: string, length: number) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length)

/** Words with long runs between them, or short ones over and over, of so many characters. */
const hostile = (size: number) =>
  fc
    .tuple(fc.array(fc.tuple(word, fill), { minLength: 1, maxLength: 3 }), word, fc.constantFrom(1, 50, Infinity))
    .map(([parts, end, run]) => {
      const length = Math.min(run, size / parts.length)
      const unit = parts.map(([start, fill]) => start + filled(fill, length)).join('') + end
      return filled(unit, size - end.length) + end
    })

/** The texts by which these readers were once brought to a halt, and others of many makes. */
const textsOf = (size: number) => [
  `<point x=1${filled(' ', size / 2 - 7)}y=${filled(' ', size / 2 - 7)}>`,
  `I'm B”${filled('”"', size - 6)}`,
  `I was${filled(' ', size - 5)}`,
  `<point p=${filled(' ', size - 10)}>`,
  filled('The answer is "', size),
  filled('image', size),
  filled(`Claude walks, ${'word '.repeat(30)}`, size),
  ...fc.sample(hostile(size), { seed: 8, numRuns: 50 }),
]
/** The long ones come only where the short ones did no harm: they might take hours. */
const sizes = [2_048, 8_192, 65_536]

/** Milliseconds that this thread is at work: neighbours on the machine do not count. */
function timeOf(read: () => unknown): number {
  const before = process.threadCpuUsage()
  read()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}

/** The best of some times, as soon as one is within the limit: what is compiled on the way is not counted twice. */
function bestTimeOf(read: () => unknown, limit: number): number {
  let best = timeOf(read)
  for (let time = 1; time < 4 && best > limit; time++) best = Math.min(best, timeOf(read))
  return best
}

/** What it takes to look up each character of such a text once. */
function oneScan(): number {
  const text = filled('abc. ', sizes.at(-1)!)
  const look = () => {
    const counts = new Map<string, number>()
    for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  }
  return bestTimeOf(look, 0)
}

/** Looked at once, a text of this length takes some 2 ms; what grows with the square of it takes seconds. */
const scans = 40

/** `parts`: how many readers it is that read. */
function expectLinear(read: (text: string) => unknown, parts = 1) {
  const most = parts * scans * Math.max(oneScan(), 1)
  for (const text of sizes.flatMap(textsOf)) {
    expect(
      bestTimeOf(() => read(text), most),
      JSON.stringify(text.slice(0, 60)),
    ).toBeLessThan(most)
  }
}

const models = ['Zephyrion 7B', 'Orca', 'baseline-ocr'].map((name) => ({
  name,
  slug: name.toLowerCase().replace(' ', '-'),
  organisation: 'Quellwerk',
  remoteModel: `quellwerk/${name}`,
}))

const readers: Record<string, (text: string) => unknown> = {
  'point tags': (text) => readPoints(text, 100),
  'points as JSON': (text) => readPoints(`[${text}`, 1000),
  'the rendering for raters': (text) => renderAnswer(text, 100, { pointsShown: true }),
  'the leak check': (text) => findLeak(text, models),
  'the visible text': visibleText,
  'the thoughts in a text': (text) => separateThinking(text, ['usual']),
  'the points of counting': (text) => [
    extractPoints(text, 1, 1),
    isValidPointFormat(text),
    pointsFromPairs(text, 1, 1),
  ],
  'the clean-ups': (text) => [cleanUpForEvaluation(text), cleanUpForSubmission(text)],
  'a reply': (text) => openai.readReply(200, {}, JSON.stringify({ choices: [{ message: { content: text } }] })),
  'a failure': (text) => [
    openai.readReply(400, {}, text),
    failureIn(429, {}, text, { error: { message: text, code: text } }),
  ],
  'a stream of text': (text) => openai.readReply(200, {}, `data: ${text}`),
  'a body with NaN': (text) => openai.readReply(200, {}, `{"a":NaN,"b":"${text}`),
  'an error within a 200': (text) => openai.readReply(200, {}, JSON.stringify({ error: { message: text } })),
  'a wait': (text) => [askedWaitMs({ 'retry-after': text }, 0), askedWaitMs({ 'x-ratelimit-reset': text }, 0)],
  'the scrubbing of messages': (text) => scrub(text),
  'the question of a baseline': readQuestion,
  'the tokens of a baseline': countTokens,
}

const benchmarks = [...(await loadBenchmarks()).values()]

describe('64 Ki characters of the worst text take about as long as looking at them', () => {
  test.each(Object.entries(readers))('for %s', (_, read) => expectLinear(read))

  test.each(benchmarks.map((benchmark) => ({ id: benchmark.id, benchmark })))('for the scorers of $id', async (row) => {
    const questions = await sampleOf(row.benchmark)
    const scorers: Scorer[] = Object.values(row.benchmark.scorers)
    expectLinear(
      (text) => scorers.forEach((scorer, at) => mark(scorer, questions[at % questions.length]!, text)),
      scorers.length,
    )
  })
})

function mark(scorer: Scorer, question: Question, response: string) {
  const found = scorer.extract(response, question)
  if (found === null) scorer.unparsed?.(question)
  else scorer.score(typeof found === 'string' ? found : response, question)
}
