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
  /** What was asked, where the file says: tells whether places count the rows of the same data. */
  asked?: string
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

/** Most telling first: a record goes to the first form that it fits. */
export const predictionForms: PredictionForm[] = [
  {
    name: 'lmms-eval samples',
    says: 'the samples that lmms-eval logs',
    fits: (row) => 'doc_id' in row && ('resps' in row || 'filtered_resps' in row),
    read(row, where) {
      const doc = (row.doc ?? {}) as Record<string, unknown>
      const ownId = ['question_id', 'questionId', 'pid', 'id'].map((key) => doc[key]).find(isId)
      const asked = doc.question ?? row.input
      return {
        ...(ownId === undefined ? {} : { id: String(ownId) }),
        place: placeOf(row.doc_id, where, 'doc_id'),
        // Left out where it equals the filtered one.
        response: onlyText(row.resps ?? row.filtered_resps, where),
        ...(typeof asked === 'string' ? { asked } : {}),
      }
    },
  },
  serverResults('VQA results', 'question_id', 'the VQA challenge takes it'),
  serverResults('Robust Reading results', 'questionId', 'DocVQA and InfographicVQA take it'),
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
    name: 'VLMEvalKit predictions',
    says: 'VLMEvalKit’s table of index and prediction',
    fits: (row) => 'index' in row && 'prediction' in row,
    read(row, where) {
      const ownId = ['id', 'question_id', 'questionId', 'pid'].map((key) => row[key]).find(isId)
      const index = idOf(row.index, where, 'index')
      return {
        id: ownId === undefined ? index : String(ownId),
        ...(/^\d+$/.test(index) ? { index: Number(index) } : {}),
        response: textOf(row.prediction, where, 'prediction'),
        ...(typeof row.question === 'string' ? { asked: row.question } : {}),
      }
    },
  },
  {
    name: 'id and response',
    says: '{id, response}',
    fits: (row) => 'id' in row && 'response' in row,
    read: (row, where) => ({ id: idOf(row.id, where, 'id'), response: textOf(row.response, where, 'response') }),
  },
]

/** What a challenge's own server takes: a text under `answer`, the id under a key of its own. */
function serverResults(name: string, idKey: string, takenBy: string): PredictionForm {
  return {
    name,
    says: `{${idKey}, answer} as ${takenBy}`,
    fits: (row) => idKey in row && 'answer' in row,
    read: (row, where) => ({ id: idOf(row[idKey], where, idKey), response: textOf(row.answer, where, 'answer') }),
  }
}

const chartAnswer = (row: Record<string, unknown>) => row.prediction ?? row['predicted label'] ?? row.response

function isId(value: unknown): value is string | number {
  return (typeof value === 'string' && value !== '') || Number.isSafeInteger(value)
}

function idOf(value: unknown, where: string, key: string): string {
  if (isId(value)) return String(value)
  throw new InputError(`${where}: ${key} is no id; it takes a text or a whole number.`)
}

function placeOf(value: unknown, where: string, key: string): number {
  const place = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof place === 'number' && Number.isSafeInteger(place) && place >= 0) return place
  throw new InputError(`${where}: ${key} is no row number; it takes a whole number from 0.`)
}

function textOf(value: unknown, where: string, key: string): string {
  if (typeof value === 'string') return value
  const is = value === undefined ? 'missing' : Array.isArray(value) ? 'a list' : value === null ? 'null' : typeof value
  throw new InputError(`${where}: ${key} is ${is}; it takes one text, empty where the model said nothing.`)
}

/** The one text in lists of lists: responses by request, then by try. */
function onlyText(value: unknown, where: string): string {
  if (typeof value === 'string') return value
  const list: unknown[] = Array.isArray(value) ? value : []
  if (list.length === 1) return onlyText(list[0], where)
  const holds = list.length > 1 ? `${list.length} responses` : 'no text'
  throw new InputError(`${where}: resps holds ${holds}; one for each example can be scored.`)
}
