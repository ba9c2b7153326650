import { expect, test } from 'vitest'
import type { TryOut } from '#server/battles/schema.ts'
import type { LinkOffer } from '#server/links/schema.ts'
import { meaningOfChange, type ChangedStudy } from '#server/studies/meaning-of-change.ts'
import type { ChangeMeaning, Study } from '#server/studies/schema.ts'
import { arena } from '../../support/arena.ts'

const study: ChangedStudy = {
  status: 'open',
  models: 3,
  votes: 7,
  name: 'One',
  pool: 'pool',
  licence: 'CC0',
  pointsShown: true,
  followUp: 'nothing',
  language: 'browser',
  quotaPerPair: 10,
  sessionGoal: 100,
  goldShare: 0,
  trainingItems: 0,
  trainingBar: 8,
  trainingTries: 3,
  trainingFor: 'new',
  drawing: 'even',
  overlapShare: 0,
  overlapRaters: 3,
  leaseSeconds: 600,
  leastCardSeconds: 1,
  guidelines: 'Old.',
  consent: 'Old.',
  contact: '',
  pay: '',
  sittingMinutes: 0,
}

test('a change says what it means for votes, quotas and raters', () => {
  expect(meaningOfChange(study, { quotaPerPair: 12 })).toEqual([
    'Each of 3 pairs takes 2 votes more: 6 in all. The 7 votes stay.',
  ])
  expect(meaningOfChange(study, { quotaPerPair: 4 })[0]).toMatch(/has 4 votes gets no more.*beyond the new quota/)
  expect(meaningOfChange(study, { pointsShown: false, consent: 'New.' })).toHaveLength(2)
  expect(meaningOfChange(study, { overlapShare: 0.05, overlapRaters: 4 })).toEqual([
    '5 % of the battles drawn from now on go to 4 raters each. All of their votes count, within the quotas.',
    'Battles that are planned for several raters from now on go to 4. Those that are planned stay as they are.',
  ])
  expect(meaningOfChange(study, { drawing: 'adaptive' })[0]).toMatch(/by what a vote on each is worth/)
  expect(meaningOfChange({ ...study, goldShare: 0.1 }, { goldShare: 0 })[0]).toMatch(/No rater is given gold/)
  expect(meaningOfChange(study, { quotaPerPair: 10, name: 'One' })).toEqual([])
  expect(meaningOfChange({ ...study, status: 'draft' }, { quotaPerPair: 4 })).toEqual([
    'Nobody has been asked anything yet: nothing else changes.',
  ])
})

test('a change is explained without being made, then made and audited; a vote keeps its version of the guidelines', async () => {
  const { app, ctx, asAdmin, asRater, study } = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }] })
  const url = `/api/v1/studies/${study.slug}`
  const change = { quotaPerPair: 460, guidelines: 'Read twice.' }
  const told = (await asAdmin.post(`${url}/changes/meaning`, change)).json<ChangeMeaning>()
  expect(told.sentences).toHaveLength(2)
  expect((await asAdmin.get(url)).json<Study>().quotaPerPair).toBe(450)
  await asRater.cast((await asRater.lease()).cards[0]!, 'tie')
  const patch = (payload: object, { cookie } = asAdmin) =>
    app.inject({ method: 'PATCH', url, payload, headers: { cookie } })
  expect((await patch(change)).json()).toMatchObject(change)
  await patch(change)
  expect((await patch({ quotaPerPair: 0 })).statusCode).toBe(400)
  expect((await patch(change, asRater)).statusCode).toBe(403)
  await asRater.cast((await asRater.lease()).cards[0]!, 'tie')
  expect(await ctx.sql`select guidelines_version as version from votes order by id`).toEqual([
    { version: 1 },
    { version: 2 },
  ])
  const audited = await ctx.sql`select detail from audit_events where action = 'study.changed'`
  expect(audited).toEqual([{ detail: { quotaPerPair: '450 to 460', guidelines: 'changed' } }])
})

test('where a study has no texts of its own, its page and its raters are shown the same built-in ones', async () => {
  const { ctx, asAdmin, anonymous, study } = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }] })
  await ctx.sql`update studies set guidelines = '', consent = ''`
  const url = `/api/v1/studies/${study.slug}`
  const shown = (await asAdmin.get(url)).json<Study>()
  const made = (await asAdmin.post(`${url}/links`, {})).json<{ url: string }>()
  const offer = (await anonymous.get(`/api/v1/links/${made.url.split('/').at(-1)}`)).json<LinkOffer>()
  expect(shown.consent).toMatch(/^You will compare answers/)
  expect(shown.guidelines).toMatch(/^Read the question/)
  expect(offer.study).toMatchObject({ guidelines: shown.guidelines, consent: shown.consent })
  const tried = (await asAdmin.get(`${url}/try-out`)).json<TryOut>()
  expect(tried.guidelines).toBe(shown.guidelines)
})
