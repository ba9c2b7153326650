import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { separateThinking, usualThinkingTags } from '#server/endpoints/protocols/thinking/separate-thinking.ts'

const read = (text: string, tags = ['usual']) => separateThinking(text, tags)

describe('thoughts between tags are taken out of the answer', () => {
  test.each([
    ['a block in front', '<think>two and two</think>4', 'two and two', '4'],
    ['on lines of its own', '\n<think>\ntwo and two\n</think>\n\n4\n', 'two and two', '4'],
    ['in capitals', '<THINK>two and two</Think> 4', 'two and two', '4'],
    ['more than one', '<think>two</think>\n<thinking>and two</thinking>4', 'two\n\nand two', '4'],
    ['a lone end', 'two and two</think>4', 'two and two', '4'],
    ['a lone end on a line of its own', 'two and two\n</think>\n\n4', 'two and two', '4'],
    ['a lone end behind a sentence', 'Two and two. </think> 4', 'Two and two.', '4'],
    ['an end twice', 'two and two</think>\n</think>4', 'two and two', '4'],
    ['nothing thought', '<think>\n\n</think>\n\n4', null, '4'],
    ['an end of nothing', '</think>4', null, '4'],
    ['OpenThinker', '<|begin_of_thought|>a<|end_of_thought|><|begin_of_solution|>4<|end_of_solution|>', 'a', '4'],
    ['gpt-oss', '<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>4', 'a', '4'],
    ['a block after a word', 'Let me see.\n<think>\ntwo\n</think>\n4', 'two', 'Let me see.\n\n4'],
    ['a block that touches the answer', '<think>one</think>A<think>two</think>B', 'one\n\ntwo', 'AB'],
    [
      'an end named within the thought',
      '<think>It ends with `</think>`, so 4</think>4',
      'It ends with `</think>`, so 4',
      '4',
    ],
    ['an end in the prose of the thought', '<think>The </think> comes last. 4.</think>4', 'The\n\ncomes last. 4.', '4'],
    [
      'a start in the prose of a template',
      'They use <think> here.\nSo 4\n</think>\n4',
      'They use <think> here.\nSo 4',
      '4',
    ],
    ['code in the thought', '<think>\n```\n</think>\n```\n4</think>5', '```\n</think>\n```\n4', '5'],
    ['a fence left open in the thought', '<think>\n```\nx = 4\n</think>\n```\n4\n```', '```\nx = 4', '```\n4\n```'],
  ])('%s', (_name, text, thinking, answer) => expect(read(text)).toEqual({ thinking, answer, cut: false }))

  test.each(usualThinkingTags.map((tag) => tag.split(' ') as [string, string]))('with %s and %s', (start, end) => {
    expect(read(`${start}two and two${end}4`)).toEqual({ thinking: 'two and two', answer: '4', cut: false })
    expect(read(`two and two\n${end}\n4`)).toEqual({ thinking: 'two and two', answer: '4', cut: false })
    expect(read(`${start}two and`)).toEqual({ thinking: 'two and', answer: '', cut: true })
  })
})

test.each([
  ['<think>two and', 'two and'],
  ['<think>one</think><think>two', 'one\n\ntwo'],
  ['<think>one<think>two', 'one<think>two'],
  ['Well.\n<think>\ntwo', 'two'],
  ['<think>It ends with `</think>`', 'It ends with `</think>`'],
  ['<think>', null],
])('%j ends within a thought: there is no answer', (text, thinking) => {
  expect(read(text)).toEqual({ thinking, answer: '', cut: true })
})

test.each([
  'I think < 4 of them.',
  'Its tag is `<think>two</think>`, then 4.',
  '```xml\n<think>two</think>\n```\n4',
  '~~~\ntwo\n</think>\n~~~\n4',
  'The <think> tag opens a thought, 4.',
  'A thought ends with the </think> tag, 4.',
  'One writes <think> and </think> around it, 4.',
  'One writes <think>so</think> around it, 4.',
  'It is called “<think>” there, 4.',
  'It is (</think>), 4.',
  'vector<thought> thoughts; // 4',
])('%j is text as it stands', (text) => expect(read(text)).toEqual({ answer: text, thinking: null, cut: false }))

test('a list of one’s own is used instead or besides, and none switches it off', () => {
  const text = '<plan>two</plan>4'
  expect(read(text).answer).toBe(text)
  expect(read(text, ['<plan> </plan>'])).toEqual({ thinking: 'two', answer: '4', cut: false })
  expect(read(`<think>a</think>${text}`, ['usual', '<plan> </plan>']).answer).toBe('4')
  expect(read('<think>a</think>4', ['<plan> </plan>']).answer).toBe('<think>a</think>4')
  expect(read('<think>a</think>4', []).answer).toBe('<think>a</think>4')
})

test('no word of an answer without tags is touched, and no tag at the start is left', () => {
  const word = fc.constantFrom('<think>', '</think>', '[THINK]', '`', '```', '\n', ' ', 'a', '4.', '“', '<')
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (words) => {
      const text = words.join('')
      const { answer, cut } = read(text)
      if (!/think/i.test(text)) expect(answer).toBe(text)
      expect(answer).not.toMatch(/^\s*<think>/)
      if (cut) expect(answer).toBe('')
    }),
    { numRuns: 2_000 },
  )
})
