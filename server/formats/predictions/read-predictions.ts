import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { InputError } from '#server/core/problem.ts'
import { readCsvRows } from '../csv.ts'
import { readJsonItems } from '../json-items.ts'
import { readJsonLines } from '../jsonl.ts'
import { parseJsonAsWritten } from '../parse-json.ts'
import { openTextFile, type TextFile } from '../text-file.ts'
import { packedRecords, type Placed } from './packed-predictions.ts'
import { predictionForms, type FoundPrediction, type PredictionForm } from './prediction-forms.ts'
import { refuseOtherKinds, refuseOtherObjects } from './unread-forms.ts'

/** Predictions that were made elsewhere, in the order of their file. */
export interface PredictionFile {
  /** File name, for sentences. */
  name: string
  form: PredictionForm['name']
  predictions: FoundPrediction[]
}

const largestObjectBytes = 512 * 1024 ** 2

/**
 * Reads a file of predictions, its form told by its content: JSON Lines, a JSON array or object, TSV or CSV in any of
 * `predictionForms`, in UTF-8 or UTF-16, packed by gzip or Zstandard or not; Excel workbooks and logs of Inspect. What is
 * not needed to pair and score a response is dropped. Throws InputError with the place of a record that does not fit, or
 * that says what a file of another kind is.
 */
export async function readPredictions(path: string): Promise<PredictionFile> {
  const name = basename(path)
  let form: PredictionForm | undefined
  const predictions: FoundPrediction[] = []
  for await (const { where, row } of recordsOf(path, name)) {
    form ??= formOf(row, name)
    predictions.push(form.read(row, where))
  }
  if (!form) throw new InputError(`${name} holds no predictions.`)
  return { name, form: form.name, predictions }
}

function formOf(row: Record<string, unknown>, name: string): PredictionForm {
  const form = predictionForms.find(({ fits }) => fits(row))
  if (form) return form
  refuseOtherObjects(row, name)
  const known = predictionForms.map(({ says }) => says).join('; ')
  const keys = Object.keys(row).slice(0, 12).join(', ') || 'no keys'
  throw new InputError(`${name} is in no form that can be read here. Its first record has ${keys}. Known: ${known}.`)
}

async function* recordsOf(path: string, name: string): AsyncGenerator<Placed> {
  const file = await openTextFile(path)
  refuseOtherKinds(file.start, name)
  if (file.start.toString('latin1').startsWith('PK\u0003\u0004')) return yield* packedRecords(path)
  const { head, pieces } = file
  const text = head.trimStart()
  if (text.startsWith('[')) yield* itemsOf(file, name)
  else if (isInspectLog(text)) yield* itemsOf(file, name, 'samples')
  else if (text.startsWith('{')) {
    const first = parsed(text.split('\n', 1)[0]!)
    if (first && predictionForms.some(({ fits }) => fits(first))) {
      const lines = readJsonLines(pieces(), name, undefined, parseJsonAsWritten)
      for await (const { line, row } of lines) yield { where: `${name}, line ${line}`, row }
    } else yield* entriesOf(file, name, first)
  } else {
    const delimiter = head.split('\n', 1)[0]!.includes('\t') ? '\t' : ','
    for await (const { line, row } of readCsvRows(Readable.from(pieces()), name, delimiter))
      yield { where: `${name}, line ${line}`, row }
  }
}

async function* itemsOf({ pieces }: TextFile, name: string, key?: string): AsyncGenerator<Placed> {
  let item = 0
  for await (const row of readJsonItems(pieces(), name, key, parseJsonAsWritten)) {
    const where = `${name}, item ${item++}`
    if (!isObject(row)) throw new InputError(`${where}: not a JSON object.`)
    yield { where, row }
  }
}

/** Inspect's JSON log begins with its version, its status and what was evaluated. */
function isInspectLog(text: string): boolean {
  return /^\{\s*"version"\s*:\s*\d/.test(text) && text.includes('"eval"') && text.includes('"samples"')
}

/** An object of ids with their answers, as ChartQA's and MMMU's own code writes, or with problems that hold a response, as MathVista's. */
async function* entriesOf(file: TextFile, name: string, first: Record<string, unknown> | null): AsyncGenerator<Placed> {
  const whole = parsed(await wholeText(file, name))
  // JSON Lines of an unknown form are no single object: their first line says what they hold.
  if (!whole && first) formOf(first, name)
  if (!whole) throw new InputError(`${name} breaks off or is not JSON.`)
  const entries = Object.entries(isObject(whole.predictions) ? whole.predictions : whole)
  const answers = entries.map(([id, value]) => ({ ...(isObject(value) ? value : { response: value }), id }))
  if (!answers.some((row) => 'response' in row && typeof row.response === 'string')) formOf(whole, name)
  for (const row of answers) yield { where: `${name}, ${row.id}`, row }
}

async function wholeText({ pieces }: TextFile, name: string): Promise<string> {
  const read: string[] = []
  let length = 0
  for await (const piece of pieces()) {
    length += piece.length
    if (length > largestObjectBytes)
      throw new InputError(`${name} is larger than 512 MB, the limit for one JSON object. Write one object a line.`)
    read.push(piece)
  }
  return read.join('')
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value = parseJsonAsWritten(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
