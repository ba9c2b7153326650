import { eq, sql } from 'drizzle-orm'
import { studies } from '#drizzle/schema/studies.ts'
import { recordAudit } from '../accounts/service.ts'
import type { Context } from '../core/context.ts'
import { inTransaction } from '../core/transaction.ts'
import { meaningOfChange, type ChangedStudy } from './meaning-of-change.ts'
import type { StudyChange } from './schema.ts'
import { enteredEndpoints, getStoredStudy } from './service.ts'

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
  const changed: ChangedStudy = { ...study, votes, models: (await enteredEndpoints(ctx, slug)).length }
  return meaningOfChange(changed, change)
}

/**
 * Changes a study's settings. New guidelines or conditions get a new version, under which later votes are kept. What was
 * before and what is now is in the audit trail, of the texts only that they changed. Throws not-found.
 */
export async function changeStudy(ctx: Context, slug: string, change: StudyChange): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const study = await getStoredStudy(ctx, slug)
    const fields = Object.keys(change) as (keyof StudyChange)[]
    const changed = fields.filter((field) => change[field] !== undefined && change[field] !== study[field])
    if (changed.length === 0) return
    const { guidelines, consent } = change
    await ctx.db
      .update(studies)
      .set({
        ...change,
        ...(guidelines !== undefined && {
          guidelinesVersion: sql`${studies.guidelinesVersion} + (${studies.guidelines} <> ${guidelines})::int`,
        }),
        ...(consent !== undefined && {
          consentVersion: sql`${studies.consentVersion} + (${studies.consent} <> ${consent})::int`,
        }),
      })
      .where(eq(studies.id, study.id))
    const told = changed.map((field) => [field, isText(field) ? 'changed' : `${study[field]} to ${change[field]}`])
    await recordAudit(ctx, 'study.changed', `study:${study.id}`, Object.fromEntries(told) as Record<string, string>)
  })
}

const isText = (field: keyof StudyChange) => field === 'guidelines' || field === 'consent'
