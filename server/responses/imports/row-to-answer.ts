import { InputError } from '#server/core/problem.ts'
import { slugOf } from '#server/models/service.ts'

/** What a row says: which query it answers, by key or by question, and the answer. */
interface RowAnswer {
  key: string | null
  question: string | null
  response: string
}

/** Names that columns have in the wild, the likeliest first. */
const columns = {
  key: ['key', 'query_key', 'id', 'question_id', 'example_id', 'conversation_id'],
  question: ['question', 'prompt', 'instruction', 'query'],
  response: ['response', 'answer', 'prediction', 'output', 'completion', 'generated_text', 'text'],
  model: ['model', 'model_id', 'model_name'],
} as const

const mostCharacters = 1_000_000

type Values = Record<string, unknown>

/**
 * What one model answered in a row of a plain table, of Molmo's predictions, or of VisionArena's conversations and
 * battles; null: the row holds answers of other models only. Throws InputError with what is wrong, without its place.
 */
export function answerOfRow(values: Values, modelName: string): RowAnswer | null {
  const spoken = spokenBy(values, modelName)
  if (spoken === null) return null
  const [asked, said] = spoken
  const key = keyIn(values)
  const question = asked ?? textIn(values, columns.question)
  if (key === null && question === null)
    throw new InputError('it names no query: it needs the column key, or the question')
  if (said === null)
    throw new InputError('there is no answer; its column is called response, empty where nothing was said')
  if (said.length > mostCharacters) throw new InputError('the answer is longer than 1,000,000 characters')
  return { key, question: question === null ? null : plainQuestion(question), response: said }
}

/** The other models that a row names; for the sentence when none is the one that is imported. */
export function modelsIn(values: Values): string[] {
  return [...columns.model, 'model_a', 'model_b'].map((name) => values[name]).filter((name) => typeof name === 'string')
}

type Spoken = [asked: string | null, said: string | null]

/** The question and the answer of this model, each null where the row does not say; null: others speak here. */
function spokenBy(values: Values, modelName: string): Spoken | null {
  if ('conversation_a' in values && 'conversation_b' in values) {
    const side = (['a', 'b'] as const).find((side) => isSame(values[`model_${side}`], modelName))
    return side ? firstTurn(values[`conversation_${side}`]) : null
  }
  const named = columns.model.map((name) => values[name]).find((name) => typeof name === 'string' && name !== '')
  if (named !== undefined && !isSame(named, modelName)) return null
  const turns = values.conversation ?? values.conversations ?? values.messages
  const plain = textIn(values, columns.response)
  return plain === null && Array.isArray(turns) ? firstTurn(turns) : [null, plain]
}

/** One name in two spellings: capitals, spaces and what stands before a slash do not matter. */
function isSame(named: unknown, modelName: string): boolean {
  if (typeof named !== 'string' || !/[a-z0-9]/i.test(named)) return false
  const wanted = slugOf(modelName)
  return slugOf(named) === wanted || slugOf(named.split('/').at(-1) || named) === wanted
}

/** What the user asks first and what is answered to it; VisionArena keeps a list of turns in each of its items. */
function firstTurn(turns: unknown): Spoken {
  if (!Array.isArray(turns)) return [null, null]
  const said = turns.flat().map(messageOf)
  const user = said.findIndex(({ role }) => role === 'user' || role === 'human')
  const reply = said.slice(user + 1).find(({ role }) => role !== 'user' && role !== 'human')
  return [said[user]?.text ?? null, reply?.text ?? null]
}

function messageOf(turn: unknown): { role: string; text: string | null } {
  if (typeof turn !== 'object' || turn === null) return { role: '', text: null }
  const { role, from, content, value } = turn as Values
  return { role: String(role ?? from ?? ''), text: textOf(content ?? value) }
}

/** A text, or the texts of a list of content parts. */
function textOf(content: unknown): string | null {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return null
  const texts = content.map((part: unknown) => (part as { text?: unknown } | null)?.text)
  const spoken = texts.filter((text) => typeof text === 'string')
  return spoken.length > 0 ? spoken.join('\n') : null
}

function keyIn(values: Values): string | null {
  const value = columns.key.map((name) => values[name]).find((one) => one !== undefined && one !== null && one !== '')
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : null
}

function textIn(values: Values, names: readonly string[]): string | null {
  return names.map((name) => values[name]).find((value) => typeof value === 'string') ?? null
}

/** A question without the roles that Molmo's predictions put around it, its lines ending alike everywhere. */
export function plainQuestion(text: string): string {
  const trimmed = text.replaceAll(/\r\n?/g, '\n').trim()
  if (!trimmed.startsWith('User: ') || !trimmed.endsWith('Assistant:')) return trimmed
  return trimmed.slice('User: '.length, -'Assistant:'.length).trim()
}
