import { createReadStream } from 'node:fs'
import { open, readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { InputError } from '#server/core/problem.ts'
import { readCsvRows } from './csv.ts'
import { readJsonItems } from './json-items.ts'
import { readJsonLines } from './jsonl.ts'
import { predictionForms, type FoundPrediction, type PredictionForm } from './prediction-forms.ts'

/** Predictions that were made elsewhere, in the order of their file. */
export interface PredictionFile {
  /** File name, for sentences. */
  name: string
  form: PredictionForm['name']
  predictions: FoundPrediction[]
}

interface Placed {
  where: string
  row: Record<string, unknown>
}

const largestObjectBytes = 512 * 1024 ** 2
const headBytes = 8 * 1024 ** 2

/**
 * Reads a file of predictions, its form told by its content: JSON Lines, a JSON array or object, TSV or CSV in any of
 * `predictionForms`. Responses are kept, nothing else. Throws InputError with the place of a record that does not fit.
 */
export async function readPredictions(path: string): Promise<PredictionFile> {
  const name = basename(path)
  const head = await readHead(path)
  let form: PredictionForm | undefined
  const predictions: FoundPrediction[] = []
  for await (const { where, row } of recordsOf(path, name, head)) {
    form ??= formOf(row, name)
    predictions.push(form.read(row, where))
  }
  if (!form) throw new InputError(`${name} holds no predictions.`)
  return { name, form: form.name, predictions }
}

function formOf(row: Record<string, unknown>, name: string): PredictionForm {
  const form = predictionForms.find(({ fits }) => fits(row))
  if (form) return form
  const known = predictionForms.map(({ says }) => says).join('; ')
  const keys = Object.keys(row).slice(0, 12).join(', ') || 'no keys'
  throw new InputError(`${name} is in no form that can be read here. Its first record has ${keys}. Known: ${known}.`)
}

async function* recordsOf(path: string, name: string, head: string): AsyncGenerator<Placed> {
  const start = /^\uFEFF?\s*/.exec(head)![0].length
  if (head.startsWith('PK\u0003\u0004'))
    throw new InputError(
      `${name} is a spreadsheet or archive. Save it as TSV; VLMEvalKit writes one with PRED_FORMAT=tsv.`,
    )
  const source = () => createReadStream(path, { encoding: 'utf8', start: head.startsWith('\uFEFF') ? 3 : 0 })
  if (head[start] === '[') {
    let item = 0
    for await (const row of readJsonItems(source(), name)) {
      const where = `${name}, item ${item++}`
      if (!isObject(row)) throw new InputError(`${where}: not a JSON object.`)
      yield { where, row }
    }
  } else if (head[start] === '{') {
    const first = parsed(head.slice(start).split('\n', 1)[0]!)
    if (first && predictionForms.some(({ fits }) => fits(first))) {
      for await (const { line, row } of readJsonLines(source(), name)) yield { where: `${name}, line ${line}`, row }
    } else yield* entriesOf(path, name, first)
  } else {
    const delimiter = head.split('\n', 1)[0]!.includes('\t') ? '\t' : ','
    for await (const { line, row } of readCsvRows(source(), name, delimiter))
      yield { where: `${name}, line ${line}`, row }
  }
}

/** An object of ids with their answers, as ChartQA's and MMMU's own code writes, or with problems that hold a response, as MathVista's. */
async function* entriesOf(path: string, name: string, first: Record<string, unknown> | null): AsyncGenerator<Placed> {
  if ((await stat(path)).size > largestObjectBytes)
    throw new InputError(`${name} is larger than 512 MB, the limit for one JSON object. Write one object a line.`)
  const whole = parsed((await readFile(path, 'utf8')).replace(/^\uFEFF/, ''))
  // JSON Lines of an unknown form are no single object: their first line says what they hold.
  if (!whole && first) formOf(first, name)
  if (!whole) throw new InputError(`${name} breaks off or is not JSON.`)
  const entries = Object.entries(isObject(whole.predictions) ? whole.predictions : whole)
  const answers = entries.map(([id, value]) => ({ id, response: isObject(value) ? value.response : value }))
  if (!answers.some(({ response }) => typeof response === 'string')) formOf(whole, name)
  for (const row of answers) yield { where: `${name}, ${row.id}`, row }
}

async function readHead(path: string): Promise<string> {
  try {
    await using file = await open(path)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') throw new InputError(`There is no file ${path}.`, { cause: error })
    if (code === 'EISDIR') throw new InputError(`${path} is a folder, not a file of predictions.`, { cause: error })
    throw error
  }
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
