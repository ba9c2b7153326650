import type { PendingQuery, Row } from 'postgres'
import type { FastifyRequest } from 'fastify'
import { apiTokens, people } from '#drizzle/schema/accounts.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf, words } from '#server/core/postgres/rows.ts'
import { notFound, signInNeeded } from '#server/core/problem.ts'
import { recordAudit, teamIsActive, type SignedInPerson } from '../service.ts'
import { hashOf, newApiToken } from '../tokens.ts'
import { ApiToken, type CreatedApiToken, type NewApiToken } from './schema.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the API token of this request lets its owner do; null: they ask by a session, or nobody does. */
    tokenScope: 'read' | 'write' | null
  }
}

/** The token of an `Authorization: Bearer` header; undefined where there is none. */
export function readBearer({ headers: { authorization } }: FastifyRequest): string | undefined {
  if (authorization === undefined || !/^bearer /i.test(authorization)) return undefined
  return authorization.slice('bearer '.length).trim()
}

/** Whoever asks by this token, and what it lets them do. Throws sign-in-needed where it lets nobody in. */
export async function findTokenOwner(
  ctx: Context,
  token: string,
): Promise<SignedInPerson & { scope: 'read' | 'write' }> {
  const owner = {
    personId: people.id,
    role: people.role,
    name: people.name,
    teamId: people.teamId,
    scope: apiTokens.scope,
  }
  const [row] = await rowsOf(ctx, owner)`
    with found as (
      select k.id, k.scope, k.last_used_at, p.id as person_id, p.role, p.name, p.team_id
      from api_tokens k join people p on p.id = k.person_id
      where k.token_hash = ${hashOf(token)} and k.revoked_at is null and k.expires_at > now()
        and p.disabled_at is null and ${teamIsActive(ctx)}
    ), used as (
      update api_tokens k set last_used_at = now() from found f
      where k.id = f.id and (f.last_used_at is null or f.last_used_at < now() - interval '1 minute')
    )
    select person_id as "personId", role, name, team_id as "teamId", scope from found`
  if (!row) throw signInNeeded('The token is not known, has expired or was revoked')
  return row
}

const listed = {
  ...{ id: apiTokens.id, name: apiTokens.name, scope: apiTokens.scope, ownerId: people.id, ownerName: people.name },
  ...{ createdAt: apiTokens.createdAt, lastUsedAt: apiTokens.lastUsedAt, expiresAt: apiTokens.expiresAt, state: words },
}

async function readTokens(ctx: Context, wanted: PendingQuery<Row[]>): Promise<ApiToken[]> {
  const rows = await rowsOf(ctx, listed)`
    select k.id, k.name, k.scope, p.id as "ownerId", p.name as "ownerName", k.created_at as "createdAt",
      k.last_used_at as "lastUsedAt", k.expires_at as "expiresAt",
      case when k.revoked_at is not null then 'revoked' when k.expires_at <= now() then 'expired' else 'works' end as state
    from api_tokens k join people p on p.id = k.person_id
    where ${wanted} order by k.created_at desc, k.id limit 200`
  return rows.map(({ ownerId, ownerName, createdAt, lastUsedAt, expiresAt, ...token }) =>
    ApiToken.parse({
      ...token,
      owner: { id: ownerId, name: ownerName },
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
      expiresAt: expiresAt.toISOString(),
    }),
  )
}

/** Makes a token by which scripts ask as this person. What it reads is returned this once and stored nowhere. */
export async function createApiToken(
  ctx: Context,
  personId: string,
  { name, scope, days }: NewApiToken,
): Promise<CreatedApiToken> {
  const token = newApiToken()
  const [row] = await rowsOf(ctx, { id: apiTokens.id })`
    insert into api_tokens (token_hash, person_id, name, scope, expires_at)
    values (${hashOf(token)}, ${personId}, ${name}, ${scope}, now() + make_interval(days => ${days})) returning id`
  await recordAudit(ctx, 'token.created', `token:${row!.id}`, { scope, days })
  const [made] = await readTokens(ctx, ctx.sql`k.id = ${row!.id}`)
  return { ...made!, token }
}

/** True of tokens `k` that the actor may see and revoke: their own; an admin's and the program's are all. */
function isOpenTo({ sql, actor }: Context) {
  if (actor.kind !== 'person') return sql`${actor.kind === 'system'}`
  return sql`(${actor.role === 'admin'} or k.person_id = ${actor.personId})`
}

/** The newest 200 tokens that the actor may see: their own; for admins everybody's. */
export function listApiTokens(ctx: Context): Promise<ApiToken[]> {
  return readTokens(ctx, isOpenTo(ctx))
}

/** Ends a token. Throws not-found, also for another's; one that has ended already is no error. */
export async function revokeApiToken(ctx: Context, id: string): Promise<void> {
  const [row] = await rowsOf(ctx, { id: apiTokens.id })`
    update api_tokens k set revoked_at = coalesce(revoked_at, now()) where k.id = ${id} and ${isOpenTo(ctx)} returning k.id`
  if (!row) throw notFound('There is no such token')
  await recordAudit(ctx, 'token.revoked', `token:${id}`)
}
