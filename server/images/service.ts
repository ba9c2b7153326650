import { createHash } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { eq, getTableColumns } from 'drizzle-orm'
import type { ImagePart } from '#benchmarks/benchmark.ts'
import { images } from '#drizzle/schema/images.ts'
import type { Context } from '../core/context.ts'
import { rowsOf } from '../core/postgres/rows.ts'
import { defineProblem } from '../core/problem.ts'
import { writeWhole } from '../core/whole-file.ts'
import { decoded } from './decoding/pool.ts'

export type StoredImage = typeof images.$inferSelect

export const imageMissing = defineProblem('image-missing', 404, 'This picture is not here')

/** A picture's name here: the SHA-256 of its bytes, in hex. */
export const pictureHash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const originalPath = (ctx: Context, hash: string) => join(ctx.config.dataDir, 'images', hash.slice(0, 2), hash)

/** Where the bytes of a kept picture are. */
function pathOf(ctx: Context, { sha256, file }: StoredImage): string {
  if (file === null) return originalPath(ctx, sha256)
  return isAbsolute(file) ? file : join(ctx.config.dataDir, file)
}

const servedPath = (ctx: Context, hash: string, width: number) =>
  join(ctx.config.dataDir, 'images', 'served', hash.slice(0, 2), `${hash}-${width}.webp`)

/**
 * Keeps a picture once under its SHA-256, the file before the row. Throws InputError for what is no acceptable picture;
 * `name` stands in that sentence.
 */
export async function storeImage(ctx: Context, bytes: Uint8Array, name = 'the picture'): Promise<StoredImage> {
  const hash = pictureHash(bytes)
  const known = await findKept(ctx, hash)
  return known ?? keep(ctx, bytes, { sha256: hash, ...(await decoded('inspect', bytes, { name })), fingerprint: null })
}

/**
 * Keeps a picture as raters and models are to see it: read to its last pixel, turned upright where its EXIF mark says so,
 * its fingerprint taken. Throws InputError where storeImage does.
 */
export async function storeUpright(ctx: Context, bytes: Uint8Array, name = 'the picture'): Promise<StoredImage> {
  const hash = pictureHash(bytes)
  const known = await findUpright(ctx, hash)
  if (known) return known
  const { upright, ...facts } = await decoded('look', bytes, name)
  if (!upright) return keep(ctx, bytes, { sha256: hash, ...facts })
  return keep(ctx, upright, { sha256: pictureHash(upright), ...facts })
}

/** A picture that storeUpright kept as it came, and whose bytes are still its own. */
export async function findUpright(ctx: Context, hash: string): Promise<StoredImage | undefined> {
  const known = await findKept(ctx, hash)
  return known?.fingerprint ? known : undefined
}

/** A picture whose bytes lie in the data folder, and are still its own. */
async function findKept(ctx: Context, hash: string): Promise<StoredImage | undefined> {
  const [known] = await ctx.db.select().from(images).where(eq(images.sha256, hash))
  if (!known || (known.file !== null && isAbsolute(known.file))) return undefined
  return (await isSound(ctx, known)) ? known : undefined
}

/** Whether the bytes of a picture are there, and its own. */
export async function isSound(ctx: Context, image: StoredImage): Promise<boolean> {
  const bytes = await readPart(pathOf(ctx, image), image.fileOffset, image.imageBytes)
  return bytes !== null && pictureHash(bytes) === image.sha256
}

type Facts = Pick<StoredImage, 'sha256' | 'mediaType' | 'width' | 'height' | 'fingerprint'>

async function keep(ctx: Context, bytes: Uint8Array, facts: Facts): Promise<StoredImage> {
  const { sha256, fingerprint } = facts
  await writeWhole(originalPath(ctx, sha256), bytes)
  const [stored] = await ctx.db
    .insert(images)
    .values({ ...facts, imageBytes: bytes.length, file: null, fileOffset: 0 })
    .onConflictDoUpdate({
      target: images.sha256,
      set: { file: null, fileOffset: 0, ...(fingerprint !== null && { fingerprint }) },
    })
    .returning()
  return stored!
}

/** A picture of an example as it is sent: with its boxes drawn, else untouched. Throws InputError for what cannot be drawn on. */
export async function sentPicture({ overlays = [], source }: ImagePart, bytes: Uint8Array): Promise<Uint8Array> {
  return overlays.length === 0 ? bytes : decoded('drawOverlays', bytes, overlays, source)
}

/** Width, height, type and size of a kept picture. Throws image-missing. */
async function describeImage(ctx: Context, hash: string): Promise<StoredImage> {
  const [row] = await ctx.db.select().from(images).where(eq(images.sha256, hash))
  if (!row) throw imageMissing(`No picture has the hash ${hash.slice(0, 12)}`)
  return row
}

/** Width, height, type and size of several pictures, by hash; unknown ones are left out. */
export async function describeImages(ctx: Context, hashes: string[]): Promise<Map<string, StoredImage>> {
  if (hashes.length === 0) return new Map()
  const rows = await rowsOf(ctx, getTableColumns(images))`
    select sha256, media_type as "mediaType", width, height, image_bytes as "imageBytes", file,
      file_offset as "fileOffset", fingerprint, created_at as "createdAt"
    from images where sha256 = any(${hashes}::text[])`
  return new Map(rows.map((row) => [row.sha256, row]))
}

/** The bytes as they came. Throws image-missing when the row or its file is gone, and says which. */
async function readImage(ctx: Context, hash: string): Promise<{ bytes: Buffer; mediaType: string }> {
  const image = await describeImage(ctx, hash)
  return { bytes: await readImageBytes(ctx, image), mediaType: image.mediaType }
}

/**
 * The bytes of a picture that was described before, without another query: for model calls. Throws image-missing when
 * they are gone or no longer those of the picture, and says where they should be.
 */
export async function readImageBytes(ctx: Context, image: StoredImage): Promise<Buffer> {
  const path = pathOf(ctx, image)
  const bytes = await readPart(path, image.fileOffset, image.imageBytes)
  if (bytes && pictureHash(bytes) === image.sha256) return bytes
  const cure =
    image.file && isAbsolute(image.file) ? 'bring it back, or name its folder with --data' : 'import it again'
  const what = bytes ? 'no longer holds' : 'is gone, and with it'
  throw imageMissing(`${path} ${what} picture ${image.sha256.slice(0, 12)}; ${cure}`)
}

/** A part of a file; null when the file is not there or too short. */
async function readPart(path: string, offset: number, length: number): Promise<Buffer | null> {
  try {
    await using file = await open(path)
    const bytes = Buffer.allocUnsafe(length)
    const { bytesRead } = await file.read(bytes, 0, length, offset)
    return bytesRead === length ? bytes : null
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EISDIR'].includes(code)) return null
    throw error
  }
}

const servedWidths = [320, 640, 1280, 2560] as const

/** A re-encoded copy without metadata, at most as wide as the next of 320, 640, 1280 and 2560 px; made once and kept. */
export async function readServedImage(ctx: Context, hash: string, wantedWidth: number): Promise<Buffer> {
  const width = servedWidths.find((candidate) => candidate >= wantedWidth) ?? 2560
  const path = servedPath(ctx, hash, width)
  try {
    return await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const { bytes } = await readImage(ctx, hash)
  const copy = await decoded('serve', bytes, { width })
  await writeWhole(path, copy.bytes)
  return Buffer.from(copy.bytes)
}
