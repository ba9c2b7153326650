import { expect, test } from 'vitest'
import { extractMcqLetter, filterAi2d, matchesAi2d } from '#benchmarks/scoring/choice/lmms-eval-choice.ts'
import { inferChoice, inferredChoice, selectChoice } from '#benchmarks/scoring/choice/multiple-choice.ts'
import { equalsNormalised, realWorldQa } from '#benchmarks/scoring/realworldqa.ts'

const animals = ['grasshopper', 'frog', 'hawk', 'grass']
const letters = ['A', 'B', 'C', 'D']

test.each([
  ['The answer is (B).', 'B'],
  ['**C**', 'C'],
  ['C: hawk', 'C'],
  ['The correct answer is **B**. Here is why: the diagram shows what it eats.', 'B'],
  ['correct answer is d', 'D'],
  ['anſwer ıs nothing, it says', null],
  ['answer İs c, as far as I can see from here', 'C'],
  ['the frog', 'B'],
  ['frog or hawk', null],
  ['A or B', null],
  ['Z', 'Z'],
  ["Sorry, I can't help with images of people yet.", 'Z'],
  ['Failed to obtain answer via API: frog', 'B'],
  ['', null],
])('from %j the letter %s is inferred', (response, letter) => {
  expect(inferChoice(response, animals)).toBe(letter)
})

test('a lone letter counts only among the last four tokens', () => {
  expect(inferChoice('A is one two three', animals)).toBe(null)
  expect(inferChoice('A is one two', animals)).toBe('A')
})

test('a long response is not searched for option texts', () => {
  expect(inferChoice(`frog ${'x'.repeat(60)}`, animals)).toBe(null)
})

test('a word that begins with a letter after "answer is" is taken for it, as VLMEvalKit does', () => {
  expect(inferChoice('The answer is carnivore.', ['carnivore', 'herbivore', 'omnivore', 'producer'])).toBe('C')
})

test('what cannot be inferred is unparsed, and a refusal is wrong', () => {
  const question = { id: '1', question: '', tags: [], gold: 'B', choices: animals }
  expect(inferredChoice.extract('frog or hawk', question)).toBe(null)
  expect(inferredChoice.score('Z', question)).toEqual({ value: 0, steps: ['a refusal, gold is B → wrong'] })
  expect(inferredChoice.score('B', question).value).toBe(1)
})

test('Molmo selects the equal, the containing or the nearest option, the first on ties', () => {
  expect(selectChoice(' b ', letters)).toBe(1)
  expect(selectChoice('hawk', animals)).toBe(2)
  expect(selectChoice('grassh', animals)).toBe(0)
  expect(selectChoice('The answer is (B).', letters)).toBe(0)
})

test.each([
  ['(B) is wrong, so it is A.', 'A'],
  ['(B) then, but D: why', 'B'],
  ['A. frog', 'A'],
  ['I choose frog, that is B', 'B'],
  ['The answer is A; rather, the answer is B because of C!', 'C'],
  ['GAD', 'D'],
  ['정답은 C 입니다', 'C'],
  ['none', ''],
  [' ', ''],
])('lmms-eval reads %j as %j', (response, letter) => {
  expect(extractMcqLetter(response, letters)).toBe(letter)
})

test('lmms-eval keeps a leading letter with a full stop, else the whole text, and white space counts', () => {
  expect(filterAi2d(' B. because')).toBe('B')
  expect(matchesAi2d(filterAi2d('(b)'), 'B')).toBe(true)
  expect(matchesAi2d(filterAi2d('B '), 'B')).toBe(false)
})

test('RealWorldQA infers a letter for choices and normalises short answers', () => {
  const ask = (kind: 'multiple_choice' | 'short_answer', answer: string) => ({
    id: '1',
    question: '',
    tags: [],
    gold: { kind, answer },
  })
  expect(realWorldQa.extract('The answer is B.', ask('multiple_choice', 'B'))).toBe('B')
  expect(realWorldQa.extract('either A or B', ask('multiple_choice', 'B'))).toBe(null)
  expect(realWorldQa.score('Three.', ask('short_answer', '3')).value).toBe(1)
  expect(equalsNormalised('the\nSTOP!', 'Stop')).toBe(true)
})
