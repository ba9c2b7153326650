import { posix } from 'node:path'
import { InputError } from '#server/core/problem.ts'
import type { LocalFiles } from '#server/datasets/data-files.ts'
import { languageOf } from '../languages.ts'
import { QueryCategory } from '../categories/schema.ts'
import type { RowDefaults } from './schema.ts'

/** Files that rows name their pictures in. */
export interface ImportedFiles extends Pick<LocalFiles, 'bytes'> {
  has(name: string): boolean
}

/** What a row says, before its picture is read. */
export interface RowQuery extends RowDefaults {
  /** Null: made from the picture and the question. */
  key: string | null
  question: string
  picture: PictureSource
}

/** Where a picture comes from: bytes that are here, or an address of the web, with the hash that the row names. */
type PictureSource = { read(): Promise<Uint8Array> } | { url: string; sha256: string | null }

/** The names that columns have in the wild, the likeliest first; VisionArena keeps its question in `conversation`. */
const columns = {
  key: ['key', 'id', 'question_id', 'conversation_id'],
  question: ['question', 'prompt', 'instruction', 'query', 'text'],
  turns: ['conversation', 'conversations', 'messages'],
  image: ['image', 'images', 'image_path', 'picture', 'file_name', 'filename', 'path', 'file', 'image_url', 'url'],
  hash: ['image_sha256', 'picture_sha256', 'sha256'],
  category: ['category', 'question_type'],
  language: ['language', 'lang'],
  licence: ['licence', 'license'],
  source: ['source'],
} as const

const mostQuestion = 10_000
const mostWords = 500

/** What a row asks. Throws InputError with what is wrong with it, without its place. */
export function queryOfRow(
  values: Record<string, unknown>,
  file: string,
  files: ImportedFiles,
  defaults: RowDefaults,
): RowQuery {
  return {
    key: textIn(values, columns.key),
    question: questionOf(values, defaults.question),
    category: categoryOf(textIn(values, columns.category)) ?? defaults.category,
    language: languageIn(values) ?? defaults.language,
    licence: textIn(values, columns.licence) ?? defaults.licence,
    source: textIn(values, columns.source) ?? defaults.source,
    picture: pictureOf(values, file, files),
  }
}

function valueIn(values: Record<string, unknown>, names: readonly string[]): unknown {
  return names.map((name) => values[name]).find((value) => value !== undefined && value !== null && value !== '')
}

function textIn(values: Record<string, unknown>, names: readonly string[]): string | null {
  const value = valueIn(values, names)
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const text = String(value).trim()
  if (text.length > mostWords) throw new InputError(`${names[0]} is longer than ${mostWords} characters`)
  return text === '' ? null : text
}

function questionOf(values: Record<string, unknown>, otherwise: string): string {
  const own = valueIn(values, columns.question)
  const text = typeof own === 'string' ? own : firstAsked(valueIn(values, columns.turns))
  const question = text?.trim() || otherwise
  if (question === '') throw new InputError('there is no question; its column is called question or prompt')
  if (question.length > mostQuestion)
    throw new InputError(`the question has ${question.length} characters; the limit is 10,000`)
  if (question.includes('\0')) throw new InputError('the question holds a NUL character')
  return question
}

/** The first turn of a conversation, where it is the user's: VisionArena keeps a list of turns in each of its items. */
function firstAsked(turns: unknown): string | null {
  if (!Array.isArray(turns)) return null
  const first: unknown = turns.flat()[0]
  if (typeof first !== 'object' || first === null) return null
  const { role, from, content, value } = first as Record<string, unknown>
  const isUser = ['user', 'human'].includes(String(role ?? from ?? 'user'))
  const text = content ?? value
  return isUser && typeof text === 'string' ? text : null
}

function categoryOf(text: string | null): QueryCategory | null {
  if (text === null) return null
  const named = QueryCategory.safeParse(text.toLowerCase().replaceAll(/[ -]/g, '_'))
  if (named.success) return named.data
  throw new InputError(`'${text.slice(0, 80)}' is no category; there are ${QueryCategory.options.join(', ')}`)
}

function languageIn(values: Record<string, unknown>): string | null {
  const text = textIn(values, columns.language)
  return text === null ? null : languageOf(text)
}

function pictureOf(values: Record<string, unknown>, file: string, files: ImportedFiles): PictureSource {
  const value = valueIn(values, columns.image)
  const several = Array.isArray(value)
  if (several && value.length !== 1) throw new InputError(`it has ${value.length} pictures; a query has one`)
  const picture: unknown = several ? value[0] : value
  const named = (path: string) => (isAddress(path) ? onTheWeb(path, values) : { read: picturedBy(path, file, files) })
  if (picture instanceof Uint8Array) return { read: async () => picture }
  if (typeof picture === 'string') return named(picture)
  if (typeof picture === 'object' && picture !== null) {
    const { bytes, path } = picture as { bytes?: unknown; path?: unknown }
    if (bytes instanceof Uint8Array && bytes.length > 0) return { read: async () => bytes }
    if (typeof path === 'string') return named(path)
  }
  throw new InputError('there is no picture; its column is called image, file_name or image_url')
}

const isAddress = (path: string) => /^\s{0,10}https?:/i.test(path)

/** A picture at an address; PixMo's data sets say beside it which SHA-256 its bytes have. */
function onTheWeb(url: string, values: Record<string, unknown>): PictureSource {
  const sha256 = textIn(values, columns.hash)?.toLowerCase() ?? null
  if (sha256 !== null && !/^[0-9a-f]{64}$/.test(sha256))
    throw new InputError('its image_sha256 is no SHA-256 of 64 hexadecimal digits')
  return { url, sha256 }
}

/** A picture in a file, named from the table's own folder or from the top; nothing outside is ever reached. */
function picturedBy(path: string, table: string, files: ImportedFiles): () => Promise<Uint8Array> {
  const clean = path.replaceAll('\\', '/')
  const place = [posix.join(posix.dirname(table), clean), posix.normalize(clean)].find((name) => files.has(name))
  if (place === undefined)
    throw new InputError(`there is no picture ${path.slice(0, 200)} here: give the folder that holds both`)
  return () => files.bytes(place)
}
