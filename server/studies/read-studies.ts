import type { Context } from '../core/context.ts'
import type { CollectionProgress, Study, StudySummary } from './schema.ts'
import { findStudy } from './service.ts'

/** Every study with its size, newest first. Votes are those that count. */
export async function listStudies(ctx: Context): Promise<StudySummary[]> {
  return ctx.sql<StudySummary[]>`
    select s.slug, s.name, s.status, s.publishing, s.sample,
      (select count(*) from study_models m where m.study_id = s.id)::int as models,
      (select count(*) from queries q where q.pool_id = s.pool_id and q.held_at is null)::int as queries,
      (select coalesce(sum(p.votes), 0) from pair_counts p where p.study_id = s.id)::int as votes,
      (select count(*) from enrolments e where e.study_id = s.id)::int as raters
    from studies s order by s.created_at desc, s.slug`
}

/** One study with the state of its answers and the votes of each pair. Throws not-found. */
export async function getStudy(ctx: Context, slug: string): Promise<Study> {
  const study = await findStudy(ctx, slug)
  const summary = (await listStudies(ctx)).find((candidate) => candidate.slug === slug)!
  const [created] = await ctx.sql<{ at: string }[]>`select created_at as at from studies where id = ${study.id}`
  const { pointsShown, leaseSeconds, leastCardSeconds, quotaPerPair, sessionGoal, guidelines, consent } = study
  return {
    ...summary,
    pointsShown,
    leaseSeconds,
    leastCardSeconds,
    quotaPerPair,
    sessionGoal,
    guidelines,
    consent,
    createdAt: new Date(created!.at).toISOString(),
    collections: await readCollections(ctx, study.id, summary.queries),
    coverage: await readCoverage(ctx, study.id, quotaPerPair),
  }
}

interface CollectionRow extends Omit<CollectionProgress, 'model'> {
  slug: string
  name: string
  baseline: boolean
}

/** A model whose answers are not yet asked for counts as preparing. */
async function readCollections(ctx: Context, studyId: string, queries: number): Promise<CollectionProgress[]> {
  const rows = await ctx.sql<CollectionRow[]>`
    select m.slug, m.name, m.baseline, e.name as endpoint, coalesce(r.total, ${queries})::int as total,
      coalesce(r.ready, 0)::int as ready, coalesce(r.held, 0)::int as held, coalesce(r.errors, 0)::int as errors,
      coalesce(p.state::text, 'preparing') as state, p.paused_reason as reason
    from study_models sm
    join models m on m.id = sm.model_id
    join endpoints e on e.id = sm.endpoint_id
    left join collections c on c.study_id = sm.study_id and c.model_id = sm.model_id
    left join plans p on p.id = c.plan_id
    left join lateral (
      select count(*) as total, count(*) filter (where status = 'ready') as ready,
        count(*) filter (where status = 'held') as held, count(*) filter (where status = 'error') as errors
      from responses where collection_id = c.id having count(*) > 0
    ) r on true
    where sm.study_id = ${studyId} order by m.name, m.slug`
  return rows.map(({ slug, name, baseline, ...progress }) => ({ model: { slug, name, baseline }, ...progress }))
}

/** Votes of each unordered pair towards its quota; `unsure` says nothing and fills none. */
async function readCoverage(ctx: Context, studyId: string, quota: number): Promise<Study['coverage']> {
  const rows = await ctx.sql<{ modelA: string; modelB: string; votes: number }[]>`
    with served as (
      select least(model_a, model_b) as low, greatest(model_a, model_b) as high, sum(votes) as votes
      from pair_counts where study_id = ${studyId} and verdict <> 'unsure' group by 1, 2
    )
    select least(a.slug, b.slug) as "modelA", greatest(a.slug, b.slug) as "modelB", coalesce(s.votes, 0)::int as votes
    from study_models x
    join study_models y on y.study_id = x.study_id and y.model_id > x.model_id
    join models a on a.id = x.model_id
    join models b on b.id = y.model_id
    left join served s on s.low = x.model_id and s.high = y.model_id
    where x.study_id = ${studyId} order by 1, 2`
  return rows.map((pair) => ({ ...pair, quota }))
}
