import { expect, test } from 'vitest'
import { CallResources } from '#server/calls/call-resources.ts'
import { executePlan } from '#server/calls/execute-plan.ts'
import { Limiter } from '#server/calls/limits/limiter.ts'
import type { ExecuteOptions } from '#server/calls/plan-execution.ts'
import { planProgress } from '#server/calls/progress.ts'
import { cancelPlan, getPlan, pausePlan, resumePlan, retryErrors } from '#server/calls/service.ts'
import { changeEndpoint } from '#server/endpoints/change-endpoint.ts'
import { getEndpoint } from '#server/endpoints/service.ts'
import { findUses } from '#server/runs/changes/endpoint-uses.ts'
import { until } from '../../support/arena.ts'
import { callsLab } from '../../support/calls-lab.ts'
import { ledgerCustomer } from '../../support/ledger-customer.ts'
import { scriptedEndpoint, type Script } from '../../support/scripted-endpoint.ts'

const customers = [ledgerCustomer]
const go = (options: Partial<ExecuteOptions> = {}): ExecuteOptions => ({
  signal: new AbortController().signal,
  firstBackoffMs: 10,
  ...options,
})

async function lab(script?: Script, settings: Parameters<Awaited<ReturnType<typeof callsLab>>['endpoint']>[1] = {}) {
  const calls = await callsLab()
  const server = await scriptedEndpoint(script)
  const endpointId = await calls.endpoint(server.baseUrl, settings)
  return { ...calls, server, endpointId }
}

/** Fails the first request of each question for which `faulty` holds, then echoes. */
function failingOnce(faulty: (index: number) => boolean, fault: ReturnType<Script>): Script {
  const tried = new Set<string>()
  return ({ text }) => {
    const first = !tried.has(text)
    tried.add(text)
    return first && faulty(Number(text.slice(1))) ? fault : { kind: 'answer', text: `said ${text}` }
  }
}

test('every call of a plan is answered, stored verbatim and handed over once', async () => {
  const { ctx, plan, taken, server, endpointId, database } = await lab(({ text }) => ({
    kind: 'answer',
    text: `said ${text}`,
  }))
  const made = await plan(endpointId, 150)
  expect(await executePlan(ctx, made.id, customers, go())).toBe('finished')
  const replies = await taken(made)
  expect(replies.size).toBe(150)
  expect([...replies].every(([key, { response, times }]) => response === `said ${key}` && times === 1)).toBe(true)
  expect(server.seen).toHaveLength(150)
  const [stored] = await database.sql`
    select r.body, r.tokens_in, r.replied_model, p.state from replies r join calls c on c.id = r.call_id
    join plans p on p.id = c.plan_id where c.key = 'q7'`
  expect(stored).toMatchObject({ tokens_in: 10, replied_model: 'test-model', state: 'finished' })
  expect(JSON.parse(stored!['body']).choices[0].message.content).toBe('said q7')
  expect((await database.sql`select 1 from settlements`).length).toBe(1)
})

test('no more calls are open at once than the endpoint allows', async () => {
  const { ctx, plan, server, endpointId } = await lab(({ text }) => ({ kind: 'answer', text, delayMs: 20 }), {
    maxConcurrency: 5,
  })
  await executePlan(ctx, (await plan(endpointId, 40)).id, customers, go())
  expect(server.most()).toBe(5)
})

test('an empty plan finishes at once', async () => {
  const { ctx, plan, endpointId } = await lab()
  expect(await executePlan(ctx, (await plan(endpointId, 0)).id, customers, go())).toBe('finished')
})

test.each([
  ['R3: a 500', { kind: 'status', status: 500 }],
  ['R3: a 503', { kind: 'status', status: 503 }],
  ['R4: a reset', { kind: 'reset' }],
  ['R4: a body that breaks off', { kind: 'cut', text: 'half an answer' }],
  [
    'R7: a page of HTML with status 200',
    { kind: 'status', status: 200, body: '<html>busy</html>', headers: { 'content-type': 'text/html' } },
  ],
  ['R7: a reply without choices', { kind: 'status', status: 200, body: '{"choices":[]}' }],
  ['R3: an error inside a 200', { kind: 'status', status: 200, body: '{"error":{"message":"upstream","code":502}}' }],
] satisfies [string, ReturnType<Script>][])('%s is retried and never becomes an answer', async (_name, fault) => {
  const { ctx, plan, taken, endpointId, database } = await lab(failingOnce((index) => index % 3 === 0, fault))
  const made = await plan(endpointId, 30)
  expect(await executePlan(ctx, made.id, customers, go())).toBe('finished')
  expect([...(await taken(made))].every(([key, { response }]) => response === `said ${key}`)).toBe(true)
  const [{ failed } = {}] =
    await database.sql`select count(*)::int as failed from attempts where error_class is not null`
  expect(failed).toBe(10)
})

test('a fault that outlives its retries is an error with its class, and retrying errors asks only those again', async () => {
  let broken = true
  const { ctx, plan, states, taken, server, endpointId } = await lab(
    ({ text }) => (broken && text === 'q3' ? { kind: 'status', status: 500 } : { kind: 'answer', text }),
    { maxRetries: 2 },
  )
  const made = await plan(endpointId, 8)
  expect(await executePlan(ctx, made.id, customers, go())).toBe('finished')
  expect(await states(made)).toEqual({ answered: 7, error: 1 })
  expect(server.seen.filter(({ text }) => text === 'q3')).toHaveLength(3)
  expect(await retryErrors(ctx, made.id)).toBe(1)
  expect(await executePlan(ctx, made.id, customers, go())).toBe('finished')
  expect(server.seen.filter(({ text }) => text === 'q3')).toHaveLength(6)
  broken = false
  await retryErrors(ctx, made.id)
  await executePlan(ctx, made.id, customers, go())
  expect((await taken(made)).size).toBe(8)
  expect(server.seen).toHaveLength(7 + 7)
})

test('R1: a 429 is waited out to the moment it states, by every call, and uses up no retry', async () => {
  let refusals = 0
  let until = Infinity
  const early: number[] = []
  const { ctx, plan, states, endpointId, database } = await lab(
    ({ text, at }) => {
      if (text === 'q0' && refusals < 3) {
        refusals++
        until = at + 1_000
        return { kind: 'status', status: 429, headers: { 'retry-after-ms': '1000' } }
      }
      // What was under way when the wait was stated could not know of it; a machine under load takes long to read it.
      if (until !== Infinity && at < until - 2 && at > until - 400) early.push(at - until)
      return { kind: 'answer', text, delayMs: 5 }
    },
    { maxRetries: 1, maxConcurrency: 4 },
  )
  const made = await plan(endpointId, 20)
  expect(await executePlan(ctx, made.id, customers, go())).toBe('finished')
  expect(await states(made)).toEqual({ answered: 20 })
  expect(early).toEqual([])
  const waits = await database.sql`select wait_asked, waited_ms from attempts where error_class = 'rate_limit'`
  expect(waits.map((row) => ({ ...row }))).toEqual(Array(3).fill({ wait_asked: true, waited_ms: 1_000 }))
})

test.each([
  [529, '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'],
  [503, '{"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}}'],
])('R3: an overload of the whole service (%d) is waited out, and uses up no retry', async (status, body) => {
  let refusals = 0
  const { ctx, plan, states, endpointId, database } = await lab(
    ({ text }) => (text === 'q0' && refusals++ < 4 ? { kind: 'status', status, body } : { kind: 'answer', text }),
    { maxRetries: 1, maxConcurrency: 4 },
  )
  const made = await plan(endpointId, 8)
  expect(await executePlan(ctx, made.id, customers, go())).toBe('finished')
  expect(await states(made)).toEqual({ answered: 8 })
  const [{ overloaded } = {}] =
    await database.sql`select count(*)::int as overloaded from attempts where error_class = 'overloaded'`
  expect(overloaded).toBe(4)
})

test('R2: a spent quota pauses the plan in words, marks nothing as an error and sends no more than the calls under way', async () => {
  let spent = true
  const { ctx, plan, states, server, endpointId } = await lab(
    ({ text, number }) =>
      spent && number >= 10
        ? {
            kind: 'status',
            status: 429,
            body: '{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}',
          }
        : { kind: 'answer', text },
    { maxConcurrency: 4 },
  )
  const made = await plan(endpointId, 60)
  expect(await executePlan(ctx, made.id, customers, go())).toBe('paused')
  expect(server.seen.length).toBeLessThanOrEqual(10 + 4)
  expect((await planProgress(ctx, made.id)).reason).toMatch(/quota of .* is spent since \d\d:\d\d UTC.*resume/)
  expect(await states(made)).toEqual({ answered: 10, pending: 50 })
  spent = false
  await resumePlan(ctx, made.id)
  expect(await executePlan(ctx, made.id, customers, go())).toBe('finished')
  expect(await states(made)).toEqual({ answered: 60 })
})

test('R12: a key that is revoked midway pauses the plan and fails the endpoint; a new key asks only what is missing', async () => {
  let good = 'key-number-one-1111'
  const { ctx, plan, states, server, endpointId } = await lab(
    ({ headers, text, number }) => {
      if (number === 20) good = 'key-number-two-2222'
      return headers.authorization === `Bearer ${good}`
        ? { kind: 'answer', text, delayMs: 5 }
        : { kind: 'status', status: 401 }
    },
    { key: good, maxConcurrency: 4 },
  )
  const made = await plan(endpointId, 80)
  expect(await executePlan(ctx, made.id, customers, go())).toBe('paused')
  const requestsBefore = server.seen.length
  expect(requestsBefore).toBeLessThanOrEqual(20 + 4)
  expect(await getEndpoint(ctx, endpointId)).toMatchObject({
    status: 'failing',
    statusReason: expect.stringMatching(/refuses the key/),
  })
  const { answered = 0 } = await states(made)
  await changeEndpoint(ctx, endpointId, { key: good }, findUses)
  await resumePlan(ctx, made.id)
  expect(await executePlan(ctx, made.id, customers, go())).toBe('finished')
  expect(server.seen.length - requestsBefore).toBe(80 - answered)
})

/** What a process shares whose endpoint has been silent for minutes: one more failure, and it is given up. */
function nearlyGivenUp(): CallResources {
  let clock = 0
  const limiter = new Limiter({ concurrency: 1, requestsPerMinute: null, now: () => clock })
  for (let circuit = 0; circuit < 6; circuit++) {
    for (let failures = circuit === 0 ? 20 : 1; failures > 0; failures--) limiter.failed({ circuit })
    clock += 60_000
  }
  return Object.assign(new CallResources(), { limiterOf: () => limiter })
}

test('R3: an endpoint that has not answered for minutes is given up: the plan waits, in words, and loses no call', async () => {
  const { ctx, plan, states, server, endpointId } = await lab(() => ({ kind: 'status', status: 503 }))
  const made = await plan(endpointId, 10)
  expect(await executePlan(ctx, made.id, customers, go({ resources: nearlyGivenUp() }))).toBe('paused')
  expect(server.seen).toHaveLength(1)
  expect(await states(made)).toEqual({ pending: 10 })
  const inWords = expect.stringMatching(/has not answered for minutes .*see that it runs, then resume/) as string
  expect(await planProgress(ctx, made.id)).toMatchObject({ state: 'paused', reason: inWords })
  expect(await getEndpoint(ctx, endpointId)).toMatchObject({ status: 'failing', statusReason: inWords })
})

test('R11: an unknown model pauses at once instead of filling the run with errors', async () => {
  const { ctx, plan, states, endpointId } = await lab(() => ({ kind: 'status', status: 404 }))
  const made = await plan(endpointId, 30)
  expect(await executePlan(ctx, made.id, customers, go())).toBe('paused')
  expect(await states(made)).toEqual({ pending: 30 })
})

test('R11: settings that the endpoint calls malformed pause the plan after twenty of them', async () => {
  const { ctx, plan, states, server, endpointId } = await lab(() => ({ kind: 'status', status: 400 }), {
    maxConcurrency: 4,
  })
  const made = await plan(endpointId, 200)
  expect(await executePlan(ctx, made.id, customers, go())).toBe('paused')
  expect(server.seen.length).toBeLessThanOrEqual(24)
  expect((await states(made))['error']).toBe(server.seen.length)
})

test('R13: one question that is too long is its own error and is asked once', async () => {
  const message = "This model's maximum context length is 4096 tokens"
  const { ctx, plan, database, server, endpointId } = await lab(({ text }) =>
    text === 'q2'
      ? { kind: 'status', status: 400, body: JSON.stringify({ error: { message } }) }
      : { kind: 'answer', text },
  )
  expect(await executePlan(ctx, (await plan(endpointId, 5)).id, customers, go())).toBe('finished')
  const [row] = await database.sql`select error_class, error_message from calls where state = 'error'`
  expect(row).toMatchObject({ error_class: 'context', error_message: `400: ${message}` })
  expect(server.seen).toHaveLength(5)
})

test('R8: an empty answer is asked once more and then kept as the empty answer it is', async () => {
  const { ctx, plan, taken, server, endpointId } = await lab(({ text }) => ({
    kind: 'answer',
    text: text === 'q1' ? ' ' : text,
  }))
  const made = await plan(endpointId, 3)
  expect(await executePlan(ctx, made.id, customers, go())).toBe('finished')
  expect((await taken(made)).get('q1')!.response).toBe(' ')
  expect(server.seen).toHaveLength(4)
})

test('R9: a content filter is an answer, refused, not an error', async () => {
  const { ctx, plan, database, endpointId } = await lab(({ text }) =>
    text === 'q0'
      ? { kind: 'status', status: 400, body: '{"error":{"message":"blocked","code":"content_filter"}}' }
      : { kind: 'answer', text, finishReason: text === 'q1' ? 'content_filter' : 'length' },
  )
  expect(await executePlan(ctx, (await plan(endpointId, 3)).id, customers, go())).toBe('finished')
  const rows = await database.sql`select key, refused, truncated from replies join calls on id = call_id order by key`
  expect(rows.map((row) => ({ ...row }))).toEqual([
    { key: 'q0', refused: true, truncated: false },
    { key: 'q1', refused: true, truncated: false },
    { key: 'q2', refused: false, truncated: true },
  ])
})

test('R5: an answer that hangs is timed out, retried, and its socket closed', async () => {
  const { ctx, plan, taken, server, endpointId } = await lab(
    failingOnce((index) => index === 1, { kind: 'hang' }),
    { timeoutMs: 1_000 },
  )
  const made = await plan(endpointId, 4)
  expect(await executePlan(ctx, made.id, customers, go())).toBe('finished')
  expect((await taken(made)).size).toBe(4)
  await expect.poll(() => server.open()).toBe(0)
})

test('NUL and lone halves of characters in an answer are stored, not lost', async () => {
  const { ctx, plan, taken, endpointId } = await lab(() => ({ kind: 'answer', text: 'a\u0000b\ud83dc' }))
  const made = await plan(endpointId, 1)
  expect(await executePlan(ctx, made.id, customers, go())).toBe('finished')
  expect((await taken(made)).get('q0')!.response).toMatch(/^a\ufffdb.+c$/)
})

test('numbers and names beyond all bounds in a reply cost no answer and are not kept', async () => {
  const usages: [number, number][] = [
    [9_007_199_254_740_991, 4_294_967_295],
    [2_147_483_648, -1],
    [0.5, 2_147_483_647],
  ]
  const { ctx, plan, taken, states, endpointId, database } = await lab(({ text }) => ({
    kind: 'answer',
    text,
    finishReason: `stop\0${'!'.repeat(5_000)}`,
    model: `\ud83d${'m'.repeat(5_000)}`,
    usage: usages[Number(text.slice(1))] ?? [7, 8],
  }))
  const made = await plan(endpointId, 5)
  expect(await executePlan(ctx, made.id, customers, go())).toBe('finished')
  expect(await states(made)).toEqual({ answered: 5 })
  expect((await taken(made)).size).toBe(5)
  const rows = await database.sql`
    select r.tokens_in as i, r.tokens_out as o, a.tokens_in as ai, a.tokens_out as ao,
      length(r.finish_reason) as finish, length(r.replied_model) as model
    from replies r join calls c on c.id = r.call_id join attempts a on a.call_id = c.id order by c.position`
  const counted = [
    [null, null],
    [null, null],
    [null, 2_147_483_647],
    [7, 8],
    [7, 8],
  ]
  expect(rows.map((row) => ({ ...row }))).toEqual(
    counted.map(([i, o]) => ({ i, o, ai: i, ao: o, finish: 64, model: 256 })),
  )
})

test('a reply that the database refuses is an error of its own call, in words, and the others are kept', async () => {
  const { ctx, plan, taken, states, server, endpointId, database } = await lab()
  await database.sql`alter table replies add constraint no_poison check (response <> 'q3')`
  const made = await plan(endpointId, 40)
  expect(await executePlan(ctx, made.id, customers, go())).toBe('finished')
  expect(await states(made)).toEqual({ answered: 39, error: 1 })
  expect((await taken(made)).size).toBe(39)
  expect(server.seen).toHaveLength(40)
  const [refused] = await database.sql`
    select key, c.error_class, error_message, a.message from calls c join attempts a on a.call_id = c.id
    where c.state = 'error'`
  const words =
    'What came back could not be stored: new row for relation "replies" violates check constraint "no_poison"'
  expect(refused).toEqual({ key: 'q3', error_class: 'internal', error_message: words, message: words })
})

test('a refusal in plain text with a NUL in it is no reply', async () => {
  const { ctx, plan, states, endpointId } = await lab(
    () => ({
      kind: 'status',
      status: 400,
      body: 'stopped by the content_filter\0',
      headers: { 'content-type': 'text/plain' },
    }),
    { maxRetries: 0 },
  )
  const made = await plan(endpointId, 2)
  expect(await executePlan(ctx, made.id, customers, go())).toBe('finished')
  expect(await states(made)).toEqual({ error: 2 })
})

test('R25: a pause is obeyed within a second and resuming repeats nothing', async () => {
  const { ctx, plan, taken, server, endpointId } = await lab(({ text }) => ({ kind: 'answer', text, delayMs: 20 }), {
    maxConcurrency: 2,
  })
  const made = await plan(endpointId, 120)
  const running = executePlan(ctx, made.id, customers, go())
  await expect.poll(() => server.seen.length).toBeGreaterThan(4)
  await pausePlan(ctx, made.id, 'a person said so')
  expect(await running).toBe('paused')
  const { answered, total, reason } = await planProgress(ctx, made.id)
  expect(answered).toBeLessThan(total)
  expect(reason).toBe('a person said so')
  await resumePlan(ctx, made.id)
  expect(await executePlan(ctx, made.id, customers, go())).toBe('finished')
  expect(server.seen).toHaveLength(120)
  expect((await taken(made)).size).toBe(120)
})

test('a cancelled plan keeps its replies and skips the rest', async () => {
  const { ctx, plan, states, server, endpointId } = await lab(({ text }) => ({ kind: 'answer', text, delayMs: 20 }), {
    maxConcurrency: 2,
  })
  const made = await plan(endpointId, 100)
  const running = executePlan(ctx, made.id, customers, go())
  await expect.poll(() => server.seen.length).toBeGreaterThan(4)
  await cancelPlan(ctx, made.id)
  expect(await running).toBe('cancelled')
  const { answered = 0, skipped = 0, ...others } = await states(made)
  expect(answered + skipped).toBe(100)
  expect(others).toEqual({})
})

test('R25: an interrupted plan gives back what it held, and calls that hang are given up after the drain', async () => {
  const { ctx, plan, states, server, endpointId } = await lab(
    ({ text }) => (text === 'q5' ? { kind: 'hang' } : { kind: 'answer', text, delayMs: 10 }),
    { maxConcurrency: 3 },
  )
  const made = await plan(endpointId, 100)
  const interruption = new AbortController()
  const running = executePlan(ctx, made.id, customers, go({ signal: interruption.signal, drainMs: 100 }))
  await expect.poll(() => server.seen.length).toBeGreaterThan(10)
  interruption.abort()
  expect(await running).toBe('interrupted')
  expect(Object.keys(await states(made)).sort()).toEqual(['answered', 'pending'])
})

test('R20: two workers on one plan answer each call once', async () => {
  const { ctx, plan, taken, server, endpointId } = await lab(({ text }) => ({ kind: 'answer', text, delayMs: 5 }), {
    maxConcurrency: 4,
  })
  const made = await plan(endpointId, 200)
  const ends = await Promise.all([1, 2, 3].map(() => executePlan(ctx, made.id, customers, go())))
  expect(ends).toEqual(['finished', 'finished', 'finished'])
  expect(server.seen).toHaveLength(200)
  expect((await taken(made)).size).toBe(200)
})

test('R20: what a worker claimed and lost to another changes nothing when it wakes', async () => {
  const { ctx, plan, states, taken, endpointId, database, server } = await lab(({ number }) => ({
    kind: 'answer',
    text: `reply ${number}`,
    delayMs: number === 0 ? 3_000 : 5, // longer than a busy machine takes for the other
  }))
  const made = await plan(endpointId, 1)
  const slow = executePlan(ctx, made.id, customers, go())
  await expect.poll(() => server.seen.length).toBe(1)
  await database.sql`update calls set claimed_until = now() - interval '1 second'`
  expect(await executePlan(ctx, made.id, customers, go())).toBe('finished')
  expect(await slow).toBe('finished')
  expect(await states(made)).toEqual({ answered: 1 })
  expect((await taken(made)).get('q0')).toEqual({ response: 'reply 1', times: 1 })
})

test('replies that were stored before a crash but not taken are handed over by the next worker', async () => {
  const { ctx, plan, taken, endpointId, database, server } = await lab()
  const made = await plan(endpointId, 10)
  await executePlan(ctx, made.id, customers, go())
  await database.sql`delete from ledger where key in ('q1', 'q2')`
  await database.sql`update plans set state = 'running' where id = ${made.id}`
  await executePlan(ctx, made.id, customers, go())
  expect((await taken(made)).size).toBe(10)
  expect(server.seen).toHaveLength(10)
})

test('an error of the customer ends the work with everything put down, and the replies are kept for it', async () => {
  const { ctx, plan, states, endpointId } = await lab()
  const made = await plan(endpointId, 5)
  const failing = { ...ledgerCustomer, receive: async () => Promise.reject(new Error('scorer broke')) }
  await expect(executePlan(ctx, made.id, [failing], go())).rejects.toThrow('scorer broke')
  expect((await states(made))['active']).toBeUndefined()
  expect(await executePlan(ctx, made.id, customers, go())).toBe('finished')
})

test('an endpoint that is off is given no work', async () => {
  const { ctx, plan, server, endpointId } = await lab()
  const made = await plan(endpointId, 3)
  await changeEndpoint(ctx, endpointId, { off: true }, findUses)
  expect(await executePlan(ctx, made.id, customers, go())).toBe('paused')
  expect(server.seen).toHaveLength(0)
})

test('an endpoint that is switched off while it is asked pauses its plan, which says why', async () => {
  const { ctx, plan, server, endpointId } = await lab(({ text }) => ({ kind: 'answer', text, delayMs: 100 }))
  const made = await plan(endpointId, 200)
  const working = executePlan(ctx, made.id, customers, go())
  await until(() => server.seen.length > 0)
  await changeEndpoint(ctx, endpointId, { off: true }, findUses)
  expect(await working).toBe('paused')
  const { name } = await getEndpoint(ctx, endpointId)
  expect((await getPlan(ctx, made.id)).pausedReason).toBe(`${name} is off: Switched off`)
})

test('another time limit and other retries reach a plan that is being carried out', async () => {
  const { ctx, plan, states, server, endpointId } = await lab(
    ({ text }) => ({ kind: 'answer', text, delayMs: 2_500 }),
    {
      maxRetries: 20,
      maxConcurrency: 1,
    },
  )
  const made = await plan(endpointId, 2)
  const working = executePlan(ctx, made.id, customers, go())
  await until(() => server.seen.length > 0)
  await changeEndpoint(ctx, endpointId, { maxRetries: 0, timeoutMs: 1_000 }, findUses)
  expect(await working).toBe('finished')
  expect(await states(made)).toEqual({ answered: 1, error: 1 })
})

test('the key goes to the endpoint and nowhere else, whatever the endpoint echoes', async () => {
  const key = 'sk-canary-7Qe2XyZ0123456789abcd'
  const echoes: ((auth: string) => ReturnType<Script>)[] = [
    (auth) => ({ kind: 'status', status: 500, body: JSON.stringify({ error: { message: `got ${auth}` } }) }),
    (auth) => ({ kind: 'status', status: 400, body: `bad header ${auth.slice(0, 20)}` }),
    (auth) => ({ kind: 'answer', text: `You sent ${auth}` }),
    (auth) => ({ kind: 'status', status: 503, body: Buffer.from(auth).toString('base64') }),
    (auth) => ({ kind: 'status', status: 200, body: `<html>${encodeURIComponent(auth)}` }),
  ]
  const calls = await lab(({ headers, number }) => echoes[number % echoes.length]!(headers.authorization!), {
    key,
    maxRetries: 2,
    maxConcurrency: 2,
  })
  const made = await calls.plan(calls.endpointId, 10)
  await executePlan(calls.ctx, made.id, customers, go())
  expect(calls.server.seen[0]!.headers.authorization).toBe(`Bearer ${key}`)
  const tables = ['endpoints', 'calls', 'attempts', 'replies', 'plans', 'probes', 'ledger']
  const rows = await Promise.all(
    tables.map((name) => calls.database.sql`select t::text as row from ${calls.database.sql(name)} t`),
  )
  const everything = [
    ...rows.flat().map(({ row }) => String(row)),
    ...calls.logged,
    JSON.stringify(await getEndpoint(calls.ctx, calls.endpointId)),
  ].join('\n')
  for (const form of [
    key,
    key.slice(0, 12),
    key.slice(-12),
    Buffer.from(key).toString('base64').slice(0, 24),
    encodeURIComponent(key),
  ]) {
    expect(everything).not.toContain(form)
  }
})
