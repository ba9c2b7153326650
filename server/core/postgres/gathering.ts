import type { Context } from '../context.ts'

interface Waiting<Request, Answer> extends PromiseWithResolvers<Answer> {
  ctx: Context
  request: Request
}

/**
 * Makes what answers requests in batches: one that comes while none is under way is answered at once, and those that come
 * meanwhile share the next batch, `most` at most. `answer` gives an answer for each in their order, or a promise of it
 * where one may fail without the others; when it throws, all of the batch fail. With `keyOf`, one of a key at most is in a
 * batch; with `laneOf`, those of one lane wait for each other alone, and share batches. Within a transaction each is answered
 * by itself, as part of that.
 */
export function gathering<Request, Answer>(
  answer: (ctx: Context, requests: Request[]) => Promise<(Answer | PromiseLike<Answer>)[]>,
  {
    most,
    keyOf,
    laneOf,
  }: { most: number; keyOf?: (request: Request) => unknown; laneOf?: (request: Request) => unknown },
): (ctx: Context, request: Request) => Promise<Answer> {
  type Queue = Waiting<Request, Answer>[]
  const lanes = new WeakMap<Context['sql'], Map<unknown, Queue>>()

  async function answerInTurn(queue: Queue, queues: Map<unknown, Queue>, lane: unknown): Promise<void> {
    queues.set(lane, queue)
    while (queue.length > 0) {
      const batch = takeBatch(queue)
      try {
        const { ctx } = batch[0]!
        const answers = await answer(
          ctx,
          batch.map(({ request }) => request),
        )
        batch.forEach(({ resolve }, place) => resolve(answers[place]!))
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    queues.delete(lane)
  }

  function takeBatch(queue: Queue): Queue {
    const batch = new Map<unknown, Waiting<Request, Answer>>()
    const later: Queue = []
    for (const waiting of queue.splice(0)) {
      const key = keyOf ? keyOf(waiting.request) : waiting
      if (batch.size < most && !batch.has(key)) batch.set(key, waiting)
      else later.push(waiting)
    }
    queue.push(...later)
    return [...batch.values()]
  }

  return async (ctx, request) => {
    if (!ctx.sql.begin) return (await answer(ctx, [request]))[0]!
    const waiting = { ctx, request, ...Promise.withResolvers<Answer>() }
    const queues = lanes.get(ctx.sql) ?? new Map<unknown, Queue>()
    lanes.set(ctx.sql, queues)
    const lane = laneOf?.(request)
    const queue = queues.get(lane)
    if (queue) queue.push(waiting)
    else void answerInTurn([waiting], queues, lane)
    return waiting.promise
  }
}
