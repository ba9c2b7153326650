import type { Context } from '../context.ts'

interface Waiting<Request, Answer> extends PromiseWithResolvers<Answer> {
  ctx: Context
  request: Request
}

/**
 * Makes what answers requests in batches: one that comes while none is under way is answered at once, and those that come
 * meanwhile share the next batch, `most` at most. `answer` gives an answer for each in their order, or a promise of it
 * where one may fail without the others; when it throws, all of the batch fail. With `keyOf`, one of a key at most is in a
 * batch. Within a transaction each is answered by itself, as part of that.
 */
export function gathering<Request, Answer>(
  answer: (ctx: Context, requests: Request[]) => Promise<(Answer | PromiseLike<Answer>)[]>,
  { most, keyOf }: { most: number; keyOf?: (request: Request) => unknown },
): (ctx: Context, request: Request) => Promise<Answer> {
  const queues = new WeakMap<Context['sql'], Waiting<Request, Answer>[]>()

  async function answerInTurn(queue: Waiting<Request, Answer>[], sql: Context['sql']): Promise<void> {
    queues.set(sql, queue)
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
    queues.delete(sql)
  }

  function takeBatch(queue: Waiting<Request, Answer>[]): Waiting<Request, Answer>[] {
    const batch = new Map<unknown, Waiting<Request, Answer>>()
    const later: Waiting<Request, Answer>[] = []
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
    const queue = queues.get(ctx.sql)
    if (queue) queue.push(waiting)
    else void answerInTurn([waiting], ctx.sql)
    return waiting.promise
  }
}
