import type { FastifyContextConfig } from 'fastify'
import type { Actor } from './context.ts'

/**
 * Who may use a route. `public`: anyone. `member`: anyone signed in. `team`: teams, researchers and admins.
 * `researcher`: researchers and admins. `admin`: admins. Ownership is checked by the verb itself.
 */
type Policy = 'public' | 'member' | 'team' | 'researcher' | 'admin'

const rolesOf: Record<Exclude<Policy, 'public'>, readonly string[]> = {
  member: ['rater', 'team', 'researcher', 'admin'],
  team: ['team', 'researcher', 'admin'],
  researcher: ['researcher', 'admin'],
  admin: ['admin'],
}

declare module 'fastify' {
  interface FastifyContextConfig {
    policy?: Policy
    /** No model is named here, so that whoever rates may use it. Of policy `member` all are so. */
    nameless?: boolean
  }
}

/** Whether the actor may use a route of this policy. */
export function allows(policy: Policy, actor: Actor): boolean {
  if (policy === 'public' || actor.kind === 'system') return true
  return actor.kind === 'person' && rolesOf[policy].includes(actor.role)
}

/** Whether a route tells nobody which model is which. */
export function isNameless({ policy, nameless = false }: FastifyContextConfig): boolean {
  return nameless || policy === 'member'
}

/**
 * Whether the actor may see all that is not released yet: models before their release with their runs and scores, drafts
 * of studies, boards that rest on very few people. Raters, teams and visitors may not.
 */
export function maySeeUnreleased(actor: Actor): boolean {
  return actor.kind === 'system' || (actor.kind === 'person' && (actor.role === 'researcher' || actor.role === 'admin'))
}

/** The team whose own things alone the actor may use; null for everybody who is of no team. */
export function teamOf(actor: Actor): string | null {
  return actor.kind === 'person' && actor.role === 'team' ? actor.teamId : null
}

/** Whether the actor may change, use and end what belongs to this team; null: the operator's own. */
export function mayUse(actor: Actor, teamId: string | null): boolean {
  return maySeeUnreleased(actor) || (teamId !== null && teamOf(actor) === teamId)
}
