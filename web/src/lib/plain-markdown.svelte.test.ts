import { expect, test } from 'vitest'
import { blocksOf } from './plain-markdown.ts'

const read = (text: string) => blocksOf(text).map(({ kind, items }) => [kind, ...items])

test('numbered lists keep their numbers, also with empty lines between, and items run over several lines', () => {
  expect(read('Do this:\n\n1. Look\n   closely\n\n2. Read\n3) Judge\n\nThen go on.')).toEqual([
    ['paragraph', 'Do this:'],
    ['numbers', 'Look closely', 'Read', 'Judge'],
    ['paragraph', 'Then go on.'],
  ])
  expect(blocksOf('4. Four\n5. Five')[0]).toMatchObject({ kind: 'numbers', start: 4 })
})

test('a worked example has its heading; bullets, a year and a minus stay what they are', () => {
  expect(read('## Example\n- one\n- two\nIt was\n1984. A year')).toEqual([
    ['heading', 'Example'],
    ['list', 'one', 'two It was'],
    ['numbers', 'A year'],
  ])
  expect(read('-5 degrees\n#no heading')).toEqual([['paragraph', '-5 degrees #no heading']])
})

test('a long hostile text is read in a moment', () => {
  expect(blocksOf('1. '.repeat(6_000)).length).toBe(1)
  expect(blocksOf('\n'.repeat(20_000))).toEqual([])
  expect(blocksOf('- a\n'.repeat(5_000))[0]!.items).toHaveLength(5_000)
})
