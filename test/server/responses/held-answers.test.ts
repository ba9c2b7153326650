import { expect, test } from 'vitest'
import type { HeldPage } from '#server/responses/schema.ts'
import { arena } from '../../support/arena.ts'

async function withHeld() {
  const house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 6 })
  await house.ctx.sql`
    update responses set status = 'held', held_reason = case when model_id = ${house.modelIds[0]!} then 'names Ann' else 'names Ben' end`
  const url = `/api/v1/studies/${house.study.slug}/held-answers`
  const page = async (query = '') => (await house.asAdmin.get(`${url}${query}`)).json<HeldPage>()
  const decide = (decision: string, which: object) => house.asAdmin.post(`${url}/decisions`, { decision, which })
  return { ...house, page, decide }
}

test('held answers come oldest first, in pages, each once', async () => {
  const { page } = await withHeld()
  const seen: string[] = []
  for (let next: string | null = ''; next !== null;) {
    const found = await page(`?limit=5${next === '' ? '' : `&after=${next}`}`)
    expect(found.total).toBe(12)
    seen.push(...found.answers.map(({ id }) => id))
    next = found.next
  }
  expect(new Set(seen).size).toBe(12)
  expect(seen).toHaveLength(12)
})

test('all with one reason are released at once, and raters are given them; others wait on', async () => {
  const { page, decide, asRater, ctx, modelIds } = await withHeld()
  expect((await asRater.lease(1)).cards).toEqual([])
  expect((await decide('release', { all: true, reason: 'names Ann' })).json()).toEqual({ changed: 6 })
  expect((await page()).answers.map(({ reason }) => reason)).toEqual(Array(6).fill('names Ben'))
  expect(await ctx.sql`select distinct model_id as id from responses where status = 'ready'`).toEqual([
    { id: modelIds[0] },
  ])
  expect((await decide('release', { all: true })).json()).toEqual({ changed: 6 })
  expect((await asRater.lease(1)).cards).toHaveLength(1)
})

test('a dropped answer is shown to nobody, can be held again and then released; an empty one cannot be released', async () => {
  const { page, decide, ctx } = await withHeld()
  const [first, second] = (await page()).answers
  const ids = [first!.id]
  expect((await decide('drop', { ids })).json()).toEqual({ changed: 1 })
  expect((await decide('drop', { ids })).json(), 'again').toEqual({ changed: 0 })
  expect((await page('?state=dropped')).answers).toMatchObject([{ id: first!.id, state: 'dropped' }])
  expect((await decide('hold', { ids })).json()).toEqual({ changed: 1 })
  expect((await page()).total).toBe(12)
  await ctx.sql`update responses set text = ' ' where id = ${second!.id}`
  expect((await decide('release', { ids: [...ids, second!.id] })).json()).toEqual({ changed: 1 })
  const actions = await ctx.sql<
    { action: string }[]
  >`select action from audit_events where action like 'answers.%' order by id`
  expect(actions.map(({ action }) => action)).toEqual([
    'answers.drop',
    'answers.drop',
    'answers.hold',
    'answers.release',
  ])
})

test('what is decided belongs to the study that was named', async () => {
  const { page, ctx, decide } = await withHeld()
  const [one] = (await page()).answers
  await ctx.sql`update responses set status = 'ready' where id = ${one!.id}`
  expect((await decide('drop', { ids: [one!.id] })).json(), 'one that is shown is not dropped from here').toEqual({
    changed: 0,
  })
})
