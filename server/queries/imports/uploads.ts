import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '#server/core/context.ts'
import { defineProblem, InputError } from '#server/core/problem.ts'

export const uploadGap = defineProblem('upload-gap', 409, 'A piece of this file is missing')

const mostFiles = 2_000
const mostBytes = 20 * 1024 ** 3

/** The folder of an import's uploaded files. */
export const uploadFolder = ({ config }: Context, importId: string) => join(config.dataDir, 'uploads', importId)

/**
 * Writes a piece of an uploaded file at its place and returns how many bytes of the file are here; a piece may come
 * again. Throws upload-gap with that number where pieces before it are missing, and InputError past 2,000 files or 20 GB.
 */
export async function keepPiece(
  ctx: Context,
  importId: string,
  file: string,
  offset: number,
  piece: Uint8Array,
): Promise<number> {
  const folder = uploadFolder(ctx, importId)
  await mkdir(folder, { recursive: true })
  const path = join(folder, file)
  const here = (await stat(path).catch(() => null))?.size ?? null
  if (offset > (here ?? 0)) throw uploadGap(`Go on at byte ${here ?? 0}`, { bytes: here ?? 0 })
  if (here === null) await requireRoom(folder)
  if (offset + piece.length > mostBytes) throw tooMuch()
  await using opened = await open(path, here === null ? 'w' : 'r+')
  await opened.write(piece, 0, piece.length, offset)
  return Math.max(here ?? 0, offset + piece.length)
}

async function requireRoom(folder: string) {
  const names = await readdir(folder)
  if (names.length >= mostFiles)
    throw new InputError('There are 2,000 files already; put more pictures into a zip file.')
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size))
  if (sizes.reduce((sum, size) => sum + size, 0) > mostBytes) throw tooMuch()
}

const tooMuch = () => new InputError('This is more than 20 GB; import it in parts, or by arena queries import.')

/** Deletes what was uploaded for an import. */
export async function dropUploads(ctx: Context, importId: string): Promise<void> {
  await rm(uploadFolder(ctx, importId), { recursive: true, force: true })
}
