import { and, asc, eq, inArray, isNull, type SQL } from 'drizzle-orm'
import { people, teams } from '#drizzle/schema/accounts.ts'
import type { Context } from '#server/core/context.ts'
import { teamOf } from '#server/core/policy.ts'
import { defineProblem, InputError, notFound } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import type { Team } from './schema.ts'
import { recordAudit } from '../service.ts'

export const teamNameTaken = defineProblem('team-name-taken', 409, 'Another team has this name')
export const teamHasThings = defineProblem('team-has-things', 409, 'The team has people, models or endpoints')

/** Makes a team without people; they join by its links. Throws team-name-taken. */
export async function createTeam(ctx: Context, name: string): Promise<Team> {
  const [made] = await ctx.db.insert(teams).values({ name }).onConflictDoNothing().returning()
  if (!made) throw teamNameTaken(name)
  await recordAudit(ctx, 'team.created', `team:${made.id}`, { name })
  return (await findTeam(ctx, made.id))!
}

/** The teams that the actor may see with their people, by name: a team sees itself only. */
export function listTeams(ctx: Context): Promise<Team[]> {
  return teamsWhere(ctx)
}

async function teamsWhere({ db, actor }: Context, wanted?: SQL): Promise<Team[]> {
  const team = teamOf(actor)
  const own = team === null ? undefined : eq(teams.id, team)
  const rows = await db.select().from(teams).where(and(own, wanted)).orderBy(asc(teams.name))
  const theirs = inArray(
    people.teamId,
    rows.map(({ id }) => id),
  )
  const members = await db
    .select()
    .from(people)
    .where(and(theirs, isNull(people.disabledAt)))
    .orderBy(asc(people.createdAt))
  return rows.map(({ id, name, disabledAt, createdAt }) => ({
    id,
    name,
    disabled: disabledAt !== null,
    createdAt: createdAt.toISOString(),
    people: members
      .filter(({ teamId }) => teamId === id)
      .map((person) => ({ id: person.id, name: person.name, joinedAt: person.createdAt.toISOString() })),
  }))
}

/** A team that the actor may see, or undefined. */
export async function findTeam(ctx: Context, id: string): Promise<Team | undefined> {
  const [team] = await teamsWhere(ctx, eq(teams.id, id))
  return team
}

/** One team. Throws not-found, also for another team than the actor's own. */
export async function getTeam(ctx: Context, id: string): Promise<Team> {
  const team = await findTeam(ctx, id)
  if (!team) throw notFound('There is no such team')
  return team
}

/** The team of this name. Throws InputError: for commands. */
export async function namedTeam(ctx: Context, name: string): Promise<Team> {
  const [team] = await teamsWhere(ctx, eq(teams.name, name))
  if (!team) throw new InputError(`No team is called '${name}'. \`npx arena teams list\` shows them.`)
  return team
}

/** Gives a team another name. Throws team-name-taken and not-found. */
export async function renameTeam(ctx: Context, id: string, name: string): Promise<void> {
  const before = await getTeam(ctx, id)
  const [taken] = await ctx.db.select().from(teams).where(eq(teams.name, name))
  if (taken && taken.id !== id) throw teamNameTaken(name)
  await ctx.db.update(teams).set({ name }).where(eq(teams.id, id))
  await recordAudit(ctx, 'team.renamed', `team:${id}`, { from: before.name, to: name })
}

/** Signs a team's people out and lets nobody in by its links, or lets them in again. What it made stays. */
export async function disableTeam(ctx: Context, id: string, disabled: boolean): Promise<void> {
  await getTeam(ctx, id)
  await ctx.db
    .update(teams)
    .set({ disabledAt: disabled ? new Date(ctx.now()) : null })
    .where(eq(teams.id, id))
  await recordAudit(ctx, disabled ? 'team.disabled' : 'team.enabled', `team:${id}`)
}

/** Closes the account of one of a team's people; what they made is the team's. Throws not-found. */
export async function removeFromTeam(ctx: Context, teamId: string, personId: string): Promise<void> {
  const [removed] = await ctx.db
    .update(people)
    .set({ disabledAt: new Date(ctx.now()) })
    .where(and(eq(people.id, personId), eq(people.teamId, teamId), isNull(people.disabledAt)))
    .returning()
  if (!removed) throw notFound('Nobody of this team has this id')
  await recordAudit(ctx, 'team.person-removed', `team:${teamId}`, { person: personId })
}

const foreignKeyViolation = '23503'

/** Deletes a team to which nothing belongs and never did. Throws team-has-things for any other. */
export async function deleteTeam(ctx: Context, id: string): Promise<void> {
  const { name } = await getTeam(ctx, id)
  try {
    await inTransaction(ctx, async (ctx) => {
      await ctx.db.delete(teams).where(eq(teams.id, id))
      await recordAudit(ctx, 'team.deleted', `team:${id}`, { name })
    })
  } catch (error) {
    if (!isForeignKeyViolation(error)) throw error
    throw teamHasThings('Disable it instead: its people are signed out, and what it made stays')
  }
}

function isForeignKeyViolation(error: unknown): boolean {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return (cause as { code?: string } | null)?.code === foreignKeyViolation
}
