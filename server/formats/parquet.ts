import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { SchemaElement } from 'hyparquet'
import { InputError } from '#server/core/problem.ts'
import type { DecodedGroup, DecodeRequest } from './decode-parquet.ts'

interface ParquetProgress {
  rows: number
  totalRows: number
}

interface ReadParquetOptions {
  /** Top-level columns to read; all of them when left out. Unread columns cost nothing. */
  columns?: string[]
  /** Structs of `bytes` and `path`, as the hub keeps pictures, come empty and are not read. */
  withoutPictures?: boolean
  /** Called after each row group. */
  onProgress?: (progress: ParquetProgress) => void
  /** How long one row group may take to decode; 30 s when left out. */
  timeoutMs?: number
}

/**
 * Reads a Parquet file row by row, one row group in memory at a time. Structs arrive as objects, lists as arrays,
 * text as strings, other byte columns as Uint8Array, 64-bit integers as numbers where a double holds them exactly.
 * Throws an InputError that names the file, and the rows where reading stopped, when it is not a whole Parquet file.
 */
export async function* readParquetRows(
  path: string,
  { columns, withoutPictures = false, onProgress, timeoutMs = 30_000 }: ReadParquetOptions = {},
): AsyncGenerator<Record<string, unknown>> {
  for await (const { rows, rowsSoFar, totalRows } of decodeInThread(
    { path, withoutPictures, ...(columns ? { columns } : {}) },
    timeoutMs,
  )) {
    yield* rows
    if (rows.length) onProgress?.({ rows: rowsSoFar, totalRows })
  }
}

/** The number of rows that the footer declares, without reading any. Throws an InputError as readParquetRows does. */
export async function countParquetRows(path: string): Promise<number> {
  for await (const { totalRows } of decodeInThread({ path }, 30_000)) return totalRows
  return 0
}

const heapMb = 1024

type Reply = { group: DecodedGroup } | { done: true } | { refusal: string } | { fault: string }

/**
 * A damaged length can send the decoder into an endless loop or into all memory, and a healthy group of 100 MB takes a
 * third of a second. In a thread of its own, with limits on heap and time, neither stops the server.
 */
async function* decodeInThread(request: DecodeRequest, timeoutMs: number): AsyncGenerator<DecodedGroup> {
  const worker = new Worker(new URL('./decode-parquet.ts', import.meta.url), {
    workerData: request,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  })
  try {
    while (true) {
      const reply = await nextReply(worker, basename(request.path), timeoutMs)
      if ('done' in reply) return
      if ('refusal' in reply) throw new InputError(reply.refusal)
      if ('fault' in reply) throw new Error(reply.fault)
      yield reply.group
    }
  } finally {
    await worker.terminate()
  }
}

function nextReply(worker: Worker, name: string, timeoutMs: number): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  const giveUp = (reason: string) => reject(new InputError(`${name} is damaged: ${reason}; download it again`))
  const timer = setTimeout(() => giveUp(`one part of it takes more than ${timeoutMs / 1000} s to decode`), timeoutMs)
  const onError = () => giveUp('one part of it takes more than 1 GB of memory to decode')
  worker.once('message', resolve).once('error', onError)
  worker.postMessage('next')
  return promise.finally(() => {
    clearTimeout(timer)
    worker.off('message', resolve).off('error', onError)
  })
}

export type ParquetType =
  | 'string'
  | 'bytes'
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'double'
  | { list: ParquetType }
  | { struct: Record<string, ParquetType> }

/** A picture as the hub keeps it: the file's bytes and the name it had. */
export const parquetImage: ParquetType = { struct: { bytes: 'bytes', path: 'string' } }

/**
 * Writes rows as one Parquet file in the hub's layout: every column optional, Snappy, lists in three levels. The same
 * rows give the same bytes. Meant for samples: all rows are in memory.
 */
export async function writeParquet(
  path: string,
  columns: Record<string, ParquetType>,
  rows: Record<string, unknown>[],
  { rowGroupSize = 1000 }: { rowGroupSize?: number } = {},
): Promise<void> {
  const { parquetWriteBuffer } = await import('hyparquet-writer')
  const buffer = parquetWriteBuffer({
    columnData: columnDataOf(columns, rows),
    schema: fileSchema(columns),
    rowGroupSize,
    ...writerSettings,
  })
  await writeFile(path, new Uint8Array(buffer))
}

const writerSettings = { statistics: false, createdBy: 'vlm-arena' }

/**
 * Packs rows that come in batches into one Parquet file, each batch a row group; only what is packed is held in memory.
 */
export async function packParquet(
  columns: Record<string, ParquetType>,
  batches: AsyncIterable<Record<string, unknown>[]>,
): Promise<Uint8Array> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer')
  const bytes = new ByteWriter()
  const writer = new ParquetWriter({ writer: bytes, schema: fileSchema(columns), ...writerSettings })
  for await (const rows of batches) {
    await writer.write({ columnData: columnDataOf(columns, rows), rowGroupSize: Math.max(1, rows.length) })
  }
  writer.finish()
  return new Uint8Array(bytes.getBuffer())
}

function fileSchema(columns: Record<string, ParquetType>): SchemaElement[] {
  const names = Object.keys(columns)
  return [{ name: 'schema', num_children: names.length }, ...names.flatMap((name) => schemaOf(name, columns[name]!))]
}

function columnDataOf(columns: Record<string, ParquetType>, rows: Record<string, unknown>[]) {
  return Object.keys(columns).map((name) => ({ name, data: rows.map((row) => stored(row[name], columns[name]!)) }))
}

/** A value as the writer wants it: 64-bit integers as bigint, absence as null. */
function stored(value: unknown, type: ParquetType): unknown {
  if (value === undefined || value === null) return null
  if (type === 'int64') return BigInt(value as number | bigint)
  if (typeof type === 'string') return value
  if ('list' in type) return (value as unknown[]).map((item) => stored(item, type.list))
  const members = value as Record<string, unknown>
  return Object.fromEntries(Object.entries(type.struct).map(([name, inner]) => [name, stored(members[name], inner)]))
}

function schemaOf(name: string, type: ParquetType): SchemaElement[] {
  const field = { name, repetition_type: 'OPTIONAL' } as const
  switch (type) {
    case 'string':
      return [{ ...field, type: 'BYTE_ARRAY', converted_type: 'UTF8' }]
    case 'bytes':
      return [{ ...field, type: 'BYTE_ARRAY' }]
    case 'boolean':
      return [{ ...field, type: 'BOOLEAN' }]
    case 'int32':
      return [{ ...field, type: 'INT32' }]
    case 'int64':
      return [{ ...field, type: 'INT64' }]
    case 'double':
      return [{ ...field, type: 'DOUBLE' }]
  }
  if ('list' in type) {
    return [
      { ...field, converted_type: 'LIST', num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      ...schemaOf('element', type.list),
    ]
  }
  const members = Object.entries(type.struct)
  return [{ ...field, num_children: members.length }, ...members.flatMap(([member, inner]) => schemaOf(member, inner))]
}
