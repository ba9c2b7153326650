import type { FastifyRequest } from 'fastify'
import { contextOf } from '../core/context.ts'
import { foreignRequest, notAllowed, Problem, ratingBlind } from '../core/problem.ts'

const denials = [notAllowed, ratingBlind, foreignRequest].map(({ type }) => type)

/**
 * Notes in the audit trail that somebody signed in was refused what their role, their study or the site they came from
 * does not allow: once an hour for each person and route, so that nobody fills the trail. An outage of the database is no
 * reason to answer anything else than the refusal.
 */
export async function recordDenial(request: FastifyRequest, error: Error): Promise<void> {
  if (!(error instanceof Problem) || !denials.includes(error.type)) return
  const { actor, sql, log } = contextOf(request)
  if (actor?.kind !== 'person') return
  const subject = `route:${request.method} ${request.routeOptions.url ?? ''}`
  const detail = JSON.stringify({ why: error.type.replace('/problems/', '') })
  await sql`
    insert into audit_events (actor_id, action, subject, detail)
    select ${actor.personId}, 'denied', ${subject}, ${detail}::text::jsonb
    where not exists (
      select 1 from audit_events
      where actor_id = ${actor.personId} and action = 'denied' and subject = ${subject} and at > now() - interval '1 hour'
    )`.catch((cause: unknown) => log.warn({ err: cause }, 'a refusal could not be noted in the audit trail'))
}
