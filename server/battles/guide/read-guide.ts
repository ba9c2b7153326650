import type { Context } from '#server/core/context.ts'
import { fraction, rowsOf, whole } from '#server/core/postgres/rows.ts'
import { requireMembership } from '#server/raters/service.ts'
import { shownTexts, toldFacts } from '#server/studies/default-texts.ts'
import type { RaterGuide } from '../schema.ts'

const done = { votes: whole, sittings: whole, days: whole, minutes: fraction }

/** What a rater of a study may read again, and what they have done in it. Throws not-found and not-enrolled. */
export async function readGuide(ctx: Context, slug: string): Promise<RaterGuide> {
  const { raterId, study } = await requireMembership(ctx, slug)
  const [row] = await rowsOf(ctx, done)`
    select count(*)::int as votes, count(*) filter (where gap is null or gap > interval '30 minutes')::int as sittings,
      count(distinct (cast_at at time zone 'UTC')::date)::int as days,
      coalesce(sum(least(dwell_ms / 60000.0, ${study.leaseSeconds}::int / 60.0)), 0)::float8 as minutes
    from (
      select cast_at, dwell_ms, cast_at - lag(cast_at) over (order by cast_at, id) as gap from votes
      where study_id = ${study.id} and rater_id = ${raterId} and withdrawn_at is null
    ) v`
  const { guidelines } = shownTexts(study)
  return { guidelines, guidelinesVersion: study.guidelinesVersion, ...toldFacts(study), done: row! }
}
