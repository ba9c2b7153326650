import { expect, test } from 'vitest'
import type { Context } from '#server/core/context.ts'
import { Problem } from '#server/core/problem.ts'
import { findBlindStudy, readMe, requireEnrolment } from '#server/raters/service.ts'
import { arena } from '../../support/arena.ts'
import { join, newPerson, openAnother } from '../../support/people.ts'

/** 'welcome', or the short name of what is said instead. */
async function mayRate(ctx: Context, slug: string): Promise<string> {
  try {
    const { study, raterId } = await requireEnrolment(ctx, slug)
    const [rater] = await ctx.sql<{ personId: string }[]>`
      select person_id as "personId" from raters where id = ${raterId}`
    expect(study.slug).toBe(slug)
    expect(ctx.actor).toMatchObject(rater!)
    return 'welcome'
  } catch (error) {
    if (error instanceof Problem) return error.type.replace('/problems/', '')
    throw error
  }
}

const myStudies = async (ctx: Context) => (await readMe(ctx)).studies.map(({ slug }) => slug)

test('only who joined a study may rate in it', async () => {
  const { ctx, study } = await arena()
  await openAnother(ctx, 'Other')
  const [rater, stranger, researcher] = [await newPerson(ctx), await newPerson(ctx), await newPerson(ctx, 'researcher')]
  await join(rater, study.id)
  expect(await mayRate(rater, study.slug)).toBe('welcome')
  expect(await mayRate(rater, 'other')).toBe('not-enrolled')
  expect(await mayRate(rater, 'none')).toBe('not-found')
  expect(await mayRate(stranger, study.slug)).toBe('not-enrolled')
  expect(await mayRate(researcher, study.slug)).toBe('not-enrolled')
  expect(await mayRate({ ...ctx, actor: { kind: 'anonymous' } }, study.slug)).toBe('sign-in-needed')
})

test('whoever runs the arena tries a sample study without an invitation; a rater of another study does not', async () => {
  const { ctx, study } = await arena()
  await openAnother(ctx, 'Tour', { sample: true })
  const [rater, researcher] = [await newPerson(ctx), await newPerson(ctx, 'researcher')]
  await join(rater, study.id)
  expect(await mayRate(rater, 'tour')).toBe('not-enrolled')
  expect(await myStudies(rater)).toEqual([study.slug])
  expect(await myStudies(researcher)).toEqual(['tour'])
  expect(await mayRate(researcher, 'tour')).toBe('welcome')
  expect(await mayRate(researcher, 'tour')).toBe('welcome')
  const staff = await ctx.sql`
    select cohort from enrolments e join studies s on s.id = e.study_id where s.sample`
  expect(staff).toEqual([{ cohort: 'staff' }])
})

test('a study that has not begun or is over takes no verdicts and is on nobody’s list', async () => {
  const { ctx, study } = await arena()
  const rater = await newPerson(ctx)
  await join(rater, study.id)
  await ctx.sql`update studies set status = 'draft'`
  expect(await mayRate(rater, study.slug)).toBe('not-allowed')
  expect(await myStudies(rater)).toEqual([])
  await ctx.sql`update studies set status = 'closed'`
  expect(await mayRate(rater, study.slug)).toBe('study-over')
  expect(await myStudies(rater)).toEqual([])
})

test('a rater who is paused in one study stops there alone', async () => {
  const { ctx, study } = await arena()
  const second = await openAnother(ctx, 'Second')
  const [paused, other] = [await newPerson(ctx), await newPerson(ctx)]
  for (const { id } of [study, second]) await join(paused, id)
  await join(other, study.id)
  await ctx.sql`
    update enrolments e set paused_at = now() from raters r
    where r.id = e.rater_id and r.person_id = ${paused.actor.kind === 'person' ? paused.actor.personId : ''}
      and e.study_id = ${study.id}`
  expect(await mayRate(paused, study.slug)).toBe('rater-paused')
  expect(await mayRate(paused, second.slug)).toBe('welcome')
  expect(await myStudies(paused)).toEqual([second.slug])
  expect(await mayRate(other, study.slug)).toBe('welcome')
})

test('after the conditions have changed nobody rates before agreeing to the new ones', async () => {
  const { ctx, study } = await arena()
  const rater = await newPerson(ctx)
  await join(rater, study.id)
  expect((await readMe(rater)).studies).toEqual([
    { slug: study.slug, name: study.name, language: 'browser', consented: true },
  ])
  await ctx.sql`update studies set consent = 'Votes are published.', consent_version = 2`
  expect(await mayRate(rater, study.slug)).toBe('consent-needed')
  expect((await readMe(rater)).studies).toMatchObject([{ consented: false }])
  await join(rater, study.id)
  expect(await mayRate(rater, study.slug)).toBe('welcome')
  expect((await readMe(rater)).studies).toMatchObject([{ consented: true }])
})

test('a study whose conditions were dropped asks nobody to agree again', async () => {
  const { ctx, study } = await arena()
  const rater = await newPerson(ctx)
  await join(rater, study.id)
  await ctx.sql`update studies set consent = '', consent_version = 2`
  expect(await mayRate(rater, study.slug)).toBe('welcome')
})

test('one’s own studies are listed, the one joined last first, then the sample', async () => {
  const { ctx, study } = await arena()
  const [later, sample] = [await openAnother(ctx, 'A later one'), await openAnother(ctx, 'A sample', { sample: true })]
  const member = await newPerson(ctx, 'team')
  await join(member, later.id)
  await join(await newPerson(ctx), study.id)
  expect(await myStudies(member)).toEqual([later.slug, sample.slug])
  await join(member, study.id)
  expect(await myStudies(member)).toEqual([study.slug, later.slug, sample.slug])
})

const blindIn = ['rater', 'team', 'researcher'] as const

test('SEC-47: whoever has a place in an open study is blind, whatever the role, and paused too', async () => {
  const { ctx, study } = await arena()
  const idle = await newPerson(ctx)
  const people = await Promise.all(blindIn.map((role) => newPerson(ctx, role)))
  for (const person of people) {
    expect(await findBlindStudy(person)).toBeUndefined()
    await join(person, study.id)
    expect(await findBlindStudy(person)).toBe(study.name)
  }
  await ctx.sql`update enrolments set paused_at = now()`
  for (const person of people) expect(await findBlindStudy(person)).toBe(study.name)
  for (const person of [idle, ctx]) expect(await findBlindStudy(person)).toBeUndefined()
  await ctx.sql`insert into rater_exclusions (study_id, rater_id, reason, at) select study_id, rater_id, 'other', now() from enrolments`
  expect(await Promise.all(people.map((person) => findBlindStudy(person)))).toEqual([study.name, undefined, undefined])
  await ctx.sql`update rater_exclusions set undone_at = now()`
  for (const person of people) expect(await findBlindStudy(person)).toBe(study.name)
  await ctx.sql`update studies set status = 'closed'`
  for (const person of people) expect(await findBlindStudy(person)).toBeUndefined()
})

test('whoever runs the arena rates in no study but a sample, by its link either', async () => {
  const { ctx, study } = await arena()
  const admin = await newPerson(ctx, 'admin')
  await expect(join(admin, study.id)).rejects.toMatchObject({ type: '/problems/operators-try' })
  expect(await mayRate(admin, study.slug)).toBe('not-enrolled')
  expect(await ctx.sql`select 1 from links where uses > 0 and role = 'rater'`).toHaveLength(1)
  const tour = await openAnother(ctx, 'Tour', { sample: true })
  expect(await mayRate(admin, tour.slug)).toBe('welcome')
  expect(await findBlindStudy(admin)).toBeUndefined()
})
