import { open, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import type { AsyncBuffer, Compressors, FileMetaData, RowGroup, SchemaElement } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { InputError } from '#server/core/problem.ts'

const MB = 1024 ** 2
const limits = {
  fileBytes: 20_000 * MB,
  footerBytes: 64 * MB,
  rowGroupBytes: 1024 * MB,
  pageBytes: 64 * MB,
  ratio: 100,
}

/** One row group, or the footer's count before the first. */
export interface DecodedGroup {
  rows: Record<string, unknown>[]
  rowsSoFar: number
  totalRows: number
}

export interface DecodeRequest {
  path: string
  /** Left out: all columns. An empty list: only the count. */
  columns?: string[]
  /** Structs of `bytes` and `path` are not read: their rows have empty ones. */
  withoutPictures?: boolean
}

/** Reads a Parquet file one row group at a time, in the thread that calls it; parquet.ts gives it a thread of its own. */
async function* decodeParquet({ path, columns, withoutPictures }: DecodeRequest): AsyncGenerator<DecodedGroup> {
  await using handle = await openFile(path)
  const name = basename(path)
  const file = await bufferOf(handle, name)
  const metadata = await readFooter(file, name)
  refuseUnknownColumns(metadata, columns, name)
  const pictures = withoutPictures ? pictureColumns(metadata, columns) : []
  const read =
    pictures.length > 0
      ? (columns ?? topLevelNames(metadata.schema)).filter((name) => !pictures.includes(name))
      : columns
  const totalRows = Number(metadata.num_rows)
  yield { rows: [], rowsSoFar: 0, totalRows }
  let rowsSoFar = 0
  for (const group of metadata.row_groups) {
    const rowEnd = rowsSoFar + Number(group.num_rows)
    const where = `${name}, rows ${rowsSoFar} to ${rowEnd - 1}`
    refuseLyingLengths(group, file.byteLength, where)
    const rows = await readGroup(file, metadata, rowsSoFar, rowEnd, read, where)
    rowsSoFar = rowEnd
    yield { rows: rows.map((row) => ({ ...plainRow(row), ...emptyPictures(pictures) })), rowsSoFar, totalRows }
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path)
  } catch (error) {
    throw new InputError(`${path} cannot be opened (${codeOf(error)}); check the path and its permissions`)
  }
}

async function bufferOf(handle: FileHandle, name: string): Promise<AsyncBuffer> {
  const { size } = await handle.stat()
  if (size > limits.fileBytes) throw new InputError(`${name} is larger than 20 GB; split it into several files`)
  return {
    byteLength: size,
    async slice(start, end = size) {
      if (start < 0 || end < start || end > size) throw new Error('a length in the file points outside it')
      const bytes = new Uint8Array(end - start)
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start)
      if (bytesRead < bytes.length) throw new Error('the file became shorter while it was read')
      return bytes.buffer
    },
  }
}

async function readFooter(file: AsyncBuffer, name: string): Promise<FileMetaData> {
  try {
    if (file.byteLength < 12) throw new Error('it is too short')
    const tail = new DataView(await file.slice(file.byteLength - 8))
    if (tail.getUint32(4, true) !== 0x31524150) throw new Error('its last four bytes are not PAR1')
    if (tail.getUint32(0, true) > Math.min(limits.footerBytes, file.byteLength - 12)) {
      throw new Error('its footer claims an impossible length')
    }
    const metadata = await parquetMetadataAsync(file)
    const declared = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0)
    const counts = [metadata.num_rows, ...metadata.row_groups.map((group) => group.num_rows)].map(Number)
    if (declared !== counts[0] || counts.some((count) => !Number.isSafeInteger(count) || count < 0)) {
      throw new Error('its row counts contradict each other')
    }
    return metadata
  } catch (error) {
    throw new InputError(`${name} is not a whole Parquet file: ${messageOf(error)}; download it again`)
  }
}

function refuseUnknownColumns({ schema }: FileMetaData, columns: string[] | undefined, name: string) {
  const present = topLevelNames(schema)
  const missing = columns?.find((column) => !present.includes(column))
  if (missing !== undefined) throw new InputError(`${name} has no column "${missing}"; it has ${present.join(', ')}`)
}

/** Of the columns, those that hold pictures: structs of `bytes` and `path`. */
function pictureColumns({ schema }: FileMetaData, columns: string[] | undefined): string[] {
  const wanted = columns ?? topLevelNames(schema)
  return wanted.filter((name) => {
    const at = schema.findIndex((element, index) => index > 0 && element.name === name)
    const members = schema.slice(at + 1, at + 3).map((element) => element.name)
    return schema[at]?.num_children === 2 && members.includes('bytes') && members.includes('path')
  })
}

function emptyPictures(columns: string[]): Record<string, unknown> {
  return Object.fromEntries(columns.map((name) => [name, { bytes: new Uint8Array(), path: null }]))
}

function topLevelNames(schema: SchemaElement[]): string[] {
  const names: string[] = []
  let index = 1
  const skip = () => {
    const children = schema[index++]?.num_children ?? 0
    for (let child = 0; child < children; child++) skip()
  }
  while (index < schema.length) {
    names.push(schema[index]!.name)
    skip()
  }
  return names
}

/** Checked before any byte of the group is fetched, so that a forged footer cannot make us reserve memory. */
function refuseLyingLengths(group: RowGroup, fileBytes: number, where: string) {
  let bytes = 0
  for (const { meta_data: chunk } of group.columns) {
    if (!chunk) throw new InputError(`${where}: the data of a column is kept in another file, which is not supported`)
    const packed = Number(chunk.total_compressed_size)
    const unpacked = Number(chunk.total_uncompressed_size)
    const offset = Number(chunk.dictionary_page_offset || chunk.data_page_offset)
    if (packed < 0 || unpacked < 0 || offset < 4 || offset + packed > fileBytes) {
      throw new InputError(`${where}: a column claims bytes outside the file; download it again`)
    }
    bytes += Math.max(packed, unpacked)
  }
  if (bytes > limits.rowGroupBytes) {
    throw new InputError(`${where}: one row group holds more than 1 GB; write the file with smaller row groups`)
  }
}

async function readGroup(
  file: AsyncBuffer,
  metadata: FileMetaData,
  rowStart: number,
  rowEnd: number,
  columns: string[] | undefined,
  where: string,
) {
  if (rowStart === rowEnd) return []
  try {
    // utf8: false keeps pictures as bytes; columns annotated as text are decoded all the same.
    const options = { file, metadata, rowStart, rowEnd, utf8: false, compressors: cappedCompressors }
    const rows = await parquetReadObjects(columns ? { ...options, columns } : options)
    if (rows.length !== rowEnd - rowStart) throw new Error(`${rows.length} rows came back`)
    return rows
  } catch (error) {
    throw new InputError(`${where}: the data cannot be read (${messageOf(error)}); download it again`)
  }
}

/**
 * The decoders with a cap on what one page may unpack to. Writers put up to a thousand pictures in one page, so a
 * large page passes when it hardly shrank, as pictures do; one that swells is a bomb.
 */
const cappedCompressors: Compressors = Object.fromEntries(
  Object.entries(compressors).map(([codec, unpack]) => [
    codec,
    (packed: Uint8Array, length: number) => {
      if (
        length > limits.pageBytes ? length > packed.length * 4 : length > MB && length > packed.length * limits.ratio
      ) {
        throw new Error(`a page of ${packed.length} bytes claims to unpack to ${length}`)
      }
      return unpack(packed, length)
    },
  ]),
)

function plainRow(row: Record<string, unknown>): Record<string, unknown> {
  for (const [name, value] of Object.entries(row)) row[name] = plain(value)
  return row
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (Array.isArray(value)) return value.map(plain)
  // A view on a page would drag the whole page along when it is handed to another thread.
  if (value instanceof Uint8Array) return value.slice()
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return plainRow(value as Record<string, unknown>)
  }
  return value
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : messageOf(error)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Each message asks for one more group, so that at most one is decoded ahead of the reader. */
function serveGroups(port: NonNullable<typeof parentPort>) {
  const groups = decodeParquet(workerData as DecodeRequest)
  port.on('message', async () => {
    try {
      const { value, done } = await groups.next()
      if (done) port.postMessage({ done })
      else port.postMessage({ group: value }, buffersIn(value.rows))
    } catch (error) {
      port.postMessage(error instanceof InputError ? { refusal: error.message } : { fault: messageOf(error) })
    }
  })
}

if (!isMainThread && parentPort && isRequest(workerData)) serveGroups(parentPort)

/** The memory of all byte columns, to be handed over instead of copied; each has its own since `plain` sliced it. */
function buffersIn(value: unknown): ArrayBuffer[] {
  if (value instanceof Uint8Array) return [value.buffer as ArrayBuffer]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(buffersIn) : []
}

/** Test runners start threads too; only ours carry a path. */
function isRequest(data: unknown): data is DecodeRequest {
  return typeof data === 'object' && data !== null && 'path' in data && typeof data.path === 'string'
}
