import type { PendingQuery, Row } from 'postgres'
import { people, teams } from '#drizzle/schema/accounts.ts'
import type { Context } from '#server/core/context.ts'
import { orNull, rowsOf, whole, flag, words } from '#server/core/postgres/rows.ts'
import { defineProblem, notFound } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { isLive, recordAudit } from '../service.ts'
import type { ChangedPerson, PeoplePage, PeopleQuery, Person } from './schema.ts'

export const lastAdmin = defineProblem('last-admin', 409, 'Nobody would run the arena any more')

const perPage = 100

const listed = {
  ...{ id: people.id, name: people.name, role: people.role, teamId: people.teamId, teamName: orNull(teams.name) },
  ...{ disabled: flag, createdAt: people.createdAt, lastSeenAt: people.lastSeenAt, sessions: whole, tokens: whole },
}

function readPeople(ctx: Context, wanted: PendingQuery<Row[]>, offset = 0) {
  return rowsOf(ctx, listed)`
    select p.id, p.name, p.role, p.team_id as "teamId", t.name as "teamName", p.disabled_at is not null as disabled,
      p.created_at as "createdAt", greatest(p.last_seen_at, s.seen, k.seen) as "lastSeenAt",
      coalesce(s.live, 0)::int as sessions, coalesce(k.live, 0)::int as tokens
    from people p left join teams t on t.id = p.team_id
    left join lateral (
      select max(s.last_seen_at) as seen, count(*) filter (where ${isLive(ctx)} and s.ended_at is null) as live from sessions s where s.person_id = p.id
    ) s on true
    left join lateral (
      select max(last_used_at) as seen, count(*) filter (where revoked_at is null and expires_at > now()) as live
      from api_tokens where person_id = p.id
    ) k on true
    where p.deleted_at is null and ${wanted}
    order by array_position(array['admin', 'researcher', 'team', 'rater'], p.role::text), "lastSeenAt" desc nulls last, p.id
    limit ${perPage} offset ${offset}`
}

function asPerson({
  teamId,
  teamName,
  createdAt,
  lastSeenAt,
  ...row
}: Awaited<ReturnType<typeof readPeople>>[number]): Person {
  return {
    ...row,
    team: teamId === null || teamName === null ? null : { id: teamId, name: teamName },
    createdAt: createdAt.toISOString(),
    lastSeenAt: lastSeenAt?.toISOString() ?? null,
  }
}

/** Who has an account: whoever runs the arena first, then teams, then raters, the last seen of each first. */
export async function listPeople(ctx: Context, { role, state, page }: PeopleQuery): Promise<PeoplePage> {
  const { sql } = ctx
  const wanted = sql`(${role} = 'all' or p.role::text = ${role})
    and (${state} = 'all' or (p.disabled_at is not null) = (${state} = 'disabled'))`
  const [counted] = await rowsOf(ctx, { total: whole })`
    select count(*)::int as total from people p where p.deleted_at is null and ${wanted}`
  const { total } = counted!
  const rows = await readPeople(ctx, wanted, (page - 1) * perPage)
  return { people: rows.map(asPerson), total, page, pages: Math.max(1, Math.ceil(total / perPage)) }
}

/** One person. Throws not-found, also for somebody who was deleted. */
export async function getPerson(ctx: Context, id: string): Promise<Person> {
  const [row] = await readPeople(ctx, ctx.sql`p.id = ${id}`)
  if (!row) throw notFound('There is no such person')
  return asPerson(row)
}

/**
 * Gives somebody another name or role, disables their account or lets them in again. A new role and a disabled account end
 * their sessions and tokens. Throws not-found, and last-admin where no admin would be left.
 */
export async function changePerson(ctx: Context, id: string, change: ChangedPerson): Promise<Person> {
  return inTransaction(ctx, async (ctx) => {
    const before = await getPerson(ctx, id)
    const { name = before.name, role = before.role, disabled = before.disabled } = change
    if (before.role === 'admin' && !before.disabled && (role !== 'admin' || disabled)) await requireOtherAdmin(ctx, id)
    await ctx.sql`
      update people set name = ${name}, role = ${role}, team_id = case when ${role} = 'team' then team_id end,
        disabled_at = case when ${disabled} then coalesce(disabled_at, now()) end
      where id = ${id}`
    if (role !== before.role || (disabled && !before.disabled)) await endAccess(ctx, id)
    const subject = `person:${id}`
    if (name !== before.name) await recordAudit(ctx, 'person.renamed', subject)
    if (role !== before.role) await recordAudit(ctx, 'person.role-changed', subject, { from: before.role, to: role })
    if (disabled !== before.disabled) await recordAudit(ctx, disabled ? 'person.disabled' : 'person.enabled', subject)
    return getPerson(ctx, id)
  })
}

/** Throws last-admin where nobody else runs the arena. Those who do are held until the transaction ends. */
async function requireOtherAdmin(ctx: Context, id: string): Promise<void> {
  const admins = await rowsOf(ctx, { id: words })`
    select id::text as id from people where role = 'admin' and disabled_at is null order by id for update`
  if (admins.every((admin) => admin.id === id)) throw lastAdmin('Make somebody else an admin first')
}

/** Takes everything from an account that leads to its person, for good. Throws not-found and last-admin. */
export async function erasePerson(ctx: Context, personId: string): Promise<void> {
  const { id, role, disabled } = await getPerson(ctx, personId)
  if (role === 'admin' && !disabled) await requireOtherAdmin(ctx, id)
  await endAccess(ctx, id)
  await ctx.sql`
    update people set name = 'Somebody who left', language = null, last_seen_at = null, deleted_at = now(),
      disabled_at = coalesce(disabled_at, now())
    where id = ${id}`
}

/** Ends every session and every API token of a person. */
async function endAccess(ctx: Context, personId: string): Promise<void> {
  await endSessions(ctx, personId)
  await ctx.sql`update api_tokens set revoked_at = now() where person_id = ${personId} and revoked_at is null`
}

/** Signs somebody out of every browser. Throws not-found. */
export async function signOutEverywhere(ctx: Context, personId: string): Promise<void> {
  const { id } = await getPerson(ctx, personId)
  const ended = await endSessions(ctx, id)
  await recordAudit(ctx, 'person.signed-out', `person:${id}`, { sessions: ended })
}

async function endSessions(ctx: Context, personId: string): Promise<number> {
  const [row] = await rowsOf(ctx, { ended: whole })`
    with ended as (delete from sessions where person_id = ${personId} returning last_seen_at), seen as (
      update people set last_seen_at = greatest(last_seen_at, (select max(last_seen_at) from ended)) where id = ${personId}
    )
    select count(*)::int as ended from ended`
  return row!.ended
}

/** The one person whom an id, its beginning or a name means. Throws not-found, also where several are meant. */
export async function namedPerson(ctx: Context, named: string): Promise<Person> {
  const rows = await readPeople(ctx, ctx.sql`(starts_with(p.id::text, lower(${named})) or p.name = ${named})`)
  const [first, second] = rows
  if (!first) throw notFound(`Nobody has the id or the name '${named}'. \`npx arena people list\` shows everybody`)
  if (second) throw notFound(`Several people are called '${named}': give the id that \`npx arena people list\` shows`)
  return asPerson(first)
}
