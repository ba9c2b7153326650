import { expect, test } from 'vitest'
import type { Verdict } from '#server/battles/schema.ts'
import type { TrainingPreview, TrainingResults, TrainingStep } from '#server/battles/training/schema.ts'
import type { RaterList } from '#server/boards/raters/schema.ts'
import type { OwnPlace, PanelAddress } from '#server/raters/panels/schema.ts'
import type { ChangeMeaning } from '#server/studies/schema.ts'
import { addGold } from '#server/battles/gold/gold-items.ts'
import { arena, visitor, type Arena, type Visitor } from '../../../support/arena.ts'
import { madeUpItem } from '../../../support/gold.ts'
import { recount } from '../../../support/vote-checker.ts'

const models = ['Ann', 'Ben'].map((name) => ({ name }))
const response = (m: number, q: number) => `Answer ${m} to question ${q}.`
const study = { trainingItems: 3, trainingBar: 2, trainingTries: 2, trainingFor: 'new' as const }

/** A study with a training of three items a round, of so many. */
async function house(items = 6, options: Parameters<typeof arena>[0] = {}) {
  const made = await arena({ models, response, queries: 12, study, ...options })
  for (let q = 0; q < items; q++)
    await addGold(made.ctx, made.study.slug, { ...madeUpItem(q), note: `Question ${q} asks for it.`, use: 'training' })
  return { ...made, url: `/api/v1/studies/${made.study.slug}` }
}

const stepOf = async ({ url }: { url: string }, who: Visitor) =>
  (await who.post(`${url}/training`, {})).json<TrainingStep>()
const begin = async ({ url }: { url: string }, who: Visitor) =>
  (await who.post(`${url}/training/rounds`, {})).json<TrainingStep>()
const judge = async (who: Visitor, { card }: TrainingStep, verdict: Verdict) =>
  (await who.post(`/api/v1/training-cards/${card!.battleId}/verdict`, { verdict, dwellMs: 2_000 })).json<TrainingStep>()
const next = async (who: Visitor, { card }: TrainingStep) =>
  (await who.post(`/api/v1/training-cards/${card!.battleId}/next`, {})).json<TrainingStep>()

const rightOf = ({ card }: TrainingStep): Verdict =>
  card!.answerA.text.startsWith('Something') ? 'model_b' : 'model_a'
const wrongOf = (step: TrainingStep): Verdict => (rightOf(step) === 'model_a' ? 'model_b' : 'model_a')

/** Does a round; returns what stands after it, and the questions asked. */
async function doRound(made: { url: string }, who: Visitor, right: (place: number) => boolean) {
  const questions: string[] = []
  let step = await begin(made, who)
  for (let place = 0; step.state === 'card'; place++) {
    questions.push(step.card!.question)
    step = await judge(who, step, right(place) ? rightOf(step) : wrongOf(step))
    step = await next(who, step)
  }
  return { step, questions }
}

const refusal = async ({ url }: { url: string }, who: Visitor) => {
  const reply = await who.post(`${url}/battles/lease`, {})
  return [reply.statusCode, reply.json<{ type?: string }>().type]
}
const votesOf = async ({ ctx }: Arena) => (await ctx.sql`select count(*)::int as n from votes`)[0]!.n as number

test('real cards come after a round that reaches the bar; each verdict is answered with the expected one and why', async () => {
  const made = await house()
  const { asRater } = made
  expect(await refusal(made, asRater)).toEqual([403, '/problems/training-needed'])
  expect(await stepOf(made, asRater)).toMatchObject({ state: 'begin', items: 3, needed: 2, triesLeft: 2, card: null })
  const first = await begin(made, asRater)
  expect(first).toMatchObject({ state: 'card', feedback: null, round: { judged: 0, right: 0 } })
  const told = await judge(asRater, first, wrongOf(first))
  expect(told.card!.battleId).toBe(first.card!.battleId)
  expect(told.feedback).toEqual({
    verdict: wrongOf(first),
    expected: rightOf(first),
    right: false,
    why: `${first.card!.question.replace('?', '')} asks for it.`,
  })
  // Sent twice, or another verdict after it: the first one stands. A page loaded anew, or a second one, is told the same.
  expect(await judge(asRater, first, rightOf(first))).toMatchObject({ feedback: told.feedback, round: told.round })
  expect(await stepOf(made, asRater)).toMatchObject({ feedback: told.feedback, round: { judged: 1, right: 0 } })
  expect(await begin(made, asRater)).toMatchObject({ feedback: told.feedback })
  let step = await next(asRater, told)
  expect(await next(asRater, told)).toMatchObject({ card: { battleId: step.card!.battleId }, feedback: null })
  for (; step.state === 'card'; step = await next(asRater, step)) step = await judge(asRater, step, rightOf(step))
  expect(step).toMatchObject({ state: 'through', round: { judged: 3, right: 2, items: 3, needed: 2 }, card: null })
  expect((await asRater.lease()).cards).toHaveLength(1)
  expect(await votesOf(made), 'they are no votes').toBe(0)
  expect(asRater.received.join('\n'), 'nothing sent to a rater names a model').not.toMatch(/"(Ann|Ben|ann|ben)"/)
})

test('whoever fails tries again with other items, then is not let in; an operator resets them', async () => {
  const made = await house()
  const { asRater, asAdmin, ctx, url } = made
  const first = await doRound(made, asRater, () => false)
  expect(first.step).toMatchObject({ state: 'failed', triesLeft: 1, round: { judged: 3, right: 0 } })
  const second = await doRound(made, asRater, (place) => place === 0)
  expect(second.step).toMatchObject({ state: 'out', triesLeft: 0, round: { right: 1 } })
  expect(new Set([...first.questions, ...second.questions]).size, 'no item twice while there are others').toBe(6)
  expect(await begin(made, asRater)).toMatchObject({ state: 'out' })
  expect(await refusal(made, asRater)).toEqual([403, '/problems/training-needed'])

  const results = (await asAdmin.get(`${url}/training-results`)).json<TrainingResults>()
  const [rater] = results.raters
  expect(rater).toMatchObject({ number: 1, training: { state: 'failed', rounds: 2, count: 1, of: 3 } })
  expect(rater!.rounds.map(({ passed, right }) => [passed, right])).toEqual([
    [false, 0],
    [false, 1],
  ])
  expect(rater!.verdicts).toHaveLength(6)
  const one = await asAdmin.get(`${url}/raters/${rater!.id}/training`)
  expect(one.json<TrainingResults>().raters).toEqual([rater])
  const lines = (await asAdmin.get(`${url}/training-results.csv`)).body.trim().split('\r\n')
  expect(lines[0]).toBe('rater,id,round,place,key,verdict,expected,right,seconds,at,round_passed,reset')
  expect(lines).toHaveLength(7)
  expect((await asRater.get(`${url}/training-results`)).statusCode).toBe(403)

  const reset = await made.app.inject({
    method: 'DELETE',
    url: `${url}/raters/${rater!.id}/training`,
    headers: { cookie: asAdmin.cookie },
  })
  expect(reset.statusCode).toBe(204)
  expect(await stepOf(made, asRater)).toMatchObject({ state: 'begin', triesLeft: 2, round: null })
  expect((await doRound(made, asRater, () => true)).step.state).toBe('through')
  const after = (await asAdmin.get(`${url}/training-results`)).json<TrainingResults>().raters[0]!
  expect(after.training).toEqual({ state: 'passed', rounds: 1, count: 3, of: 3 })
  expect(after.rounds.map(({ reset }) => reset)).toEqual([true, true, false])
  expect(await ctx.sql`select action from audit_events where action = 'training.reset'`).toHaveLength(1)
})

test('whoever was in the study before is left alone or trained, as the operator says, and told so first', async () => {
  const made = await house(4, { study: {} })
  const { asAdmin, asRater, app, url, ctx } = made
  const change = async (body: object) =>
    (await app.inject({ method: 'PATCH', url, headers: { cookie: asAdmin.cookie }, payload: body })).statusCode
  const meaning = async (body: object) =>
    (await asAdmin.post(`${url}/changes/meaning`, body)).json<ChangeMeaning>().sentences.join(' ')
  await asRater.lease()
  const on = { trainingItems: 4, trainingBar: 3 }
  expect(await meaning(on)).toContain('Whoever joined before it was switched on rates without it.')
  expect(await meaning({ ...on, trainingFor: 'everybody' })).toContain('does it, too, before their next card')
  expect(await change({ trainingItems: 4, trainingBar: 5 }), 'a bar out of reach').toBe(400)
  expect(await change(on)).toBe(200)
  expect((await asRater.lease()).cards).toHaveLength(1)
  const late = await made.newRater()
  expect(await refusal(made, late)).toEqual([403, '/problems/training-needed'])
  expect(await change({ trainingFor: 'everybody' })).toBe(200)
  expect(await refusal(made, asRater)).toEqual([403, '/problems/training-needed'])
  const held = await ctx.sql<{ id: string }[]>`select id from battles limit 1`
  expect((await asRater.vote({ battleId: held[0]!.id }, 'tie')).statusCode, 'a card in hand still counts').toBe(201)

  expect((await doRound(made, late, () => true)).step.state).toBe('through')
  expect(await meaning({ trainingBar: 4 })).toContain('Whoever has passed stays through')
  expect(await change({ trainingBar: 4 })).toBe(200)
  expect((await late.lease()).cards).toHaveLength(1)
  expect(await meaning({ trainingItems: 0 })).toContain('Nobody is trained any more')
  expect(await change({ trainingItems: 0 })).toBe(200)
  expect((await asRater.lease()).cards).toHaveLength(1)
})

test('the list of raters shows the training, and proposes who failed it after voting or passed by a lower bar', async () => {
  const made = await house(6, { study: { ...study, trainingFor: 'everybody' } })
  const { asRater, asAdmin, ctx, url, newRater } = made
  const other = await newRater()
  await doRound(made, asRater, (place) => place < 2)
  await doRound(made, other, () => true)
  for (const who of [asRater, other]) await who.cast((await who.lease()).cards[0]!, 'tie')
  const list = async () => (await asAdmin.get(`${url}/raters?sort=number`)).json<RaterList>().raters
  expect((await list()).map(({ training, proposal }) => [training.state, training.count, proposal])).toEqual([
    ['passed', 2, null],
    ['passed', 3, null],
  ])
  await ctx.sql`update studies set training_bar = 3`
  const [low, good] = await list()
  expect(low!.proposal).toEqual(['Passed the training with 2 of 3 items right; it asks for 3 of 3 now.'])
  expect(good!.proposal).toBeNull()
  await made.app.inject({
    method: 'DELETE',
    url: `${url}/raters/${good!.id}/training`,
    headers: { cookie: asAdmin.cookie },
  })
  for (let n = 0; n < 2; n++) await doRound(made, other, () => false)
  expect((await list())[1]!.proposal).toEqual(['Failed the training: judged 0 of 3 items right in the last round.'])
  await recount(ctx)
})

test('a panel screens out who has no try left', async () => {
  const made = await house()
  const { asAdmin, anonymous, app, url } = made
  const input = { provider: 'prolific', completionCode: 'C0DE', screenedCode: 'N0', places: 5 }
  const panel = (await asAdmin.post(`${url}/panels`, input)).json<PanelAddress>()
  const code = /panel\/([\w-]{22})\?/.exec(panel.url)![1]!
  const parameters = { PROLIFIC_PID: 'p1', STUDY_ID: 'st', SESSION_ID: 's1' }
  const [session] = (await anonymous.post(`/api/v1/panels/${code}`, { parameters, consent: true })).cookies
  const who = visitor(app, `${session!.name}=${session!.value}`, made.study.slug)
  const finish = async () => (await who.post(`${url}/sitting/finish`)).json<OwnPlace>().exit
  await doRound(made, who, () => false)
  expect(await finish(), 'there is a try left').toBeNull()
  await doRound(made, who, () => false)
  expect(await finish()).toMatchObject({ state: 'screened', code: 'N0' })
})

test('an item that can be shown no more gives way; with too few a round is shorter, with none raters wait', async () => {
  const made = await house(2)
  const { asRater, ctx } = made
  const first = await begin(made, asRater)
  await ctx.sql`
    update gold_items set retired_at = now()
    where id = (select gold_item_id from training_cards where id = ${first.card!.battleId})`
  const other = await stepOf(made, asRater)
  expect(other.card!.question).not.toBe(first.card!.question)
  expect(
    (await asRater.post(`/api/v1/training-cards/${first.card!.battleId}/verdict`, { verdict: 'tie' })).statusCode,
  ).toBe(404)
  const told = await judge(asRater, other, rightOf(other))
  expect(await next(asRater, told), 'one of one is the share that was asked').toMatchObject({ state: 'through' })
  await ctx.sql`update gold_items set retired_at = now()`
  const late = await made.newRater()
  expect(await stepOf(made, late)).toMatchObject({ state: 'waiting' })
  expect(await begin(made, late)).toMatchObject({ state: 'waiting' })
})

test('the items of others, closed studies and strangers are refused; a try-out shows the training and keeps nothing', async () => {
  const made = await house()
  const { asRater, asAdmin, ctx, url, newRater } = made
  const other = await newRater()
  const { card } = await begin(made, asRater)
  const stolen = await other.post(`/api/v1/training-cards/${card!.battleId}/verdict`, { verdict: 'tie' })
  expect(stolen.statusCode).toBe(404)
  const preview = (await asAdmin.get(`${url}/training-preview?seed=1`)).json<TrainingPreview>()
  expect(preview).toMatchObject({ items: 3, needed: 2, tries: 2 })
  expect(preview.cards).toHaveLength(3)
  for (const { card, expected } of preview.cards)
    expect(expected).toBe(card.answerA.text.startsWith('Something') ? 'model_b' : 'model_a')
  expect((await asRater.get(`${url}/training-preview?seed=1`)).statusCode).toBe(403)
  expect(await ctx.sql`select count(*)::int as n from training_cards`).toEqual([{ n: 1 }])
  await asAdmin.post(`${url}/close`)
  const late = await asRater.post(`/api/v1/training-cards/${card!.battleId}/verdict`, { verdict: 'tie' })
  expect([late.statusCode, late.json<{ type: string }>().type]).toEqual([409, '/problems/study-over'])
  const gone = await made.app.inject({
    method: 'DELETE',
    url: `${url}?name=${encodeURIComponent(made.study.name)}`,
    headers: { cookie: asAdmin.cookie },
  })
  expect(gone.statusCode).toBe(204)
  expect(
    await ctx.sql`select (select count(*) from training_rounds)::int + (select count(*) from training_cards)::int as n`,
  ).toEqual([{ n: 0 }])
})

test('queries with a training item are asked in the training alone, and never twice of one rater', async () => {
  const made = await house()
  const { asRater } = made
  const { questions } = await doRound(made, asRater, () => true)
  const asked: string[] = []
  for (let batch = await asRater.lease(); batch.cards[0]; batch = await asRater.lease()) {
    asked.push(batch.cards[0].question)
    await asRater.cast(batch.cards[0], 'tie')
  }
  expect(asked).toHaveLength(6)
  expect(asked.filter((question) => questions.includes(question))).toEqual([])
})
