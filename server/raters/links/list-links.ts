import { links } from '#drizzle/schema/links.ts'
import { raters } from '#drizzle/schema/raters.ts'
import type { Context } from '#server/core/context.ts'
import { orNull, rowsOf, whole, words } from '#server/core/postgres/rows.ts'
import { getStoredStudy } from '#server/studies/service.ts'
import { PersonalLinkList, type PersonalLinkQuery } from './schema.ts'

const onAPage = 100

const line = {
  id: links.id,
  kind: words,
  label: links.label,
  cohort: links.cohort,
  raterId: orNull(raters.id),
  number: orNull(whole),
  state: words,
  createdAt: links.createdAt,
  lastUsedAt: links.lastUsedAt,
  expiresAt: links.expiresAt,
}

/** The links of a study that belong to one rater each, newest first, without their addresses. Throws not-found. */
export async function listPersonalLinks(
  ctx: Context,
  slug: string,
  { state, page }: PersonalLinkQuery,
): Promise<PersonalLinkList> {
  const study = await getStoredStudy(ctx, slug)
  const counted = await rowsOf(ctx, { state: words, links: whole })`
    select ${stateOf(ctx)} as state, count(*)::int as links from links l
    where l.study_id = ${study.id} and l.kind <> 'shared' group by 1`
  const of = (one: string) => counted.find((row) => row.state === one)?.links ?? 0
  const counts = { unused: of('unused'), used: of('used'), expired: of('expired'), revoked: of('revoked') }
  const shown = state === 'all' ? Object.values(counts).reduce((sum, count) => sum + count) : counts[state]
  const rows = await rowsOf(ctx, line)`
    with numbered as (
      select e.rater_id, r.person_id, (row_number() over (order by e.created_at, e.rater_id))::int as number
      from enrolments e join raters r on r.id = e.rater_id where e.study_id = ${study.id}
    )
    select l.id, l.kind, l.label, l.cohort, n.rater_id as "raterId", n.number, ${stateOf(ctx)} as state,
      l.created_at as "createdAt", l.last_used_at as "lastUsedAt", l.expires_at as "expiresAt"
    from links l left join numbered n on n.person_id = l.person_id
    where l.study_id = ${study.id} and l.kind <> 'shared' and ${state} in ('all', ${stateOf(ctx)})
    order by l.created_at desc, l.label, l.id limit ${onAPage} offset ${(page - 1) * onAPage}`
  return PersonalLinkList.parse({
    links: rows.map(({ raterId, number, createdAt, lastUsedAt, expiresAt, ...link }) => ({
      ...link,
      rater: raterId === null ? null : { id: raterId, number },
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt && lastUsedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
    })),
    counts,
    page,
    pages: Math.max(1, Math.ceil(shown / onAPage)),
  })
}

function stateOf({ sql }: Context) {
  return sql`case when l.revoked_at is not null then 'revoked' when l.expires_at <= now() then 'expired'
    when l.person_id is null then 'unused' else 'used' end`
}
