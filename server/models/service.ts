import { eq, sql } from 'drizzle-orm'
import { models } from '#drizzle/schema/models.ts'
import { recordAudit } from '../accounts/service.ts'
import type { Context } from '../core/context.ts'
import { mayUse, teamOf } from '../core/policy.ts'
import { defineProblem, InputError, notFound } from '../core/problem.ts'
import { inTransaction } from '../core/transaction.ts'
import type { Openness } from './schema.ts'

type StoredModel = typeof models.$inferSelect

interface ModelDescription {
  name: string
  organisation?: string
  openness?: Openness
  description?: string
  baseline?: boolean
}

/** The address form of a model's name: `Molmo 7B-D (0924)` becomes `molmo-7b-d-0924`. Throws InputError when nothing is left. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
    .slice(0, 80)
  if (slug === '') throw new InputError(`The model's name ${JSON.stringify(name)} has no letter or digit`)
  return slug
}

export const modelNameTaken = defineProblem('model-name-taken', 409, 'Another model has this name')

/**
 * The model of this name, made when it is missing and then the actor's. One that is there is left as it is described.
 * Throws model-name-taken to a team when it is not the team's own.
 */
export async function ensureModel(ctx: Context, described: ModelDescription): Promise<StoredModel> {
  const slug = slugOf(described.name)
  const [made] = await ctx.db
    .insert(models)
    .values({ slug, ...described, teamId: teamOf(ctx.actor) })
    .onConflictDoNothing()
    .returning()
  const model = made ?? (await findModel(ctx, slug))!
  if (!mayUse(ctx.actor, model.teamId)) throw modelNameTaken('Choose a name that says whose it is')
  return model
}

/** Gives a model that is not released another name. Throws model-name-taken and InputError. */
export async function renameModel(ctx: Context, id: string, name: string): Promise<void> {
  const slug = slugOf(name)
  const [before] = await ctx.db.select().from(models).where(eq(models.id, id))
  if (before?.name === name) return
  if (before?.releasedAt) throw new InputError(`${before.name} is released: its name stands on boards and stays`)
  const other = await findModel(ctx, slug)
  if (other && other.id !== id) throw modelNameTaken(name)
  await ctx.db.update(models).set({ slug, name }).where(eq(models.id, id))
}

/**
 * Shows a model to everybody, on the boards of its studies and beside its scores, or hides it from visitors again and
 * shows raters no further battle with it. Its votes count either way; exports give a model that is not released as
 * `withheld-1`. Doing it twice is harmless. Throws
 * not-found.
 */
export async function releaseModel(ctx: Context, slug: string, released: boolean): Promise<{ name: string }> {
  return inTransaction(ctx, async (ctx) => {
    const model = await findModel(ctx, slug)
    if (!model) throw notFound(`There is no model '${slug}'`)
    const releasedAt = released ? sql`coalesce(${models.releasedAt}, now())` : null
    const withdrawnAt = released ? null : sql`coalesce(${models.withdrawnAt}, now())`
    await ctx.db.update(models).set({ releasedAt, withdrawnAt }).where(eq(models.id, model.id))
    const changed = released ? model.releasedAt === null : model.withdrawnAt === null
    if (changed) await recordAudit(ctx, released ? 'model.released' : 'model.withdrawn', `model:${model.id}`)
    return { name: model.name }
  })
}

/** Makes or describes anew a model that is built in: a baseline, seen by everyone. */
export async function ensureBaseline(
  ctx: Context,
  slug: string,
  described: Pick<ModelDescription, 'name' | 'description'>,
): Promise<StoredModel> {
  const baseline = { ...described, openness: 'open' as const, baseline: true, releasedAt: new Date() }
  const { releasedAt: _, ...changed } = baseline
  const [model] = await ctx.db
    .insert(models)
    .values({ slug, ...baseline })
    .onConflictDoUpdate({ target: models.slug, set: changed })
    .returning()
  return model!
}

/** The model with this slug, or undefined. */
async function findModel(ctx: Context, slug: string): Promise<StoredModel | undefined> {
  const [model] = await ctx.db.select().from(models).where(eq(models.slug, slug))
  return model
}
