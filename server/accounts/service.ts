import { people, sessions } from '#drizzle/schema/accounts.ts'
import type { Context } from '../core/context.ts'
import { gathering } from '../core/postgres/gathering.ts'
import { flag, rowsOf, type RowOf } from '../core/postgres/rows.ts'
import type { Role } from './schema.ts'
import { hashOf, newSessionToken } from './tokens.ts'

const signedIn = {
  personId: people.id,
  role: people.role,
  name: people.name,
  /** The team of somebody of role `team`; null for everybody else. */
  teamId: people.teamId,
}

/** A person as a session knows them. */
export type SignedInPerson = RowOf<typeof signedIn>

/** Adds a person; nothing else in the database carries personal data. */
export async function createPerson(
  ctx: Context,
  role: Role,
  name: string,
  teamId: string | null = null,
): Promise<SignedInPerson> {
  const [person] = await ctx.db.insert(people).values({ role, name, teamId }).returning(signedIn)
  return person!
}

/** The id of the first admin who is not disabled; makes one when there is none. */
export async function ensureAdmin(ctx: Context): Promise<string> {
  const [admin] = await rowsOf(ctx, { id: people.id })`
    with known as (
      select id from people where role = 'admin' and disabled_at is null order by created_at, id limit 1
    ), made as (
      insert into people (role, name) select 'admin', 'Operator' where not exists (select 1 from known) returning id
    )
    select id from known union all select id from made`
  return admin!.id
}

/** A person who is not disabled, or undefined. */
export async function findPerson(ctx: Context, personId: string): Promise<SignedInPerson | undefined> {
  const [row] = await rowsOf(ctx, signedIn)`
    select p.id as "personId", p.role, p.name, p.team_id as "teamId" from people p
    where p.id = ${personId} and p.disabled_at is null and ${teamIsActive(ctx)}`
  return row
}

/** True of a session `s` of a person `p` that has not ended and was not idle for 12 hours, an admin's for one. */
export function isLive({ sql }: Context) {
  return sql`s.expires_at > now()
    and s.last_seen_at > now() - case when p.role = 'admin' then interval '1 hour' else interval '12 hours' end`
}

/** True of a person `p` without a team, or whose team is not disabled. */
export function teamIsActive({ sql }: Context) {
  return sql`(p.team_id is null or exists (select 1 from teams t where t.id = p.team_id and t.disabled_at is null))`
}

/**
 * Opens a session and returns its token, which is stored nowhere. It ends after 7 days, or 12 idle hours; an admin's after
 * one idle hour. One that a link of one rater opened ends with it.
 */
export async function openSession(ctx: Context, personId: string, linkId: string | null = null): Promise<string> {
  const token = newSessionToken()
  await ctx.sql`
    with seen as (update people set last_seen_at = now() where id = ${personId})
    insert into sessions (token_hash, person_id, link_id, expires_at)
    values (${hashOf(token)}, ${personId}, ${linkId}, now() + interval '7 days')`
  return token
}

/** Ends one session; a token that opens none is no error. */
export async function endSession(ctx: Context, token: string): Promise<void> {
  await ctx.sql`
    with ended as (delete from sessions where token_hash = ${hashOf(token)} returning person_id, last_seen_at)
    update people p set last_seen_at = e.last_seen_at from ended e where p.id = e.person_id`
}

/** Ends the sessions that a link of one rater opened. Their pages are told why. */
export async function endSessionsOf(ctx: Context, linkId: string): Promise<void> {
  await ctx.sql`update sessions set ended_at = now() where link_id = ${linkId} and ended_at is null`
}

/**
 * The person of a session that has not ended and was not idle for too long, unless the person is disabled; `taken-back`
 * where it ended with its link. One statement, by the database's clock, for all who ask at once.
 */
export function findSession(ctx: Context, token: string): Promise<SignedInPerson | 'taken-back' | undefined> {
  return findSessions(ctx, hashOf(token))
}

const findSessions = gathering(
  async (ctx, hashes: string[]): Promise<(SignedInPerson | 'taken-back' | undefined)[]> => {
    const rows = await rowsOf(ctx, { tokenHash: sessions.tokenHash, ended: flag, ...signedIn })`
      with found as (
        select s.token_hash, s.last_seen_at, s.ended_at is not null as ended, p.id, p.role, p.name, p.team_id
        from unnest((select ${hashes}::text[])) asked (hash) join sessions s on s.token_hash = asked.hash join people p on p.id = s.person_id
        where ${isLive(ctx)}
          and p.disabled_at is null and ${teamIsActive(ctx)}
      ), seen as (
        update sessions s set last_seen_at = now() from found f
        where s.token_hash = f.token_hash and not f.ended and f.last_seen_at < now() - interval '1 minute'
      )
      select token_hash as "tokenHash", ended, id as "personId", role, name, team_id as "teamId" from found`
    const people = new Map(
      rows.map(({ tokenHash, ended, ...person }) => [tokenHash, ended ? ('taken-back' as const) : person]),
    )
    return hashes.map((hash) => people.get(hash))
  },
  { most: 100 },
)

/**
 * The rater whose session this token opened, be it over for long, unless its link was taken back; nobody else is found, so that nobody who runs the arena
 * comes back this way. It lets nobody in by itself: see redeemLink.
 */
export async function findFormerRater(ctx: Context, token: string): Promise<SignedInPerson | undefined> {
  const [row] = await rowsOf(ctx, signedIn)`
    select p.id as "personId", p.role, p.name, p.team_id as "teamId" from sessions s join people p on p.id = s.person_id
    where s.token_hash = ${hashOf(token)} and p.role = 'rater' and s.ended_at is null and p.disabled_at is null`
  return row
}

/** Adds a line to the audit trail, which is never altered. `subject` is `kind:id`; no secrets in `detail`. */
export async function recordAudit(
  ctx: Context,
  action: string,
  subject: string,
  detail: Record<string, string | number | boolean> = {},
): Promise<void> {
  await ctx.sql`
    insert into audit_events (actor_id, action, subject, detail)
    values (${actorId(ctx)}, ${action}, ${subject}, ${JSON.stringify(detail)}::text::jsonb)`
}

/** The person who asks; null for the program itself and for visitors. */
export function actorId({ actor }: Context): string | null {
  return actor.kind === 'person' ? actor.personId : null
}
