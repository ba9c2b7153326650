import { describe, expect, test } from 'vitest'
import { findLeak, type KnownModel } from '#server/responses/leak-check.ts'

const models: KnownModel[] = [
  { name: 'Zephyrion 7B', slug: 'zephyrion-7b', organisation: 'Quellwerk', remoteModel: 'quellwerk/zephyrion-7b-chat' },
  { name: 'baseline-ocr', slug: 'baseline-ocr', organisation: '', remoteModel: 'baseline-ocr' },
  { name: 'Orca', slug: 'orca', organisation: 'Apple', remoteModel: 'orca' },
]

describe('an answer is held back when it', () => {
  test.each([
    ['names a model of the study', 'This answer is by Zephyrion 7B.'],
    ['spells it another way', 'zephyrion_7b thinks there are four cups.'],
    ['spells it with a hyphen that is none', 'As zephyrion\u20117b I see four cups.'],
    ['hides it with zero-width marks', 'Zephy\u200Brion 7B sees four cups.'],
    ['hides it in full-width letters', 'Ｚｅｐｈｙｒｉｏｎ 7B sees four cups.'],
    ['names its organisation', 'The people of Quellwerk taught me to count.'],
    ['names its organisation in small letters', 'the people of quellwerk taught me to count.'],
    ['names it by its short name', 'Orca sees four cups.'],
    ['gives the endpoint’s name of it', 'Model: quellwerk/zephyrion-7b-chat'],
    ['names a baseline', 'baseline-ocr found the words SALE and EXIT.'],
    ['names a well-known family', 'As Qwen2.5-VL, I count four.'],
    ['names another', 'GPT-4o would say three.'],
    ['names a vendor', 'OpenAI trained me to refuse this.'],
    ['names a family that is also a first name', 'Claude 3.5 Sonnet here: it is a cat.'],
    ['introduces itself', 'I am Nimbus, a helpful vision assistant. The cat is black.'],
    ['introduces itself by an everyday name', "I'm Claude, an AI assistant, and the cat is black."],
    ['says who made it', 'I was developed by a team at Contoso to answer questions.'],
    ['says it as a model', 'As an AI language model created by Contoso, I cannot tell.'],
    ['says what it is called', 'My name is not important, but I count four.'],
    ['speaks of a company’s model', 'Being a Google language model, I cannot see faces.'],
  ])('%s', (_fact, text) => {
    expect(findLeak(text, models)).not.toBeUndefined()
  })
})

describe('an answer is shown although it', () => {
  test.each([
    ['holds parts of a name in other words', 'The baseline of the chart rises; OCR text is small.'],
    ['names a painter', 'It looks like a Claude Monet painting of water lilies.'],
    ['names a star sign', 'The picture shows the constellation Gemini.'],
    ['names an animal', 'A llama stands on the hill beside two sheep.'],
    ['names fruit', 'There are three apples; the Apple Pie on the sign costs $4.'],
    ['names a company in the picture', 'The sign says Google, and beneath it a shop of Microsoft.'],
    ['speaks of a model in the picture', 'The fashion model in the picture wears a red coat.'],
    ['speaks in the first person', 'I am sure that this is a cat. I was looking for a dog.'],
    ['says what it is in general', 'As an AI language model, I cannot recognise people.'],
    ['describes a thing that was made by somebody', 'The bridge was designed by Gustave Eiffel in 1889.'],
    ['describes a person', 'This is Marie Curie, a physicist and chemist.'],
    ['has a word that begins like a name', 'The orcas swim; grokking the chart takes time.'],
    ['speaks of a phi', 'The angle φ, written phi, is 3 radians: phi = 3.'],
  ])('%s', (_fact, text) => {
    expect(findLeak(text, models)).toBeUndefined()
  })
})

test('a name that the question uses is no leak', () => {
  expect(findLeak('The OpenAI logo is a knot.', models, 'What does the OpenAI logo look like?')).toBeUndefined()
  expect(findLeak('Quellwerk is written on the wall.', models, 'Where is Quellwerk written?')).toBeUndefined()
})

test('the reason says what was found', () => {
  expect(findLeak('By Zephyrion-7B.', models)).toBe('names “Zephyrion-7B”, which belongs to a model of this study')
  expect(findLeak('As Qwen2.5-VL, I count four.', models)).toMatch(/^names “Qwen/)
  expect(findLeak('I am Nimbus, a helpful vision assistant.', models)).toMatch(/^introduces itself: “I am Nimbus/)
})
