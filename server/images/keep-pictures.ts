import { randomUUID } from 'node:crypto'
import { isAbsolute, join, relative } from 'node:path'
import { images } from '#drizzle/schema/images.ts'
import type { Context } from '../core/context.ts'
import { rowsOf } from '../core/postgres/rows.ts'
import { untilRoom, writeWhole } from '../core/whole-file.ts'
import type { ImageFacts } from '../formats/image-header.ts'

/** A picture that was read and measured, with its name here. */
export interface NewPicture extends ImageFacts {
  sha256: string
  bytes: Uint8Array
  /** The absolute path of the file in which it lies whole and alone; null: nowhere. */
  file: string | null
}

interface Placed extends NewPicture {
  place: string
  offset: number
}

/**
 * Keeps pictures, many in one statement. One that lies in the data folder is left there, and so is one elsewhere where
 * `elsewhere` allows it: its place is written down, and when it moved, the new one. Of the others those that are new are
 * packed into one file in the data folder, the file before the rows.
 */
export async function keepPictures(
  ctx: Context,
  pictures: NewPicture[],
  { elsewhere }: { elsewhere: boolean },
): Promise<void> {
  const different = [...new Map(pictures.map((picture) => [picture.sha256, picture])).values()]
  const lying: Placed[] = []
  const loose: NewPicture[] = []
  for (const picture of different) {
    const place = placeOf(ctx, picture.file, elsewhere)
    if (place === null) loose.push(picture)
    else lying.push({ ...picture, place, offset: 0 })
  }
  await note(ctx, [...lying, ...(await pack(ctx, await unknownOf(ctx, loose)))])
}

/** How a place is written down: within the data folder as the path there. Null: it has none that may be used. */
function placeOf({ config }: Context, file: string | null, elsewhere: boolean): string | null {
  if (file === null) return null
  const within = relative(config.dataDir, file)
  if (!within.startsWith('..') && !isAbsolute(within)) return within
  return elsewhere ? file : null
}

/** Pictures that are not kept yet, or only at a place on one machine. */
async function unknownOf(ctx: Context, pictures: NewPicture[]): Promise<NewPicture[]> {
  if (pictures.length === 0) return []
  const rows = await rowsOf(ctx, { sha256: images.sha256 })`
    select sha256 from images where sha256 = any(${pictures.map(({ sha256 }) => sha256)}::text[])
      and (file is null or file not like '/%')`
  const known = new Set(rows.map(({ sha256 }) => sha256))
  return pictures.filter(({ sha256 }) => !known.has(sha256))
}

async function pack(ctx: Context, pictures: NewPicture[]): Promise<Placed[]> {
  if (pictures.length === 0) return []
  const name = randomUUID()
  const place = join('images', 'packs', name.slice(0, 2), name)
  const { dataDir } = ctx.config
  const packed = Buffer.concat(pictures.map(({ bytes }) => bytes))
  await untilRoom(ctx, dataDir, () => writeWhole(join(dataDir, place), packed))
  let offset = 0
  return pictures.map((picture) => {
    const begins = offset
    offset += picture.bytes.length
    return { ...picture, place, offset: begins }
  })
}

/** A place in the data folder is never given up for one elsewhere. */
async function note({ sql }: Context, pictures: Placed[]): Promise<void> {
  if (pictures.length === 0) return
  const column = <Value>(read: (picture: Placed) => Value) => pictures.map(read)
  await sql`
    insert into images (sha256, media_type, width, height, image_bytes, file, file_offset)
    select * from unnest(${column(({ sha256 }) => sha256)}::text[], ${column(({ mediaType }) => mediaType)}::text[],
      ${column(({ width }) => width)}::int[], ${column(({ height }) => height)}::int[],
      ${column(({ bytes }) => bytes.length)}::int[], ${column(({ place }) => place)}::text[],
      ${column(({ offset }) => offset)}::bigint[])
    on conflict (sha256) do update set file = excluded.file, file_offset = excluded.file_offset
    where images.file like '/%' and images.file <> excluded.file`
}
