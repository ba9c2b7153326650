import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { KnownModel } from '#server/responses/authorship/known-names.ts'
import { findLeak } from '#server/responses/leak-check.ts'
import { run } from '../../golden/leaks.ts'

const models: KnownModel[] = [
  { name: 'Zephyrion 7B', slug: 'zephyrion-7b', organisation: 'Quellwerk', remoteModel: 'quellwerk/zephyrion-7b-chat' },
  { name: 'baseline-ocr', slug: 'baseline-ocr', organisation: '', remoteModel: 'baseline-ocr' },
  { name: 'Orca', slug: 'orca', organisation: 'Apple', remoteModel: 'orca' },
]

test('of answers in some thirty languages, at least 95 in 100 that name their author are held, and at most 2 that do not', async () => {
  const said = vi.spyOn(console, 'log').mockReturnValue()
  const code = await run(join(import.meta.dirname, '../../golden/cases/leaks'))
  const lines = said.mock.calls.flat().join('\n')
  expect(code, lines).toBe(0)
  expect(lines).toMatch(/caught \d+ of 4\d\d,/)
})

describe('an answer is held back when it', () => {
  test.each([
    ['gives a model of the study as its author', 'This answer is by Zephyrion 7B.'],
    ['lets it speak', 'zephyrion_7b thinks there are four cups.'],
    ['spells it with a hyphen that is none', 'As zephyrion\u20117b, I see four cups.'],
    ['hides it with zero-width marks', 'Zephy\u200Brion 7B sees four cups.'],
    ['hides it in full-width letters', 'Ｚｅｐｈｙｒｉｏｎ 7B sees four cups.'],
    ['spells it letter by letter', 'Z e p h y r i o n counted four cups.'],
    ['hides it in letters of another script', 'Zеphyriоn says four.'],
    ['hides it in digits', 'Z3phyr1on says four.'],
    ['writes it backwards', 'Yours, noiryhpez'],
    ['names those who made it', 'The people of Quellwerk taught me to count.'],
    ['has a label', 'Model: quellwerk/zephyrion-7b-chat\nFour cups.'],
    ['is signed', 'There are four cups.\n\n— Zephyrion'],
    ['names a baseline', 'baseline-ocr found the words SALE and EXIT.'],
    ['names a family that the study does not have', 'As Qwen2.5-VL, I count four.'],
    ['names a maker', 'OpenAI trained me to refuse this.'],
    ['names a family that is also a first name', 'Claude 3.5 Sonnet here: it is a cat.'],
    ['introduces itself by a name that nobody knows', 'I am Nimbus, a helpful vision assistant. The cat is black.'],
    ['says who made it', 'I was developed by a team at Contoso to answer questions.'],
    ['says it as a model', 'As an AI language model created by Contoso, I cannot tell.'],
    ['speaks of a company’s model', 'Being a Google language model, I cannot see faces.'],
    ['names so many that nobody can say what for', 'Qwen '.repeat(500)],
  ])('%s', (_fact, text) => {
    expect(findLeak(text, models)).toBeDefined()
  })
})

describe('an answer is shown although it', () => {
  test.each([
    ['holds parts of a name in other words', 'The baseline of the chart rises; OCR text is small.'],
    ['names a painter', 'It looks like a Claude Monet painting of water lilies.'],
    ['names a star sign', 'The picture shows the constellation Gemini.'],
    ['names an animal', 'A llama stands on the hill beside two sheep.'],
    ['names a company in the picture', 'The sign says Google, and beneath it a shop of Microsoft.'],
    ['reads a speech bubble', 'The robot in the comic says: "I am ChatGPT, made by OpenAI."'],
    ['reads a screen', 'The screen shows a chat that begins with "I\'m Zephyrion 7B".'],
    ['compares models in a chart', 'In the chart, Zephyrion 7B reaches 71.2 and GPT-4o 69.8.'],
    ['speaks in the first person', 'I am sure that this is a cat. I was looking for a dog.'],
    ['says what it is in general', 'As an AI language model, I cannot recognise people.'],
    ['says what it cannot know', 'My knowledge cut-off is before this event.'],
    ['describes a thing that was made by somebody', 'The bridge was designed by Gustave Eiffel in 1889.'],
    ['describes a person', 'This is Marie Curie, a physicist and chemist.'],
    ['has a word that begins like a name', 'The orcas swim; grokking the chart takes time.'],
    ['tells a fact', 'OpenAI was founded in 2015 in San Francisco.'],
  ])('%s', (_fact, text) => {
    expect(findLeak(text, models)).toBeUndefined()
  })
})

const called = (name: string, rest: Partial<KnownModel> = {}): KnownModel[] => [
  { name, slug: name, organisation: '', remoteModel: name, ...rest },
]

describe('the author is named by', () => {
  test.each([
    ['two letters', 'Yi', 'I am Yi.', true],
    ['nothing shorter', 'X', 'I am X.', false],
    ['its words run together', 'Nimbo 7B', 'I am Nimbo7B.', true],
    ['other marks between its parts', 'Nimbo 7B', 'I am nimbo_-7b.', true],
    ['no longer word', 'Nimbo', 'I am Nimboß.', false],
    ['its family', 'Nimbo 7B', 'I am Nimbo.', true],
    ['its family with another version', 'Nimbo 7B', 'I am Nimbo 72B Pro.', true],
    ['a name that is also a common one', 'Claude', 'I am Claude.', true],
    ['but not by somebody of that name', 'Claude', 'I am Claude Debussy, the label reads.', false],
  ])('%s', (_fact, name, text, isLeak) => {
    expect(findLeak(text, called(name)) !== undefined).toBe(isLeak)
  })

  test.each([
    ['slug', { slug: 'plain-word' }, 'I am plain word.'],
    ['organisation', { organisation: 'Quellwerk' }, 'I was made at Quellwerk.'],
    ['name at the endpoint', { remoteModel: 'shop/models/deep-one' }, 'I am shop/models/deep-one.'],
    ['name at the endpoint without its folders', { remoteModel: 'shop/models/deep-one' }, 'I am deep one.'],
  ])('its %s too', (_which, rest, text) => {
    expect(findLeak(text.toLowerCase(), called('Nimbo'))).toBeUndefined()
    expect(findLeak(text.toLowerCase(), called('Nimbo', rest))).toBeDefined()
  })
})

test('the reason quotes the name as it stands in the answer', () => {
  expect(findLeak('I am Zephyrion-7B.', models)).toBe('names “Zephyrion-7B” as its author')
  expect(findLeak('As Qwen2.5-VL, I count four.', models)).toBe('names “Qwen2.5-VL” as its author')
  expect(findLeak('I am Nimbus, a helpful vision assistant.', models)).toMatch(/^introduces itself: “I am Nimbus/)
  const long = `I am Nimbo, a ${'very-'.repeat(20)}kind model`
  expect(findLeak(long, [])).toBe(`introduces itself: “${long.slice(0, 80)}”`)
})
