import { InputError } from '#server/core/problem.ts'
import { NewGoldItem, type ChosenAnswer, type ExpectedVerdict } from './schema.ts'

/** Names that columns have in the wild, the likeliest first. */
const columns = {
  query: ['key', 'query', 'query_key', 'id', 'question_id'],
  firstModel: ['first_model', 'model_a', 'chosen_model'],
  first: ['first', 'first_text', 'answer_a', 'response_a', 'chosen'],
  secondModel: ['second_model', 'model_b', 'rejected_model'],
  second: ['second', 'second_text', 'answer_b', 'response_b', 'rejected'],
  expected: ['expected', 'right', 'winner', 'verdict', 'label'],
  note: ['note', 'reason', 'comment', 'explanation'],
  use: ['use'],
} as const

const verdicts: Record<string, ExpectedVerdict> = {
  first: 'first',
  a: 'first',
  '1': 'first',
  model_a: 'first',
  chosen: 'first',
  second: 'second',
  b: 'second',
  '2': 'second',
  model_b: 'second',
  tie: 'tie',
  both_good: 'tie',
  'both good': 'tie',
  both_bad: 'both_bad',
  'both bad': 'both_bad',
  'tie (bothbad)': 'both_bad',
}

type Values = Record<string, unknown>

/**
 * The gold item that a row of a table names; a row of chosen and rejected answers, as preference data have them, says what
 * is right by that. Throws InputError with what is wrong, without its place.
 */
export function goldOfRow(values: Values): NewGoldItem {
  const query = textIn(values, columns.query)
  if (query === null) throw new InputError('It names no query: it needs the column key.')
  const read = NewGoldItem.safeParse({
    query,
    first: answerIn(values, columns.firstModel, columns.first, 'first'),
    second: answerIn(values, columns.secondModel, columns.second, 'second'),
    expected: expectedIn(values),
    note: textIn(values, columns.note) ?? '',
    use: textIn(values, columns.use)?.toLowerCase() ?? 'hidden',
  })
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new InputError(`${issue!.path.join('.')}: ${issue!.message}.`)
}

function answerIn(
  values: Values,
  modelNames: readonly string[],
  textNames: readonly string[],
  which: string,
): ChosenAnswer {
  const model = textIn(values, modelNames)
  const text = textIn(values, textNames)
  if (model !== null && text !== null)
    throw new InputError(`It has a model and a text for the ${which} answer: leave one of them empty.`)
  if (model !== null) return { model }
  if (text !== null) return { text }
  throw new InputError(`It has no ${which} answer: name its model in ${modelNames[0]}, or write it in ${textNames[0]}.`)
}

function expectedIn(values: Values): ExpectedVerdict {
  const said = textIn(values, columns.expected)
  if (said === null && 'chosen' in values) return 'first'
  if (said === null) throw new InputError('It does not say which verdict is right: it needs the column expected.')
  const expected = Object.hasOwn(verdicts, said.toLowerCase()) ? verdicts[said.toLowerCase()] : undefined
  if (!expected) throw new InputError(`“${said.slice(0, 60)}” is no verdict: write first, second, tie or both_bad.`)
  return expected
}

/** What the first of these columns that is not empty says; null: none does. */
function textIn(values: Values, names: readonly string[]): string | null {
  for (const name of names) {
    const value = values[name]
    if (typeof value === 'number') return String(value)
    if (typeof value === 'string' && value.trim() !== '') return value.trim()
  }
  return null
}
