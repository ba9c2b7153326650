import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { models } from '#drizzle/schema/models.ts'
import type { Context } from '#server/core/context.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { contextOn } from '../../support/arena.ts'
import { testDatabase } from '../../support/database.ts'

const newContext = async () => contextOn(await testDatabase(), tmpdir()).ctx

async function addModel({ sql }: Context, slug: string): Promise<void> {
  await sql`insert into models (slug, name) values (${slug}, ${slug})`
}

async function slugs({ db }: Context): Promise<string[]> {
  const rows = await db.select({ slug: models.slug }).from(models).orderBy(models.slug)
  return rows.map(({ slug }) => slug)
}

test('what SQL and Drizzle write with the context is kept together', async () => {
  const ctx = await newContext()
  const result = await inTransaction(ctx, async (own) => {
    await addModel(own, 'a')
    await own.db.insert(models).values({ slug: 'b', name: 'b' })
    expect(await slugs(own)).toEqual(['a', 'b'])
    expect(await slugs(ctx)).toEqual([])
    return 'done'
  })
  expect(result).toBe('done')
  expect(await slugs(ctx)).toEqual(['a', 'b'])
})

test('what throws leaves nothing, neither of SQL nor of Drizzle nor of a transaction within', async () => {
  const ctx = await newContext()
  const work = inTransaction(ctx, async (own) => {
    await addModel(own, 'a')
    await own.db.insert(models).values({ slug: 'b', name: 'b' })
    await inTransaction(own, (inner) => addModel(inner, 'c'))
    throw new Error('no')
  })
  await expect(work).rejects.toThrow('no')
  expect(await slugs(ctx)).toEqual([])
})

test('a transaction that only reads writes nothing', async () => {
  const ctx = await newContext()
  await expect(inTransaction(ctx, (own) => addModel(own, 'a'), 'read only')).rejects.toThrow('read-only')
  expect(await slugs(ctx)).toEqual([])
})
