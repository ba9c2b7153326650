import { createPerson } from '#server/accounts/service.ts'
import type { Role } from '#server/accounts/schema.ts'
import type { Context } from '#server/core/context.ts'
import { createRaterLink } from '#server/links/service.ts'
import { redeemLink } from '#server/raters/service.ts'
import { createStudy } from '#server/studies/service.ts'
import type { StoredStudy, StudyExtras } from '#server/studies/service.ts'

/** The context in which a new person of this role asks; somebody of role `team` is alone in a new team. */
export async function newPerson(ctx: Context, role: Role = 'rater'): Promise<Context> {
  const teamId = role === 'team' ? await newTeam(ctx) : null
  return { ...ctx, actor: { kind: 'person', ...(await createPerson(ctx, role, 'Somebody', teamId)) } }
}

/** The id of a new team. */
async function newTeam(ctx: Context): Promise<string> {
  const [team] = await ctx.sql<{ id: string }[]>`insert into teams (name) values (gen_random_uuid()::text) returning id`
  return team!.id
}

/** The code of a new link to a study. */
export async function newCode(ctx: Context, studyId: string, maxUses = 1, cohort = 'default'): Promise<string> {
  const { url } = await createRaterLink(ctx, studyId, { maxUses, days: 1, cohort }, 'http://localhost')
  return url.split('/').at(-1)!
}

/** Whoever asks opens a new link to the study and agrees. */
export async function join(ctx: Context, studyId: string, cohort?: string): Promise<void> {
  await redeemLink(ctx, await newCode(ctx, studyId, 1, cohort), { consent: true })
}

/** A further open study of the pool and the models that the database has. */
export async function openAnother(
  ctx: Context,
  name: string,
  extras: StudyExtras = {},
): Promise<Pick<StoredStudy, 'id' | 'slug'>> {
  const endpoints = await ctx.sql<{ id: string }[]>`select id from endpoints order by name`
  const { id, slug } = await createStudy(
    ctx,
    {
      name,
      pool: 'pool',
      endpoints: endpoints.map((endpoint) => endpoint.id),
      pointsShown: true,
      followUp: 'nothing',
      language: 'browser',
      quotaPerPair: 10,
      sessionGoal: 10,
      goldShare: 0,
      trainingItems: 0,
      trainingBar: 8,
      trainingTries: 3,
      trainingFor: 'new',
      drawing: 'even',
      overlapShare: 0,
      overlapRaters: 3,
      leaseSeconds: 600,
      leastCardSeconds: 1,
      licence: 'CC0',
    },
    extras,
  )
  await ctx.sql`update studies set status = 'open', publishing = 'live' where id = ${id}`
  return { id, slug }
}
