import { attempts, replies } from '#drizzle/schema/calls.ts'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf } from '#server/core/postgres/rows.ts'
import { protocols } from '#server/endpoints/protocols.ts'
import { readBody } from '#server/endpoints/read-reply.ts'

const pageSize = 500

/**
 * Reads the bodies of a plan's replies once more, by today's code and the thinking tags that its endpoint has now; the
 * bodies stay as they came. One that would be no reply today is left as it was read.
 */
export async function rereadReplies(ctx: Context, planId: string): Promise<void> {
  const [endpoint] = await rowsOf(ctx, { protocol: endpoints.protocol, thinkingTags: endpoints.thinkingTags })`
    select e.protocol, e.thinking_tags as "thinkingTags" from plans p join endpoints e on e.id = p.endpoint_id
    where p.id = ${planId}`
  if (!endpoint) return
  const reader = { protocol: protocols[endpoint.protocol], settings: endpoint }
  for (let after = 0; ;) {
    const stored = await rowsOf(ctx, { id: replies.callId, body: replies.body, status: attempts.status })`
      select r.call_id as id, r.body, a.status from replies r join calls c on c.id = r.call_id
      left join attempts a on a.call_id = c.id and a.number = c.attempts
      where c.plan_id = ${planId} and r.call_id > ${after}::bigint order by r.call_id limit ${pageSize}`
    if (stored.length === 0) return
    after = stored.at(-1)!.id
    const read = stored.flatMap(({ id, body, status }) => {
      const outcome = readBody(reader, status ?? 200, {}, body)
      return outcome.kind === 'reply' ? [{ id, ...outcome }] : []
    })
    await ctx.sql`
      update replies r set response = n.response, thinking = n.thinking, finish_reason = n."finishReason",
        refused = n.refused, truncated = n.truncated, replied_model = n."repliedModel", tokens_in = n."tokensIn",
        tokens_out = n."tokensOut", tokens_cached = n."tokensCached", tokens_thinking = n."tokensThinking"
      from jsonb_to_recordset(${JSON.stringify(read)}::text::jsonb) as n(id bigint, response text, thinking text,
        "finishReason" text, refused boolean, truncated boolean, "repliedModel" text, "tokensIn" int, "tokensOut" int,
        "tokensCached" int, "tokensThinking" int)
      where r.call_id = n.id and (r.response, r.thinking, r.finish_reason, r.refused, r.truncated, r.replied_model)
        is distinct from (n.response, n.thinking, n."finishReason", n.refused, n.truncated, n."repliedModel")`
  }
}
