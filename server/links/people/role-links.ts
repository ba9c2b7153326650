import { people } from '#drizzle/schema/accounts.ts'
import { links } from '#drizzle/schema/links.ts'
import { getPerson } from '#server/accounts/people/people.ts'
import { recordAudit } from '#server/accounts/service.ts'
import type { Context } from '#server/core/context.ts'
import { orNull, rowsOf, words } from '#server/core/postgres/rows.ts'
import { defineProblem, notFound } from '#server/core/problem.ts'
import type { CreatedLink } from '../schema.ts'
import { storeLink } from '../service.ts'
import { RoleLink, type NewRoleLink } from './schema.ts'

export const accountDisabled = defineProblem('account-disabled', 409, 'The account is disabled')

const dayMs = 86_400_000

/** Makes a link by which up to `maxUses` people become researchers or admins. */
export function createRoleLink(
  ctx: Context,
  { role, maxUses, days }: NewRoleLink,
  origin: string,
): Promise<CreatedLink> {
  return storeLink(ctx, origin, { role, maxUses, expiresAt: ctx.now() + days * dayMs })
}

/**
 * Makes a link that signs somebody in again, once, within a day: for whoever lost their cookie. Throws not-found and
 * account-disabled.
 */
export async function createSignInLink(ctx: Context, personId: string, origin: string): Promise<CreatedLink> {
  const { id, role, disabled } = await getPerson(ctx, personId)
  if (disabled) throw accountDisabled('Enable it first')
  return storeLink(ctx, origin, { role, personId: id, maxUses: 1, expiresAt: ctx.now() + dayMs })
}

/** True of links `l` that belong to no study and no team. */
const ofArena = ({ sql }: Context) => sql`l.study_id is null and l.team_id is null`

/** The newest 200 links that give a role or sign somebody in again, newest first. */
export async function listRoleLinks(ctx: Context): Promise<RoleLink[]> {
  const shape = {
    ...{ id: links.id, role: links.role, maxUses: links.maxUses, uses: links.uses, createdAt: links.createdAt },
    ...{ expiresAt: links.expiresAt, state: words, personId: links.personId, personName: orNull(people.name) },
  }
  const rows = await rowsOf(ctx, shape)`
    select l.id, l.role, l.max_uses as "maxUses", l.uses, l.created_at as "createdAt", l.expires_at as "expiresAt",
      case when l.revoked_at is not null then 'revoked' when l.uses >= l.max_uses then 'spent'
        when l.expires_at <= now() then 'expired' else 'open' end as state,
      l.person_id as "personId", p.name as "personName"
    from links l left join people p on p.id = l.person_id
    where ${ofArena(ctx)} order by l.created_at desc, l.id limit 200`
  return rows.map(({ personId, personName, createdAt, expiresAt, ...link }) =>
    RoleLink.parse({
      ...link,
      person: personId === null ? null : { id: personId, name: personName },
      createdAt: createdAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
    }),
  )
}

/** Takes such a link back: nobody comes in by it any more. Throws not-found, also for a link of a study or a team. */
export async function revokeRoleLink(ctx: Context, id: string): Promise<void> {
  const [row] = await rowsOf(ctx, { id: links.id })`
    update links l set revoked_at = coalesce(revoked_at, now()) where l.id = ${id} and ${ofArena(ctx)} returning l.id`
  if (!row) throw notFound('There is no such link')
  await recordAudit(ctx, 'link.revoked', `link:${id}`)
}
