import { links } from '#drizzle/schema/links.ts'
import type { Role } from '../accounts/schema.ts'
import { actorId, ensureAdmin, recordAudit } from '../accounts/service.ts'
import { hashOf, newLinkCode } from '../accounts/tokens.ts'
import type { Context } from '../core/context.ts'
import { rowsOf, type RowOf } from '../core/postgres/rows.ts'
import { defineProblem } from '../core/problem.ts'
import type { CreatedLink, NewLink } from './schema.ts'

export const linkUnknown = defineProblem('link-unknown', 404, 'This link is not valid')
export const linkSpent = defineProblem('link-spent', 410, 'This link has been used up or has expired')

const days = (count: number) => count * 86_400_000
const adminLinkDays = 1

const usedLink = {
  id: links.id,
  role: links.role,
  studyId: links.studyId,
  personId: links.personId,
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

interface LinkRow {
  role: Role
  studyId?: string
  personId?: string
  cohort?: string
  maxUses: number
  expiresAt: number
}

async function storeLink(ctx: Context, origin: string, link: LinkRow): Promise<CreatedLink> {
  const code = newLinkCode()
  const expiresAt = new Date(link.expiresAt).toISOString()
  const [row] = await rowsOf(ctx, { id: links.id })`
    insert into links (code_hash, role, study_id, person_id, cohort, max_uses, expires_at, created_by)
    values (${hashOf(code)}, ${link.role}, ${link.studyId ?? null}, ${link.personId ?? null}, ${link.cohort ?? 'default'},
      ${link.maxUses}, ${expiresAt}::text::timestamptz, ${actorId(ctx)})
    returning id`
  await recordAudit(ctx, 'link.created', `link:${row!.id}`, { role: link.role, maxUses: link.maxUses })
  return { url: `${origin}/join/${code}`, maxUses: link.maxUses, expiresAt }
}

/**
 * Counts one use of a link, in one statement: however many race for the last use, one gets it. Throws linkUnknown or
 * linkSpent. Call it in a transaction, so that a failure later gives the use back.
 */
export async function takeLink(ctx: Context, code: string): Promise<UsedLink> {
  const [link] = await rowsOf(ctx, usedLink)`
    update links set uses = uses + 1
    where code_hash = ${hashOf(code)} and uses < max_uses and expires_at > now()
    returning id, role, study_id as "studyId", person_id as "personId", cohort`
  return link ?? (await refuseLink(ctx, code))
}

async function refuseLink(ctx: Context, code: string): Promise<never> {
  const [known] = await ctx.sql`select 1 from links where code_hash = ${hashOf(code)}`
  throw known ? linkSpent('Ask whoever sent it for a new one') : linkUnknown('Check that the whole address was copied')
}

/** Gives back the use that was just taken: whoever came needed none. */
export async function returnLink(ctx: Context, linkId: string): Promise<void> {
  await ctx.sql`update links set uses = uses - 1 where id = ${linkId}`
}

/** What a link offers, without using it; throws as takeLink does. */
export async function readLink(ctx: Context, code: string): Promise<UsedLink & { expiresAt: string }> {
  const [link] = await rowsOf(ctx, { ...usedLink, expiresAt: links.expiresAt })`
    select id, role, study_id as "studyId", person_id as "personId", cohort, expires_at as "expiresAt" from links
    where code_hash = ${hashOf(code)} and uses < max_uses and expires_at > now()`
  if (!link) return refuseLink(ctx, code)
  return { ...link, expiresAt: link.expiresAt.toISOString() }
}
