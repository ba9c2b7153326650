import { calls } from '#drizzle/schema/calls.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf } from '#server/core/postgres/rows.ts'

/**
 * Answers pending calls by replies that other calls had to the same request; what was stored is taken as it stands, and
 * nothing goes out. Returns the calls that are answered by it.
 */
export async function reuseReplies(ctx: Context, pairs: { callId: number; earlierId: number }[]): Promise<number[]> {
  if (pairs.length === 0) return []
  const rows = await rowsOf(ctx, { id: calls.id })`
    with pairs as (
      select * from unnest(${pairs.map(({ callId }) => callId)}::bigint[],
        ${pairs.map(({ earlierId }) => earlierId)}::bigint[]) as t (call_id, earlier_id)
    ), taken as (
      insert into replies (call_id, body, sha256, response, thinking, finish_reason, refused, truncated, replied_model,
        tokens_in, tokens_out, tokens_cached, tokens_thinking, received_at)
      select pairs.call_id, body, sha256, response, thinking, finish_reason, refused, truncated, replied_model, tokens_in,
        tokens_out, tokens_cached, tokens_thinking, received_at
      from pairs join replies r on r.call_id = pairs.earlier_id
      join calls c on c.id = pairs.call_id and c.state = 'pending'
      on conflict (call_id) do nothing returning call_id
    )
    update calls set state = 'answered' from taken where calls.id = taken.call_id returning calls.id`
  return rows.map(({ id }) => id)
}
