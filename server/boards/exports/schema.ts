import { z } from 'zod'
import { shapes } from '#server/core/schema.ts'
import { QueryCategory } from '#server/queries/categories/schema.ts'
import { Board, BoardQuery, BoardRow } from '../schema.ts'

export const SnapshotQuery = BoardQuery.extend({
  /** The last id of the page before. */
  before: z.uuid().optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
})
export type SnapshotQuery = z.infer<typeof SnapshotQuery>

const StoredSnapshot = Board.shape.snapshot.unwrap()

/** A board's history, newest first. */
export const SnapshotList = z
  .object({
    snapshots: z.array(
      StoredSnapshot.pick({
        id: true,
        createdAt: true,
        votesUsed: true,
        raters: true,
        method: true,
        codeVersion: true,
        dataHash: true,
      }).extend({ category: QueryCategory.nullable() }),
    ),
    /** Hand back as `before` for the next page; null on the last. */
    next: z.uuid().nullable(),
  })
  .register(shapes, { id: 'SnapshotList' })
export type SnapshotList = z.infer<typeof SnapshotList>

/** A board as one snapshot gave it; it stays as it is. */
export const Snapshot = Board.pick({ study: true, category: true })
  .extend({
    snapshot: StoredSnapshot,
    rows: z.array(BoardRow.omit({ scores: true, average: true })),
    /** The newest snapshot of the same board: another id means that it has moved on. */
    newest: z.uuid(),
    /** Path of the page that shows it. */
    address: z.string(),
    citation: z.string(),
    /** Of the votes. */
    licence: z.string(),
    /** Where the zip with the votes is; null for those who may not have it yet. */
    archive: z.string().nullable(),
  })
  .register(shapes, { id: 'Snapshot' })
export type Snapshot = z.infer<typeof Snapshot>

export const ExportQuery = BoardQuery.extend({
  format: z.enum([
    'csv',
    'json',
    'votes-jsonl',
    'votes-parquet',
    'battles',
    'arena-jsonl',
    'arena-parquet',
    'dpo',
    'data-card',
    'methods',
  ]),
})
export type ExportQuery = z.infer<typeof ExportQuery>
