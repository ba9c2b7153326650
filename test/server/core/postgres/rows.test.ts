import { tmpdir } from 'node:os'
import { beforeAll, describe, expect, expectTypeOf, test } from 'vitest'
import { votes } from '#drizzle/schema/battles.ts'
import { links } from '#drizzle/schema/links.ts'
import { predictions } from '#drizzle/schema/runs.ts'
import type { Context } from '#server/core/context.ts'
import {
  flag,
  fraction,
  listOf,
  orNull,
  present,
  rowsInBatches,
  rowsOf,
  rowsWithin,
  whole,
  words,
} from '#server/core/postgres/rows.ts'
import { contextOn } from '../../../support/arena.ts'
import { testDatabase } from '../../../support/database.ts'

let ctx: Context
beforeAll(async () => {
  ctx = contextOn(await testDatabase(), tmpdir()).ctx
})

const instant = '2026-11-27 05:31:08.123456+00'

describe('rowsOf', () => {
  test('gives columns as Drizzle does, and types them as their tables say', async () => {
    const shape = { id: votes.id, castAt: votes.castAt, verdict: votes.verdict, dwellMs: votes.dwellMs }
    const rows = await rowsOf(ctx, shape)`
      select 7::bigint as id, ${instant}::text::timestamptz as "castAt", 'tie'::verdict as verdict, null as "dwellMs"`
    expect(rows).toEqual([{ id: 7, castAt: new Date('2026-11-27T05:31:08.123Z'), verdict: 'tie', dwellMs: null }])
    type Verdict = 'model_a' | 'model_b' | 'tie' | 'both_bad' | 'unsure'
    expectTypeOf(rows).toEqualTypeOf<{ id: number; castAt: Date; verdict: Verdict; dwellMs: number | null }[]>()
  })

  test('leaves JSON as it was stored: the text "1" is no number', async () => {
    const rows = await rowsOf(ctx, { gold: predictions.gold })`select '"1"'::jsonb as gold`
    expect(rows).toEqual([{ gold: '1' }])
  })

  test('reads what a statement computes', async () => {
    const shape = {
      count: whole,
      share: fraction,
      known: flag,
      at: words,
      none: orNull(whole),
      ids: listOf(votes.id),
      cast: rowsWithin({ castAt: votes.castAt, votes: whole }),
    }
    const rows = await rowsOf(ctx, shape)`
      select count(*) as count, 0.5::float8 as share, true as known, ${instant}::text::timestamptz as at, null as none,
        array[1, 2]::bigint[] as ids,
        (select json_agg(c) from (select ${instant}::text::timestamptz as "castAt", 3 as votes) c) as cast`
    expect(rows).toEqual([
      {
        count: 1,
        share: 0.5,
        known: true,
        at: instant,
        none: null,
        ids: [1, 2],
        cast: [{ castAt: new Date('2026-11-27T05:31:08.123Z'), votes: 3 }],
      },
    ])
  })

  test('refuses a name that its shape lacks and one that its statement lacks, even where no row comes', async () => {
    const misspelt = rowsOf(ctx, { studyId: votes.studyId })`select study_id as "studyld" from votes`
    await expect(misspelt).rejects.toThrow('A statement gives studyld; its rows are read as studyId')
    const lacking = rowsOf(ctx, { id: votes.id, late: votes.late })`select id from votes`
    await expect(lacking).rejects.toThrow('A statement gives id; its rows are read as id, late')
    const beyond = rowsOf(ctx, { id: votes.id })`select id, late from votes`
    await expect(beyond).rejects.toThrow('A statement gives id, late; its rows are read as id')
  })

  test('refuses null where the column has none, unless the statement may lack the row', async () => {
    const lacking = rowsOf(ctx, { id: votes.id })`select null::bigint as id`
    await expect(lacking).rejects.toThrow('A statement gives null where its row has what the column id holds')
    expect(await rowsOf(ctx, { id: orNull(votes.id) })`select null::bigint as id`).toEqual([{ id: null }])
  })

  test('refuses null in a column that may have it where the statement leaves none', async () => {
    const rows = await rowsOf(ctx, { studyId: present(links.studyId) })`select gen_random_uuid() as "studyId"`
    expectTypeOf(rows).toEqualTypeOf<{ studyId: string }[]>()
    const empty = rowsOf(ctx, { studyId: present(links.studyId) })`select null::uuid as "studyId"`
    await expect(empty).rejects.toThrow('A statement gives null where its row has a value')
  })

  test.each([
    ['a sum beyond whole numbers', whole, '9007199254740992'],
    ['no number', whole, "''"],
    ['half a number', whole, '0.5::float8'],
    ['text as a number', fraction, "'1'"],
    ['a number as text', words, '1'],
    ['a number for yes or no', flag, '1'],
    ['one for a list', listOf(whole), '1'],
    ['one row for many', rowsWithin({ id: whole }), `'{"id": 1}'::json`],
    ['rows within that lack a name', rowsWithin({ id: whole }), `'[{"no": 1}]'::json`],
  ])('refuses %s', async (_, reader, value) => {
    await expect(rowsOf(ctx, { value: reader })`select ${ctx.sql.unsafe(value)} as value`).rejects.toThrow(TypeError)
  })
})

describe('rowsInBatches', () => {
  test('gives all rows in their order, so many at a time', async () => {
    const batches: { id: number }[][] = []
    const statement = rowsInBatches(ctx, { id: votes.id }, 2)`select generate_series(1, 5)::bigint as id`
    for await (const rows of statement) batches.push(rows)
    expect(batches).toEqual([[{ id: 1 }, { id: 2 }], [{ id: 3 }, { id: 4 }], [{ id: 5 }]])
  })

  test('gives no batch where there is no row, and refuses names that are not its own', async () => {
    const batches: unknown[] = []
    for await (const rows of rowsInBatches(ctx, { id: votes.id }, 2)`select id from votes`) batches.push(rows)
    expect(batches).toEqual([])
    const misspelt = rowsInBatches(ctx, { id: votes.id }, 2)`select 1 as ld`
    await expect(misspelt.next()).rejects.toThrow('A statement gives ld; its rows are read as id')
  })
})
