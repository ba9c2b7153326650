import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { and, desc, eq, inArray } from 'drizzle-orm'
import { predictions, runs, serverScores } from '#drizzle/schema/runs.ts'
import { recordAudit } from '#server/accounts/service.ts'
import type { Context } from '#server/core/context.ts'
import { InputError, notFound } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { checkSubmission, submissionOf } from './check-submission.ts'
import { textOfRun } from './create-submission.ts'
import type { ServerScore, ServerScored } from '../schema.ts'
import { getStoredRun } from '../stored-run.ts'

interface NewServerScore {
  /** By default the one that the benchmark names. */
  server?: string
  phase: string
  /** Year, month and day, ISO 8601. */
  date: string
  /** Path of the file that was submitted. */
  file: string
  scoreText: string
}

/** `added: false`: the same server had said the same of the same file on the same day, so there was nothing to add. */
interface AttachedScore {
  score: ServerScore
  added: boolean
}

/**
 * Keeps what a server said of a run's submission file, once: the words as typed, the numbers that could be read in
 * them, the file's hash, and whether it is what the run's responses give. Another score stands beside it, the newest
 * counts. Throws InputError for a file that is no submission.
 */
export async function attachServerScore(ctx: Context, runId: number, input: NewServerScore): Promise<AttachedScore> {
  const run = await getStoredRun(ctx, runId)
  const task = await getTask(run.benchmark, run.split)
  const submission = submissionOf(task)
  const scoreText = input.scoreText.trim()
  if (scoreText === '')
    throw new InputError('The score is empty. Type what the server said, or name its file with --score-file.')
  const fileName = basename(input.file)
  const { sha256 } = await checkSubmission(input.file, fileName, task, { ids: await idsOf(ctx, runId), partial: true })
  const own = createHash('sha256')
  for await (const piece of textOfRun(ctx, run)) own.update(piece)
  return keepOnce(ctx, {
    runId,
    server: input.server ?? submission.server,
    phase: input.phase,
    date: input.date,
    fileName,
    fileSha256: sha256,
    fileMatchesRun: own.digest('hex') === sha256,
    scoreText,
    scores: readScores(scoreText, submission.scores),
    attachedBy: ctx.actor.kind === 'person' ? ctx.actor.personId : null,
  })
}

/** Scores of one run are attached one after the other, so that a duplicate is seen. */
async function keepOnce(ctx: Context, score: typeof serverScores.$inferInsert): Promise<AttachedScore> {
  return inTransaction(ctx, async ({ db }) => {
    await db.select({ id: runs.id }).from(runs).where(eq(runs.id, score.runId)).for('update')
    const said = ['runId', 'server', 'phase', 'date', 'fileSha256', 'scoreText'] as const
    const same = said.map((column) => eq(serverScores[column], score[column]))
    const [known] = await db
      .select()
      .from(serverScores)
      .where(and(...same))
    if (known) return { score: asServerScore(known), added: false }
    const [stored] = await db.insert(serverScores).values(score).returning()
    return { score: asServerScore(stored!), added: true }
  })
}

/**
 * Takes a score off a run that was attached by mistake; the audit trail keeps the words. Throws not-found where the run has
 * no such score.
 */
export async function detachServerScore(ctx: Context, runId: number, scoreId: number): Promise<ServerScore> {
  return inTransaction(ctx, async (ctx) => {
    const ofRun = and(eq(serverScores.id, scoreId), eq(serverScores.runId, runId))
    const [detached] = await ctx.db.delete(serverScores).where(ofRun).returning()
    if (!detached) throw notFound(`Run ${runId} has no score ${scoreId} of a server`)
    const { server, phase, date, fileSha256, scoreText } = detached
    await recordAudit(ctx, 'run.score-detached', `run:${runId}`, { server, phase, date, fileSha256, scoreText })
    return asServerScore(detached)
  })
}

async function idsOf(ctx: Context, runId: number): Promise<Set<string>> {
  const rows = await ctx.db.select({ id: predictions.exampleId }).from(predictions).where(eq(predictions.runId, runId))
  return new Set(rows.map(({ id }) => id))
}

/** The scores that servers gave these runs, newest first. */
export async function serverScoresOf(ctx: Context, runIds: number[]): Promise<Map<number, ServerScore[]>> {
  const byRun = new Map<number, ServerScore[]>()
  if (runIds.length === 0) return byRun
  const rows = await ctx.db
    .select()
    .from(serverScores)
    .where(inArray(serverScores.runId, runIds))
    .orderBy(desc(serverScores.date), desc(serverScores.id))
  for (const row of rows) byRun.set(row.runId, [...(byRun.get(row.runId) ?? []), asServerScore(row)])
  return byRun
}

/**
 * The headline by the newest server score that has one: it stands in the place of a score that cannot be computed here.
 * A score of another file than the run gives is kept as evidence, but is not the run's.
 */
export function servedHeadline(scores: ServerScore[] = []): { value: number; by: ServerScored } | null {
  const newest = scores.find((score) => score.fileMatchesRun && score.scores.length > 0)
  if (!newest) return null
  const { server, phase, date } = newest
  return { value: newest.scores[0]!.value, by: { server, phase, date } }
}

function asServerScore(row: typeof serverScores.$inferSelect): ServerScore {
  const { runId: _runId, attachedBy: _attachedBy, attachedAt, ...score } = row
  return { ...score, attachedAt: attachedAt.toISOString() }
}

/**
 * The numbers in what a server printed, by the names it uses: `"overall": 79.12`, `ANLS 0.8812`, `Overall Accuracy is: 79.12`;
 * a text with one number and no name is the headline. Those above 1 are percentages. Without a headline there are none.
 */
export function readScores(text: string, names: readonly string[]): ServerScore['scores'] {
  const found = names.flatMap((name) => {
    const value = shareIn(
      new RegExp(`(?<![\\w/-])${name}(?![\\w/-])[^\\d\\n,;{}[\\]]{0,24}(\\d+(?:\\.\\d+)?)`, 'i').exec(text)?.[1],
    )
    return value === null ? [] : [{ name, value }]
  })
  if (found[0]?.name === names[0]) return found
  const numbers = text.match(/(?<![\w.])\d+(?:\.\d+)?(?![\w.])/g) ?? []
  const only = numbers.length === 1 ? shareIn(numbers[0]) : null
  return only === null ? [] : [{ name: names[0]!, value: only }]
}

function shareIn(digits: string | undefined): number | null {
  const number = Number(digits ?? NaN)
  const share = number > 1 ? number / 100 : number
  return share >= 0 && share <= 1 ? share : null
}
