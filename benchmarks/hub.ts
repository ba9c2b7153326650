import { z } from 'zod'
import type { DataFiles, ImagePart } from './benchmark.ts'

/** A picture as the hub's parquet keeps it; our official layouts hand it over in the same shape. */
export const hubImage = z
  .object({ bytes: z.instanceof(Uint8Array), path: z.string().nullish() })
  .transform(({ bytes, path }): ImagePart => ({ kind: 'image', bytes, path: path ?? null }))

/** Names that the hub's parquet files of a split have: `test-00000-of-00002.parquet`, `test.parquet`, `test/0000.parquet`. */
export function hubFileNames(split: string): RegExp {
  return new RegExp(`(?:^|/)${split}(?:-[^/]*|/[^/]*)?\\.parquet$`)
}

/** The rows of a split in the hub's parquet files. */
export async function* hubRows(
  files: DataFiles,
  split: string,
  columns?: string[],
): AsyncIterable<Record<string, unknown>> {
  const parquet = hubFileNames(split === 'val' ? '(?:val|validation)' : split)
  for (const name of files.names.filter((name) => parquet.test(name))) yield* files.parquet(name, columns)
}
