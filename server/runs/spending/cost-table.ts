import { models } from '#drizzle/schema/models.ts'
import { runs } from '#drizzle/schema/runs.ts'
import type { Context } from '#server/core/context.ts'
import { maySeeUnreleased, teamOf } from '#server/core/policy.ts'
import { fraction, rowsOf, whole } from '#server/core/postgres/rows.ts'
import type { CostLine } from '../schema.ts'

/** What runs have cost by model and benchmark, the dearest first. A team sees what its own endpoints were asked. */
export async function listCosts(ctx: Context): Promise<CostLine[]> {
  const { actor, sql } = ctx
  const seen = maySeeUnreleased(actor) ? sql`true` : sql`e.team_id = ${teamOf(actor)}`
  const tokens = { tokensIn: whole, tokensOut: whole, tokensCached: whole, tokensThinking: whole }
  return rowsOf(ctx, { model: models.name, benchmark: runs.benchmark, runs: whole, spent: fraction, ...tokens })`
    select m.name as model, r.benchmark, count(*) as runs, sum(p.spent + coalesce(j.spent, 0)) as spent,
      coalesce(sum(t.tokens_in), 0) as "tokensIn", coalesce(sum(t.tokens_out), 0) as "tokensOut",
      coalesce(sum(t.cached), 0) as "tokensCached", coalesce(sum(t.thinking), 0) as "tokensThinking"
    from runs r join models m on m.id = r.model_id join endpoints e on e.id = r.endpoint_id
    join plans p on p.id = r.plan_id left join plans j on j.id = r.judge_plan_id
    left join lateral (
      select sum(a.tokens_in) as tokens_in, sum(a.tokens_out) as tokens_out,
        sum(b.tokens_cached) filter (where a.error_class is null) as cached,
        sum(b.tokens_thinking) filter (where a.error_class is null) as thinking
      from calls c join attempts a on a.call_id = c.id left join replies b on b.call_id = c.id
      where c.plan_id = r.plan_id
    ) t on true
    where ${seen} and not m.baseline group by 1, 2 order by 4 desc, 1, 2`
}
