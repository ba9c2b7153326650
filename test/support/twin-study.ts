import type { Context } from '#server/core/context.ts'
import { getStoredStudy, type StoredStudy } from '#server/studies/service.ts'

/** A second open study like the first in all but its address: of the same pool, with the same models and their answers. */
export async function twinOf({ sql }: Context, { id }: { id: string }): Promise<StoredStudy> {
  await sql`
    with study as (
      insert into studies
      select (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid(), 'slug', s.slug || '-twin'))).*
      from studies s where s.id = ${id} returning id
    ), member as (
      insert into study_models (study_id, model_id, endpoint_id)
      select study.id, m.model_id, m.endpoint_id from study, study_models m where m.study_id = ${id}
    ), plan as (
      insert into plans (endpoint_id, customer, state, calls)
      select endpoint_id, 'collection', 'finished', 0 from collections where study_id = ${id} returning id, endpoint_id
    ), collection as (
      insert into collections (study_id, model_id, endpoint_id, plan_id, max_tokens)
      select study.id, c.model_id, c.endpoint_id, plan.id, c.max_tokens
      from study, collections c join plan on plan.endpoint_id = c.endpoint_id where c.study_id = ${id}
      returning id, model_id, plan_id, study_id
    ), call as (
      insert into calls (plan_id, position, key, state)
      select c.plan_id, row_number() over (partition by c.plan_id order by r.query_id), r.query_id, 'answered'
      from collection c join responses r on r.model_id = c.model_id and r.study_id = ${id} returning id, plan_id, key
    )
    insert into responses (collection_id, study_id, query_id, model_id, call_id, status, text, ready_at)
    select c.id, c.study_id, r.query_id, r.model_id, call.id, r.status, r.text, now()
    from collection c join call on call.plan_id = c.plan_id
    join responses r on r.study_id = ${id} and r.model_id = c.model_id and r.query_id = call.key::uuid`
  const [twin] = await sql<{ slug: string }[]>`select slug || '-twin' as slug from studies where id = ${id}`
  return getStoredStudy({ sql } as Context, twin!.slug)
}
