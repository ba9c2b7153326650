import { describe, expect, test } from 'vitest'
import { readQuestion } from '#server/baselines/question.ts'

describe('the kind of a question', () => {
  test.each([
    ['How many cars are in the picture?', 'count'],
    ['Count the red cars.', 'count'],
    ['point_count: dogs', 'count'],
    ['Point to all the blue fish. How many are there?', 'count'],
    ['Point to the tallest tree.', 'point'],
    ['pointing: the dog', 'point'],
    ['Where is the clock?', 'point'],
    ['Is the door open?', 'yes-no'],
    ['Is the door open or closed?', 'choice'],
    ['What colour is the door?', 'colour'],
    ['What is the average value of all bars?', 'number'],
    ['What does the sign say?', 'text'],
    ['Describe this photo.', 'describe'],
    ['Can you describe this photo?', 'describe'],
    ['Write a short poem about this scene.', 'create'],
    ['Why might someone stand here?', 'open'],
  ])('of "%s" is %s', (prompt, kind) => {
    expect(readQuestion(prompt).kind).toBe(kind)
  })
})

describe('the prompts of the benchmarks', () => {
  test.each([
    'What is it?\nAnswer the question using a single word or phrase.',
    'What is it?\nAnswer the question with a single word.',
    'How many are there?\nAnswer with a single number.',
    'chart_qa: What is it?',
    'Which?\nA. one\nB. two\nPlease answer directly with only the letter of the correct option and nothing else.',
  ])('want the short answer: "%s"', (prompt) => {
    expect(readQuestion(prompt).brief).toBe(true)
  })

  test('keep the instruction out of the question', () => {
    const { ask, terms } = readQuestion('What is the year?\nAnswer the question using a single word or phrase.')
    expect(ask).toBe('What is the year?')
    expect(terms).toEqual(['year'])
  })

  test.each([
    [
      'A. left\nB. right',
      [
        ['A', 'left'],
        ['B', 'right'],
      ],
    ],
    [
      'A: left\nB: right',
      [
        ['A', 'left'],
        ['B', 'right'],
      ],
    ],
    [
      '(A) left (B) right',
      [
        ['A', 'left'],
        ['B', 'right'],
      ],
    ],
  ])('list their choices in several ways: "%s"', (listed, choices) => {
    const question = readQuestion(
      `Which way?\n${listed}\n\nAnswer with the option's letter from the given choices directly.`,
    )
    expect(question.ask).toBe('Which way?')
    expect(question.choices.map(({ letter, text }) => [letter, text])).toEqual(choices)
  })
})

test('a single line that begins with a letter is no list of choices', () => {
  expect(readQuestion('A. Smith signed this. Who is it?').choices).toEqual([])
})

describe('limits and shapes that a prompt sets', () => {
  test.each([
    ['List three things as bullet points.', { format: 'list', maxItems: 3 }],
    ['Answer as a markdown table.', { format: 'table' }],
    ['Return JSON only.', { format: 'json' }],
    ['Describe it in one sentence.', { format: 'prose', maxSentences: 1 }],
    ['Describe it in exactly five words.', { maxWords: 5 }],
  ])('"%s"', (prompt, expected) => {
    expect(readQuestion(prompt)).toMatchObject(expected)
  })
})

test.each([
  ['How many red circles are there in the image?', 'red circles'],
  ['Point to the large dog.', 'large dog'],
  ['Count all of the chairs in the room.', 'chairs'],
  ['Point to all the blue fish. How many are there?', 'blue fish'],
  ['Which of these flags belongs to a country in South America? Point to it.', 'flags'],
  ['What is this?', 'things'],
])('what is counted or pointed at in "%s" is "%s"', (prompt, subject) => {
  expect(readQuestion(prompt).subject).toBe(subject)
})
