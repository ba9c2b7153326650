import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eq, inArray } from 'drizzle-orm'
import type { ImagePart } from '#benchmarks/benchmark.ts'
import { images } from '#drizzle/schema/images.ts'
import type { Context } from '../core/context.ts'
import { defineProblem } from '../core/problem.ts'
import { writeWhole } from '../core/whole-file.ts'
import { decoded } from './decoding/pool.ts'

export type StoredImage = typeof images.$inferSelect

export const imageMissing = defineProblem('image-missing', 404, 'This picture is not here')

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const originalPath = (ctx: Context, hash: string) => join(ctx.config.dataDir, 'images', hash.slice(0, 2), hash)
const servedPath = (ctx: Context, hash: string, width: number) =>
  join(ctx.config.dataDir, 'images', 'served', hash.slice(0, 2), `${hash}-${width}.webp`)

/** Keeps a picture once under its SHA-256, the file before the row. Throws InputError for what is no acceptable picture; `name` stands in that sentence. */
export async function storeImage(ctx: Context, bytes: Uint8Array, name = 'the picture'): Promise<StoredImage> {
  const hash = sha256(bytes)
  const [known] = await ctx.db.select().from(images).where(eq(images.sha256, hash))
  if (known) return known
  const facts = await decoded('inspect', bytes, { name })
  await writeWhole(originalPath(ctx, hash), bytes)
  const row = { sha256: hash, ...facts, imageBytes: bytes.length }
  const [stored] = await ctx.db.insert(images).values(row).onConflictDoNothing().returning()
  return stored ?? (await describeImage(ctx, hash))
}

/** A picture of an example as it is sent: with its boxes drawn, else untouched. Throws InputError for what cannot be drawn on. */
export async function sentPicture({ bytes, overlays = [], source }: ImagePart): Promise<Uint8Array> {
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
  const rows = await ctx.db.select().from(images).where(inArray(images.sha256, hashes))
  return new Map(rows.map((row) => [row.sha256, row]))
}

/** The bytes as they came. Throws image-missing when the row or its file is gone, and says which. */
async function readImage(ctx: Context, hash: string): Promise<{ bytes: Buffer; mediaType: string }> {
  const image = await describeImage(ctx, hash)
  return { bytes: await readImageBytes(ctx, image), mediaType: image.mediaType }
}

/** The bytes of a picture that was described before, without another query: for model calls. Throws image-missing. */
export async function readImageBytes(ctx: Context, { sha256: hash }: Pick<StoredImage, 'sha256'>): Promise<Buffer> {
  try {
    return await readFile(originalPath(ctx, hash))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw imageMissing(`The file of picture ${hash.slice(0, 12)} is gone from the data folder; import it again`)
  }
}

const servedWidths = [640, 1280, 2560] as const

/** A re-encoded copy without metadata, at most as wide as the next of 640, 1280 and 2560 px; made once and kept. */
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
