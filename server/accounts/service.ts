import type { ISql } from 'postgres'
import type { Context } from '../core/context.ts'
import { defineProblem } from '../core/problem.ts'
import type { CreatedLink, NewLink, Role } from './schema.ts'
import { hashOf, newLinkCode, newSessionToken } from './tokens.ts'

/** The pool, or a transaction on it. */
export type Sql = ISql<Record<never, never>>

export const linkUnknown = defineProblem('link-unknown', 404, 'This link is not valid')
export const linkSpent = defineProblem('link-spent', 410, 'This link has been used up or has expired')

const days = (count: number) => count * 86_400_000
const adminLinkDays = 1

/** A person as a session knows them. */
export interface SignedInPerson {
  personId: string
  role: Role
  name: string
}

/** The role a link gives and whom it is for; each use has been counted when this is returned. */
export interface UsedLink {
  id: string
  role: Role
  studyId: string | null
  personId: string | null
  cohort: string
}

/**
 * Makes a one-time link that signs the operator in; the first one also makes the operator. Only its hash is kept, so the
 * address is shown once. `origin` is where people reach the pages: `http://localhost:3000`.
 */
export async function createAdminLink(ctx: Context, origin = originOf(ctx)): Promise<CreatedLink> {
  const [admin] = await ctx.sql<{ id: string }[]>`
    with known as (
      select id from people where role = 'admin' and disabled_at is null order by created_at, id limit 1
    ), made as (
      insert into people (role, name) select 'admin', 'Operator' where not exists (select 1 from known) returning id
    )
    select id from known union all select id from made`
  return storeLink(ctx, origin, {
    role: 'admin',
    personId: admin!.id,
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
export function createRaterLink(
  ctx: Context,
  studyId: string,
  input: NewLink,
  origin = originOf(ctx),
): Promise<CreatedLink> {
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
  const [row] = await ctx.sql<{ id: string }[]>`
    insert into links (code_hash, role, study_id, person_id, cohort, max_uses, expires_at, created_by)
    values (${hashOf(code)}, ${link.role}, ${link.studyId ?? null}, ${link.personId ?? null}, ${link.cohort ?? 'default'},
      ${link.maxUses}, ${expiresAt}::text::timestamptz, ${actorId(ctx)})
    returning id`
  await recordAudit(ctx, ctx.sql, 'link.created', `link:${row!.id}`, { role: link.role, maxUses: link.maxUses })
  return { url: `${origin}/join/${code}`, maxUses: link.maxUses, expiresAt }
}

/** The address people use, as far as the configuration tells. */
function originOf({ config }: Context): string {
  return config.publicUrl ?? `http://localhost:${config.port}`
}

/**
 * Counts one use of a link, in one statement: however many race for the last use, one gets it. Throws linkUnknown or
 * linkSpent. Hand in a transaction, so that a failure later gives the use back.
 */
export async function takeLink(sql: Sql, code: string): Promise<UsedLink> {
  const [link] = await sql<UsedLink[]>`
    update links set uses = uses + 1
    where code_hash = ${hashOf(code)} and uses < max_uses and expires_at > now()
    returning id, role, study_id as "studyId", person_id as "personId", cohort`
  return link ?? (await refuseLink(sql, code))
}

async function refuseLink(sql: Sql, code: string): Promise<never> {
  const [known] = await sql`select 1 from links where code_hash = ${hashOf(code)}`
  throw known ? linkSpent('Ask whoever sent it for a new one') : linkUnknown('Check that the whole address was copied')
}

/** What a link offers, without using it; throws as takeLink does. */
export async function readLink(ctx: Context, code: string): Promise<UsedLink & { expiresAt: string }> {
  const [link] = await ctx.sql<(UsedLink & { expiresAt: string | Date })[]>`
    select id, role, study_id as "studyId", person_id as "personId", cohort, expires_at as "expiresAt" from links
    where code_hash = ${hashOf(code)} and uses < max_uses and expires_at > now()`
  if (!link) return refuseLink(ctx.sql, code)
  return { ...link, expiresAt: new Date(link.expiresAt).toISOString() }
}

/** Adds a person; nothing else in the database carries personal data. */
export async function createPerson(sql: Sql, role: Role, name: string): Promise<SignedInPerson> {
  const [row] = await sql<{ id: string }[]>`insert into people (role, name) values (${role}, ${name}) returning id`
  return { personId: row!.id, role, name }
}

/** A person who is not disabled, or null. */
export async function findPerson(sql: Sql, personId: string): Promise<SignedInPerson | null> {
  const [row] = await sql<SignedInPerson[]>`
    select id as "personId", role, name from people where id = ${personId} and disabled_at is null`
  return row ?? null
}

/** Opens a session and returns its token, which is stored nowhere. It ends after 7 days, or 12 idle hours. */
export async function openSession(sql: Sql, personId: string): Promise<string> {
  const token = newSessionToken()
  await sql`insert into sessions (token_hash, person_id, expires_at) values (${hashOf(token)}, ${personId}, now() + interval '7 days')`
  return token
}

/** Ends one session; a token that opens none is no error. */
export async function endSession(sql: Sql, token: string): Promise<void> {
  await sql`delete from sessions where token_hash = ${hashOf(token)}`
}

/** The person of a session that is neither over, nor idle for 12 hours, nor theirs who was disabled. One statement, by the database's clock. */
export async function findSession(sql: Sql, token: string): Promise<SignedInPerson | null> {
  const [row] = await sql<SignedInPerson[]>`
    with found as (
      select s.token_hash, s.last_seen_at, p.id, p.role, p.name
      from sessions s join people p on p.id = s.person_id
      where s.token_hash = ${hashOf(token)} and s.expires_at > now() and s.last_seen_at > now() - interval '12 hours'
        and p.disabled_at is null
    ), seen as (
      update sessions s set last_seen_at = now() from found f
      where s.token_hash = f.token_hash and f.last_seen_at < now() - interval '1 minute'
    )
    select id as "personId", role, name from found`
  return row ?? null
}

/** Adds a line to the audit trail, which is never altered. `subject` is `kind:id`; no secrets in `detail`. */
export async function recordAudit(
  ctx: Pick<Context, 'actor'>,
  sql: Sql,
  action: string,
  subject: string,
  detail: Record<string, string | number | boolean> = {},
): Promise<void> {
  await sql`
    insert into audit_events (actor_id, action, subject, detail)
    values (${actorId(ctx)}, ${action}, ${subject}, ${JSON.stringify(detail)}::text::jsonb)`
}

function actorId({ actor }: Pick<Context, 'actor'>): string | null {
  return actor.kind === 'person' ? actor.personId : null
}
