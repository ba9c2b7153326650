import { InputError } from '#server/core/problem.ts'

/**
 * One prediction of a file. It names its example by id, by its place in the data (from 0), or by picture and question;
 * where it has both id and place, the id goes first.
 */
export interface FoundPrediction {
  id?: string
  place?: number
  /** As place, in a table that may count from 0 or from 1. */
  index?: number
  picture?: { fileName: string; question: string }
  response: string
  /** What was asked, where the file says: tells whether the response belongs to its example. */
  asked?: string
  /** The split that the example is of, where the file says. */
  split?: string
  /** What a judge found in the response, where the file says. */
  extraction?: string
}

/** One way to write predictions down, known by the keys of a record. */
export interface PredictionForm {
  name: string
  /** For the sentence that lists what can be read. */
  says: string
  fits(row: Record<string, unknown>): boolean
  /** Throws InputError with the place when the record is not of this form after all. */
  read(row: Record<string, unknown>, where: string): FoundPrediction
}

/** Where records carry the id that the data itself has. */
const idKeys = ['id', 'question_id', 'questionId', 'pid']

/** Most telling first: a record goes to the first form that it fits. */
export const predictionForms: PredictionForm[] = [
  {
    name: 'lmms-eval samples',
    says: 'the samples that lmms-eval logs',
    fits: (row) => 'doc_id' in row && ('resps' in row || 'filtered_resps' in row),
    read(row, where) {
      const doc = (row.doc ?? {}) as Record<string, unknown>
      return {
        ...ownId(doc),
        place: placeOf(row.doc_id, where, 'doc_id'),
        // Left out where it equals the filtered one.
        response: onlyText(row.resps ?? row.filtered_resps, where),
        ...asked(doc.question ?? row.input),
      }
    },
  },
  {
    name: 'ChartQA predictions',
    says: '{imgname, query, prediction} or an object of id and answer, as ChartQA’s models write',
    fits: (row) => 'imgname' in row && 'query' in row && chartAnswer(row) !== undefined,
    read: (row, where) => ({
      picture: { fileName: textOf(row.imgname, where, 'imgname'), question: textOf(row.query, where, 'query') },
      response: textOf(chartAnswer(row), where, 'prediction'),
    }),
  },
  {
    name: 'Inspect log',
    says: 'Inspect’s logs, .eval and .json',
    fits: (row) => 'epoch' in row && 'input' in row && 'output' in row,
    read(row, where) {
      if (row.error)
        throw new InputError(`${where}: the sample ended in an error, which is no response. Evaluate it again.`)
      const id = idOf(row.id, where, 'id')
      return {
        // A number is what Inspect counted where the data set named no ids.
        ...(typeof row.id === 'number' ? { index: row.id } : { id }),
        response: completionOf(row.output, where),
        ...asked(textOfMessages(row.input)),
      }
    },
  },
  {
    name: 'VLMEvalKit predictions',
    says: 'VLMEvalKit’s table of index and prediction',
    fits: (row) => 'index' in row && 'prediction' in row,
    read(row, where) {
      const index = idOf(row.index, where, 'index')
      return {
        ...ownId(row),
        ...(/^\d+$/.test(index) ? { index: Number(index) } : {}),
        ...(/^\d+$/.test(index) || 'id' in ownId(row) ? {} : { id: index }),
        response: textOf(row.prediction, where, 'prediction'),
        ...asked(row.question),
        ...(typeof row.split === 'string' ? { split: row.split } : {}),
      }
    },
  },
  {
    name: 'Molmo predictions',
    says: 'predictions.json of Molmo’s evaluation, {prediction, prompt}',
    fits: (row) => 'prediction' in row && 'prompt' in row,
    read: (row, where) => ({
      ...ownId(row, 'example_id'),
      response: textOf(row.prediction, where, 'prediction'),
      ...asked(row.prompt),
    }),
  },
  {
    name: 'LLaVA answers',
    says: 'LLaVA’s lines of {question_id, text}',
    fits: (row) => 'question_id' in row && 'text' in row,
    read: (row, where) => ({
      id: idOf(row.question_id, where, 'question_id'),
      response: textOf(row.text, where, 'text'),
      ...asked(row.prompt),
    }),
  },
  {
    name: 'id and response',
    says: '{id, response}, or an object of ids with responses as MathVista’s and MMMU’s own code writes',
    fits: (row) => idKeys.some((key) => key in row) && ('response' in row || 'prediction' in row),
    read: (row, where) => ({
      id: idOf(
        idKeys.map((key) => row[key]).find((id) => id !== undefined),
        where,
        'id',
      ),
      response:
        'response' in row ? textOf(row.response, where, 'response') : textOf(row.prediction, where, 'prediction'),
      ...asked(row.query ?? row.question),
      ...('extraction' in row ? { extraction: extractionOf(row.extraction, where) } : {}),
    }),
  },
  serverResults('VQA results', 'question_id', 'the VQA challenge takes it'),
  serverResults('Robust Reading results', 'questionId', 'DocVQA and InfographicVQA take it'),
]

/** What a challenge's own server takes: a text under `answer`, the id under a key of its own. Beside a response of another name, `answer` would be the gold one: such records fit the forms above. */
function serverResults(name: string, idKey: string, takenBy: string): PredictionForm {
  return {
    name,
    says: `{${idKey}, answer} as ${takenBy}`,
    fits: (row) => idKey in row && 'answer' in row,
    read: (row, where) => ({
      id: idOf(row[idKey], where, idKey),
      response: textOf(row.answer, where, 'answer'),
      ...asked(row.question),
    }),
  }
}

const chartAnswer = (row: Record<string, unknown>) => row.prediction ?? row['predicted label'] ?? row.response

/** The id that the data itself has for its example, where a record carries it. */
function ownId(row: Record<string, unknown>, ...keys: string[]): { id?: string } {
  const id = [...keys, ...idKeys].map((key) => row[key]).find(isId)
  return id === undefined ? {} : { id: plainId(id) }
}

function asked(question: unknown): { asked?: string } {
  return typeof question === 'string' && question.trim() !== '' ? { asked: question } : {}
}

function isId(value: unknown): value is string | number {
  return (typeof value === 'string' && value !== '') || Number.isSafeInteger(value)
}

/** pandas writes a column of whole numbers with gaps as `17.0`. */
function plainId(value: string | number): string {
  return String(value).replace(/^(\d+)\.0$/, '$1')
}

function idOf(value: unknown, where: string, key: string): string {
  if (isId(value)) return plainId(value)
  throw new InputError(`${where}: ${key} is no id; it takes a text or a whole number.`)
}

function placeOf(value: unknown, where: string, key: string): number {
  const place = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof place === 'number' && Number.isSafeInteger(place) && place >= 0) return place
  throw new InputError(`${where}: ${key} is no row number; it takes a whole number from 0.`)
}

/** A response as text: what a model said as a number is written as the file has it; null, as Python writes None, says nothing. */
function textOf(value: unknown, where: string, key: string): string {
  if (typeof value === 'string') return value
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const is = value === undefined ? 'missing' : Array.isArray(value) ? 'a list' : typeof value
  throw new InputError(`${where}: ${key} is ${is}; it takes one text, empty where the model said nothing.`)
}

/** An extraction as text: a list as Python writes it. */
function extractionOf(value: unknown, where: string): string {
  if (!Array.isArray(value)) return textOf(value, where, 'extraction')
  return `[${value.map((item) => textOf(item, where, 'extraction')).join(', ')}]`
}

/** The one text in lists of lists: responses by request, then by try. */
function onlyText(value: unknown, where: string): string {
  if (!Array.isArray(value)) return textOf(value, where, 'resps')
  if (value.length === 1) return onlyText(value[0], where)
  const holds = value.length > 1 ? `${value.length} responses` : 'no text'
  throw new InputError(`${where}: resps holds ${holds}; one for each example can be scored.`)
}

/** What Inspect keeps of a model's answer: the text of its first choice, without what was thought. */
function completionOf(output: unknown, where: string): string {
  const { choices, completion } = (output ?? {}) as {
    choices?: { message?: { content?: unknown } }[]
    completion?: unknown
  }
  const content = Array.isArray(choices) ? choices[0]?.message?.content : undefined
  return textOfContent(content) ?? textOf(completion, where, 'output')
}

/** The texts of a message's content, which is a text or a list of parts. */
function textOfContent(content: unknown): string | undefined {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return undefined
  return (content as { type?: unknown; text?: unknown }[])
    .flatMap(({ type, text }) => (type === 'text' && typeof text === 'string' ? [text] : []))
    .join('\n')
}

/** What was asked, in a text or in messages. */
function textOfMessages(input: unknown): string | undefined {
  if (!Array.isArray(input)) return typeof input === 'string' ? input : undefined
  return (input as { content?: unknown }[]).flatMap(({ content }) => textOfContent(content) ?? []).join('\n')
}
