import { expect, test } from 'vitest'
import { benchmark } from '#benchmarks/mmmu/benchmark.ts'
import { parsePythonList } from '#benchmarks/mmmu/python-list.ts'
import { examplesOf, faultsOf, hubPicture, markOf, sentBy } from '../support/data-files.ts'

const blank = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((number) => [`image_${number}`, null]))
const choiceRow = {
  ...blank,
  id: 'validation_Art_Theory_3',
  question: 'Compare <image 2> with <image 1>; then <image 2> again.',
  options: "['<image 3>', \"Monet's\"]",
  answer: 'B',
  question_type: 'multiple-choice',
  image_1: hubPicture,
  image_2: hubPicture,
  image_3: hubPicture,
}
const openRow = {
  ...blank,
  id: 'validation_Physics_9',
  question: 'How fast is it in <image 1>?',
  options: '[]',
  answer: "['5 m/s', '18 km/h']",
  question_type: 'open',
  image_1: hubPicture,
}
const contents = {
  'Art_Theory/validation-00000-of-00001.parquet': [choiceRow],
  'Art_Theory/dev-00000-of-00001.parquet': [{ ...choiceRow, id: 'dev_Art_Theory_1' }],
  'Physics/validation-00000-of-00001.parquet': [openRow],
}

test('one folder for each subject: options and accepted answers are Python lists, subjects have their discipline', async () => {
  expect(await examplesOf(benchmark, 'hub', contents, 'val')).toMatchObject([
    {
      id: 'validation_Art_Theory_3',
      choices: ['<image 3>', "Monet's"],
      gold: 'B',
      tags: ['discipline: Art and Design', 'subject: Art Theory', 'multiple choice'],
    },
    { gold: ['5 m/s', '18 km/h'], tags: ['discipline: Science', 'subject: Physics', 'open'] },
  ])
})

test('pictures stand at their markers, in question and options, as often as the markers do', async () => {
  const [choice, open] = await examplesOf(benchmark, 'hub', contents, 'val')
  expect(sentBy(benchmark, 'default', choice!)).toEqual([
    'Compare ',
    '[<image 2>]',
    ' with ',
    '[<image 1>]',
    '; then ',
    '[<image 2>]',
    ' again.\n\n(A) ',
    '[<image 3>]',
    "\n(B) Monet's\n\n\nAnswer with the option's letter from the given choices directly.",
  ])
  expect(sentBy(benchmark, 'default', open!)).toEqual([
    'How fast is it in ',
    '[<image 1>]',
    '?\n\nAnswer the question using a single word or phrase.',
  ])
  expect(sentBy(benchmark, 'vlmevalkit', open!)).toEqual(['Question: How fast is it in ', '[<image 1>]', '?\n'])
  expect(sentBy(benchmark, 'vlmevalkit', choice!)).toEqual([
    'Question: Compare ',
    '[<image 2>]',
    ' with ',
    '[<image 1>]',
    '; then ',
    '[<image 2>]',
    ' again.\nOptions:\nA. ',
    '[<image 3>]',
    "\nB. Monet's\nPlease select the correct answer from the options above. \n",
  ])
})

test('lmms-eval sends the pictures first and leaves the markers; Molmo sends the first picture only', async () => {
  const [choice, open] = await examplesOf(benchmark, 'hub', contents, 'val')
  expect(sentBy(benchmark, 'lmms_eval', choice!)).toEqual([
    '[<image 1>]',
    '[<image 2>]',
    '[<image 3>]',
    "Compare <image 2> with <image 1>; then <image 2> again.\nA. <image 3>\nB. Monet's\n\nAnswer with the option's letter from the given choices directly.",
  ])
  expect(sentBy(benchmark, 'lmms_eval', open!)).toEqual([
    '[<image 1>]',
    'How fast is it in <image 1>?\n\nAnswer the question using a single word or phrase.',
  ])
  expect(sentBy(benchmark, 'molmo', choice!)).toEqual([
    '[<image 1>]',
    "a_okvqa_mc: Compare <image 2> with <image 1>; then <image 2> again.\nA: <image 3>\nB: Monet's\n",
  ])
  expect(sentBy(benchmark, 'molmo', open!)).toEqual(['[<image 1>]', 'vqa2: How fast is it in <image 1>?'])
})

test('no letter is wrong and counted as a fallback; open answers are right under some profiles only', async () => {
  const [choice, open] = await examplesOf(benchmark, 'hub', contents, 'val')
  expect(markOf(benchmark, 'official', choice!, 'Perhaps (B).')).toBe(1)
  expect(benchmark.scorers.official.extract('Hm.', choice!)).toBeNull()
  expect(benchmark.scorers.official.unparsed!(choice!).also).toEqual({ fallback: 1, 'expected value': 0.5 })
  expect(markOf(benchmark, 'official', open!, 'So it is 18 km/h')).toBe(1)
  expect(markOf(benchmark, 'molmo', open!, 'So it is 18 km/h')).toBe(0)
  expect(markOf(benchmark, 'lmms_eval', open!, '18 km/h')).toBe(0)
  expect(markOf(benchmark, 'vlmevalkit', open!, 'A')).toBe(1)
})

test('a row that does not fit is refused with the column that is wrong', () => {
  expect(faultsOf(benchmark, 'hub', { ...choiceRow, options: 'a, b' })).toEqual(['options'])
  expect(faultsOf(benchmark, 'hub', { ...choiceRow, id: 'validation_Alchemy_1' })).toEqual(['id'])
  expect(faultsOf(benchmark, 'hub', { ...choiceRow, image_2: { bytes: null } })).toEqual(['image_2.bytes'])
})

test('Python lists are read with both quotes, escapes, bare numbers and a comma at the end', () => {
  expect(parsePythonList(`['a, b', "it's", 'it\\'s', '\\\\frac', 'x\\xb2', 3.5,]`)).toEqual([
    'a, b',
    "it's",
    "it's",
    '\\frac',
    'x²',
    '3.5',
  ])
  expect(parsePythonList('[]')).toEqual([])
  expect(parsePythonList('no list')).toBeNull()
  expect(parsePythonList("['open")).toBeNull()
})

test('it is asked and marked by default and in these profiles', () => {
  expect(Object.keys(benchmark.prompts)).toEqual(['default', 'molmo', 'vlmevalkit', 'lmms_eval'])
  expect(Object.keys(benchmark.scorers)).toEqual(['official', 'molmo', 'vlmevalkit', 'lmms_eval'])
})
