import { eq, sql } from 'drizzle-orm'
import { studies } from '#drizzle/schema/studies.ts'
import { recordAudit } from '../accounts/service.ts'
import type { Context } from '../core/context.ts'
import { inTransaction } from '../core/transaction.ts'
import { meaningOfChange, type ChangedStudy } from './meaning-of-change.ts'
import { readPool } from './read-studies.ts'
import type { StudyChange } from './schema.ts'
import { requireReachableBar } from './training-settings.ts'
import { getStoredStudy, getUsablePool, readEntered, studyState, type StoredStudy } from './service.ts'

/** Votes that count, by study id: handed in by a module that knows them. */
type CountVotes = (ctx: Context, studyIds: string[]) => Promise<Map<string, number>>

/** What a change would mean, in sentences, without making it. Throws not-found. */
export async function explainChange(
  ctx: Context,
  slug: string,
  change: StudyChange,
  countVotes: CountVotes,
): Promise<string[]> {
  const study = await getStoredStudy(ctx, slug)
  const votes = (await countVotes(ctx, [study.id])).get(study.id) ?? 0
  const pool = (await readPool(ctx, study)).slug
  const models = (await readEntered(ctx, study.id)).length
  const changed: ChangedStudy = { ...study, votes, models, pool }
  return meaningOfChange(changed, change)
}

/**
 * Changes a study's settings. New guidelines or conditions get a new version, under which later votes are kept; another
 * pool is taken by a draft alone. What was before and what is now is in the audit trail, of the texts and the pool only
 * that they changed. Throws not-found, and study-state for another pool of a study that has begun.
 */
export async function changeStudy(ctx: Context, slug: string, asked: StudyChange): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const study = await getStoredStudy(ctx, slug)
    const change = await asColumns(ctx, study, asked)
    const fields = Object.keys(change) as (keyof Changes)[]
    const changed = fields.filter((field) => change[field] !== undefined && change[field] !== study[field])
    if (changed.length === 0) return
    const { trainingItems: before, trainingBar: bar } = study
    const { trainingItems = before, trainingBar = bar } = change
    requireReachableBar({ trainingItems, trainingBar })
    const { guidelines, consent } = change
    await ctx.db
      .update(studies)
      .set({
        ...change,
        ...(before === 0 && trainingItems > 0 && { trainingSince: sql`now()` }),
        ...(guidelines !== undefined && {
          guidelinesVersion: sql`${studies.guidelinesVersion} + (${studies.guidelines} <> ${guidelines})::int`,
        }),
        ...(consent !== undefined && {
          consentVersion: sql`${studies.consentVersion} + (${studies.consent} <> ${consent})::int`,
        }),
      })
      .where(eq(studies.id, study.id))
    const told = changed.map((field) => [field, isLong(field) ? 'changed' : `${study[field]} to ${change[field]}`])
    await recordAudit(ctx, 'study.changed', `study:${study.id}`, Object.fromEntries(told) as Record<string, string>)
  })
}

type Changes = Omit<StudyChange, 'pool'> & { poolId?: string }

async function asColumns(ctx: Context, study: StoredStudy, { pool, ...rest }: StudyChange): Promise<Changes> {
  if (pool === undefined) return rest
  const poolId = await getUsablePool(ctx, pool)
  if (poolId !== study.poolId && study.status !== 'draft')
    throw studyState('It has begun, and its questions stay: copy it to ask those of another pool')
  if (poolId !== study.poolId && (await readEntered(ctx, study.id)).some(({ endpointId }) => endpointId === null))
    throw studyState('Answers to its questions were imported: remove them first')
  return { ...rest, poolId }
}

const isLong = (field: keyof Changes) => field === 'guidelines' || field === 'consent' || field === 'poolId'
