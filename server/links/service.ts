import { links } from '#drizzle/schema/links.ts'
import type { Role } from '../accounts/schema.ts'
import { actorId, endSessionsOf, ensureAdmin, recordAudit } from '../accounts/service.ts'
import { hashOf, newLinkCode } from '../accounts/tokens.ts'
import type { Context } from '../core/context.ts'
import { flag, rowsOf, words, type RowOf } from '../core/postgres/rows.ts'
import { defineProblem, notFound } from '../core/problem.ts'
import { inTransaction } from '../core/transaction.ts'
import { MadeLink, type CreatedLink, type NewLink } from './schema.ts'
import type { NewTeamLink } from './teams/schema.ts'

export const linkUnknown = defineProblem('link-unknown', 404, 'This link is not valid')
export const linkSpent = defineProblem('link-spent', 410, 'This link lets nobody in any more')

const days = (count: number) => count * 86_400_000
const adminLinkDays = 1

const usedLink = {
  id: links.id,
  role: links.role,
  kind: links.kind,
  studyId: links.studyId,
  personId: links.personId,
  teamId: links.teamId,
  cohort: links.cohort,
}

/** The role a link gives and whom it is for; its use has been counted when this is returned. */
export type UsedLink = RowOf<typeof usedLink>

/**
 * Makes a one-time link that signs the operator in; the first one also makes the operator. Only its hash is kept, so the
 * address is shown once. `origin` is where people reach the pages: `http://localhost:3000`.
 */
export async function createAdminLink(ctx: Context, origin: string): Promise<CreatedLink> {
  return storeLink(ctx, origin, {
    role: 'admin',
    personId: await ensureAdmin(ctx),
    maxUses: 1,
    expiresAt: ctx.now() + days(adminLinkDays),
  })
}

/** Whether an admin link was ever used: until then the program shows a new one at each start. */
export async function hasAdmin(ctx: Context): Promise<boolean> {
  const used = await ctx.sql`select 1 from links where role = 'admin' and uses > 0 limit 1`
  return used.length > 0
}

/** Makes a link by which up to `maxUses` people become raters of a study. */
export function createRaterLink(ctx: Context, studyId: string, input: NewLink, origin: string): Promise<CreatedLink> {
  const { maxUses, cohort } = input
  return storeLink(ctx, origin, { role: 'rater', studyId, maxUses, cohort, expiresAt: ctx.now() + days(input.days) })
}

/** Makes a link by which up to `maxUses` people join a team. */
export function createTeamLink(ctx: Context, teamId: string, input: NewTeamLink, origin: string): Promise<CreatedLink> {
  const { maxUses } = input
  return storeLink(ctx, origin, { role: 'team', teamId, maxUses, expiresAt: ctx.now() + days(input.days) })
}

interface LinkRow {
  role: Role
  kind?: UsedLink['kind']
  label?: string
  studyId?: string
  personId?: string
  teamId?: string
  cohort?: string
  maxUses: number
  expiresAt: number
}

/** Stores a link under a new code and returns its address, which is kept nowhere. */
export async function storeLink(ctx: Context, origin: string, link: LinkRow): Promise<CreatedLink> {
  const code = newLinkCode()
  const expiresAt = new Date(link.expiresAt).toISOString()
  const [row] = await rowsOf(ctx, { id: links.id })`
    insert into links (code_hash, role, kind, label, study_id, person_id, team_id, cohort, max_uses, expires_at, created_by)
    values (${hashOf(code)}, ${link.role}, ${link.kind ?? 'shared'}, ${link.label ?? ''}, ${link.studyId ?? null},
      ${link.personId ?? null}, ${link.teamId ?? null}, ${link.cohort ?? 'default'}, ${link.maxUses}, ${expiresAt}::text::timestamptz, ${actorId(ctx)})
    returning id`
  await recordAudit(ctx, 'link.created', `link:${row!.id}`, { role: link.role, maxUses: link.maxUses })
  return { id: row!.id, url: addressOf(origin, code), maxUses: link.maxUses, expiresAt }
}

/** Where a link is opened. */
export const addressOf = (origin: string, code: string) => `${origin}/join/${code}`

/** A return address lasts so long, and as long again from each time that it is opened. */
export const returnDays = 365

/**
 * Counts one use of a link, in one statement: however many race for the last use, one gets it. A link of one person has
 * one use, which they may take again and again. Throws linkUnknown or linkSpent. Call it in a transaction, so that a failure later gives the use back.
 */
export async function takeLink(ctx: Context, code: string): Promise<UsedLink> {
  const [link] = await rowsOf(ctx, usedLink)`
    update links set uses = least(uses + 1, max_uses), last_used_at = now(),
      expires_at = case when kind = 'return' then now() + make_interval(days => ${returnDays}) else expires_at end
    where code_hash = ${hashOf(code)} and ${isOpen(ctx)}
    returning id, role, kind, study_id as "studyId", person_id as "personId", team_id as "teamId", cohort`
  return link ?? (await refuseLink(ctx, code))
}

/** A revoked link, and one of a team that is disabled, let nobody in. */
function isOpen({ sql }: Context) {
  return sql`(uses < max_uses or kind <> 'shared') and expires_at > now() and revoked_at is null
    and not exists (select 1 from teams t where t.id = links.team_id and t.disabled_at is not null)`
}

const whySpent = { revoked: 'It was taken back', expired: 'Its time is over', 'used-up': 'It has been used up' }

async function refuseLink(ctx: Context, code: string): Promise<never> {
  const [known] = await rowsOf(ctx, { revoked: flag, over: flag })`
    select revoked_at is not null as revoked, expires_at <= now() as over from links
    where code_hash = ${hashOf(code)}`
  if (!known) throw linkUnknown('Check that the whole address was copied')
  const reason = known.revoked ? 'revoked' : known.over ? 'expired' : 'used-up'
  throw linkSpent(`${whySpent[reason]}. Ask whoever sent it for a new one`, { reason })
}

/** Gives back the use that was just taken of a shared link: whoever came needed none. */
export async function returnLink(ctx: Context, linkId: string): Promise<void> {
  await ctx.sql`update links set uses = uses - 1 where id = ${linkId} and kind = 'shared'`
}

/** What a link offers, without using it; throws as takeLink does. */
export async function readLink(ctx: Context, code: string): Promise<UsedLink & { expiresAt: string }> {
  const [link] = await rowsOf(ctx, { ...usedLink, expiresAt: links.expiresAt })`
    select id, role, kind, study_id as "studyId", person_id as "personId", team_id as "teamId", cohort, expires_at as "expiresAt"
    from links where code_hash = ${hashOf(code)} and ${isOpen(ctx)}`
  if (!link) return refuseLink(ctx, code)
  return { ...link, expiresAt: link.expiresAt.toISOString() }
}

const madeLink = {
  id: links.id,
  maxUses: links.maxUses,
  uses: links.uses,
  createdAt: links.createdAt,
  expiresAt: links.expiresAt,
  state: words,
}

/** The newest 200 links of a team or of a study that several people share, newest first. */
export async function listLinks(ctx: Context, of: { teamId: string } | { studyId: string }): Promise<MadeLink[]> {
  const rows = await rowsOf(ctx, madeLink)`
    select id, max_uses as "maxUses", uses, created_at as "createdAt", expires_at as "expiresAt",
      case when revoked_at is not null then 'revoked' when uses >= max_uses then 'spent'
        when expires_at <= now() then 'expired' else 'open' end as state
    from links where ${ownedBy(ctx, of)} and kind = 'shared' order by created_at desc limit 200`
  return rows.map(({ createdAt, expiresAt, ...link }) =>
    MadeLink.parse({ ...link, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() }),
  )
}

/**
 * Takes a link back: nobody comes in by it any more. Whoever joined by a shared one stays signed in; sessions that a link of
 * one rater opened end. Throws not-found, also for another's link.
 */
export async function revokeLink(
  ctx: Context,
  linkId: string,
  of: { teamId: string } | { studyId: string },
): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const [revoked] = await rowsOf(ctx, { id: links.id })`
      update links set revoked_at = coalesce(revoked_at, now()) where id = ${linkId} and ${ownedBy(ctx, of)} returning id`
    if (!revoked) throw notFound('There is no such link')
    await endSessionsOf(ctx, linkId)
    await recordAudit(ctx, 'link.revoked', `link:${linkId}`)
  })
}

/** Lets nobody in any more by the links that belong to a person, and forgets what the operator called them. */
export async function eraseLinksOf(ctx: Context, personId: string): Promise<void> {
  await ctx.sql`update links set label = '', revoked_at = coalesce(revoked_at, now()) where person_id = ${personId}`
}

/** Deletes the invite links of a study that is being deleted. */
export async function deleteLinks(ctx: Context, studyId: string): Promise<void> {
  await ctx.sql`delete from links where study_id = ${studyId}`
}

function ownedBy({ sql }: Context, of: { teamId: string } | { studyId: string }) {
  return 'teamId' in of ? sql`team_id = ${of.teamId}` : sql`study_id = ${of.studyId}`
}
