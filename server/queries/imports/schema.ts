import { z } from 'zod'
import { shapes } from '#server/core/schema.ts'
import { QueryCategory } from '../categories/schema.ts'

/** What rows have that do not say it themselves. */
export const RowDefaults = z.object({
  category: QueryCategory.default('general'),
  language: z.string().trim().min(1).max(100).default('en'),
  licence: z.string().trim().max(500).default(''),
  source: z.string().trim().max(500).default(''),
  /** Asked about each picture that has no question of its own. */
  question: z.string().trim().max(10_000).default(''),
})
export type RowDefaults = z.infer<typeof RowDefaults>

/**
 * `uploading`: files may still come. `waiting`: it begins in a moment. `refused`: rows are bad, so nothing is in the pool
 * until a person has the good ones added. `failed`: the files cannot be read. `finished`: the good rows are in the pool.
 */
export const ImportState = z
  .enum(['uploading', 'waiting', 'running', 'stopped', 'refused', 'failed', 'finished'])
  .register(shapes, { id: 'ImportState' })
export type ImportState = z.infer<typeof ImportState>

export const QueryImport = z
  .object({
    id: z.uuid(),
    pool: z.string(),
    name: z.string(),
    /** The data set of the hub that it reads; null: uploaded files. */
    hubSource: z.string().nullable(),
    /** Of the hub's files: how much is here, and how much there is. */
    fetchedBytes: z.number().int(),
    totalBytes: z.number().int(),
    state: ImportState,
    rowsRead: z.number().int(),
    added: z.number().int(),
    known: z.number().int(),
    bad: z.number().int(),
    /** Why it failed, in words. */
    reason: z.string().nullable(),
    createdAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
  })
  .register(shapes, { id: 'QueryImport' })
export type QueryImport = z.infer<typeof QueryImport>

export const NewImport = z
  .object({
    name: z.string().trim().min(1).max(200),
    defaults: RowDefaults.prefault({}),
    /** `hf://datasets/OWNER/NAME[@REVISION][/PATH]` or `OWNER/NAME`: read from the hub, so that nothing is uploaded. */
    hubSource: z.string().trim().min(1).max(800).optional(),
  })
  .register(shapes, { id: 'NewImport' })
export type NewImport = z.infer<typeof NewImport>

export const ImportStart = z
  .object({
    /** Adds what is good although some rows are bad. */
    skipBad: z.boolean().default(false),
  })
  .register(shapes, { id: 'ImportStart' })

export const ImportAddress = z.object({ id: z.uuid() })

/** A piece of a file goes to this place of it; a name holds no folder. */
export const FileAddress = ImportAddress.extend({
  file: z
    .string()
    .max(180)
    // eslint-disable-next-line no-control-regex -- what has no place in a name
    .regex(/^(?!\.)[^/\\\x00-\x1f]+$/, 'must be the name of a file, without a folder'),
})
export const FilePlace = z.object({
  offset: z.coerce.number<string | number>().int().min(0).max(Number.MAX_SAFE_INTEGER),
})

export const UploadedBytes = z.object({ bytes: z.number().int() }).register(shapes, { id: 'UploadedBytes' })

/** Rows that cannot become a query, and why: the first thousand. */
export const BadRows = z
  .object({ rows: z.array(z.object({ file: z.string(), row: z.number().int(), reason: z.string() })) })
  .register(shapes, { id: 'BadRows' })
export type BadRows = z.infer<typeof BadRows>
