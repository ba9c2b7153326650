import { LRUCache } from 'lru-cache'
import type { Context } from '../core/context.ts'
import { rowsOf, whole } from '../core/postgres/rows.ts'
import type { StoredStudy } from '../studies/service.ts'

/** How many answers of a study's models are in, of how many that are asked for. */
interface AnswersIn {
  answered: number
  asked: number
}

type Asking = Pick<StoredStudy, 'id' | 'poolId'>

/** Adding up takes a hundred milliseconds in a large study, and hundreds of raters without a card ask at once. */
const told = new LRUCache<string, AnswersIn, { ctx: Context; study: Asking }>({
  max: 100,
  ttl: 2_000,
  fetchMethod: (_id, _before, { context }) => count(context),
})

/** As they are now or were two seconds ago. */
export function countAnswersIn(ctx: Context, study: Asking): Promise<AnswersIn> {
  return told.forceFetch(study.id, { context: { ctx, study } })
}

async function count({ ctx, study }: { ctx: Context; study: Asking }): Promise<AnswersIn> {
  const [row] = await rowsOf(ctx, { answered: whole, asked: whole })`
    select (select count(*) from responses
        where study_id = ${study.id} and call_id is not null and status <> 'pending')::int as answered,
      (select count(*) from study_models where study_id = ${study.id} and endpoint_id is not null)::int
        * (select count(*) from queries where pool_id = ${study.poolId} and held_at is null)::int as asked`
  return row!
}
