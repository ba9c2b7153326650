import { votes as table } from '#drizzle/schema/battles.ts'
import { images } from '#drizzle/schema/images.ts'
import { models } from '#drizzle/schema/models.ts'
import { queries } from '#drizzle/schema/queries.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf, type RowOf } from '#server/core/postgres/rows.ts'
import { defineProblem, notFound } from '#server/core/problem.ts'
import { isLeftOut } from '#server/battles/exclusions/left-out.ts'
import { answerColumns, answersOf, answerShape } from '#server/battles/rendering/stored-renderings.ts'
import type { VoteReason } from '#server/battles/schema.ts'
import type { StoredStudy } from '#server/studies/service.ts'
import { getBoardStudy, readModels, type BoardModel } from '../read-boards.ts'
import { readNewestFit } from '#server/snapshots/read-newest-fit.ts'
import type { Battle, BattlePage, BattleQuery, BattleVote } from './schema.ts'

export const battlesClosed = defineProblem('battles-closed', 403, 'The battles of an open study are not public')

const voteRow = {
  id: table.id,
  castAt: table.castAt,
  verdict: table.verdict,
  strength: table.strength,
  reasons: table.reasons,
  modelA: models.slug,
  modelB: models.slug,
  category: table.category,
  question: queries.question,
  imageSha256: queries.imageSha256,
}

const battleRow = {
  ...voteRow,
  language: queries.language,
  width: images.width,
  height: images.height,
  ...answerShape,
}

/**
 * The votes between two models that the newest snapshot rests on, newest first; those that say `unsure` are among them.
 * Throws what getBoard throws, not-found for a model that is not on the board, and battles-closed.
 */
export async function listBattles(ctx: Context, slug: string, query: BattleQuery): Promise<BattlePage> {
  const study = await getBattleStudy(ctx, slug)
  const known = await readModels(ctx, study)
  const [a, b] = [getModel(known, query.a), getModel(known, query.b)]
  const fit = await readNewestFit(ctx, study.id, query.category ?? null)
  const newest = Math.min(fit?.lastVoteId ?? 0, (query.before ?? Number.MAX_SAFE_INTEGER) - 1)
  const found = await rowsOf(ctx, voteRow)`
    select ${voteColumns(ctx)} ${voteSource(ctx)}
    where v.study_id = ${study.id} and v.id <= ${newest} and v.counted and v.withdrawn_at is null
      and not ${isLeftOut(ctx, ctx.sql`v`)}
      and (v.model_a = ${a.id} and v.model_b = ${b.id} or v.model_a = ${b.id} and v.model_b = ${a.id})
      and ${query.category ? ctx.sql`v.category = ${query.category}` : ctx.sql`true`}
      and ${query.verdict ? verdictOfPair(ctx, a, query.verdict) : ctx.sql`true`}
    order by v.id desc limit ${query.limit + 1}`
  const votes = found.slice(0, query.limit).map(toVote)
  return { a: named(a), b: named(b), votes, next: found.length > query.limit ? votes.at(-1)!.id : null }
}

/** One vote with its question, picture and both answers. Throws what listBattles throws, and not-found. */
export async function getBattle(ctx: Context, slug: string, voteId: number): Promise<Battle> {
  const study = await getBattleStudy(ctx, slug)
  const names = new Map((await readModels(ctx, study)).map((model) => [model.slug, model.name]))
  const [row] = await rowsOf(ctx, battleRow)`
    select ${voteColumns(ctx)}, q.language, i.width, i.height, ${answerColumns(ctx, ctx.sql`v.points_shown`)}
    ${voteSource(ctx)}
    join images i on i.sha256 = q.image_sha256 join battles t on t.id = v.battle_id
    join responses x on x.id = t.response_a join responses y on y.id = t.response_b
    where v.study_id = ${study.id} and v.id = ${voteId} and v.counted and v.withdrawn_at is null
      and not ${isLeftOut(ctx, ctx.sql`v`)}`
  const [nameA, nameB] = [row && names.get(row.modelA), row && names.get(row.modelB)]
  if (!row || nameA === undefined || nameB === undefined) throw notFound(`There is no vote ${voteId} on this board`)
  const { language, width, height, pointsShown } = row
  return {
    vote: toVote(row),
    image: { url: `/api/v1/images/${row.imageSha256}?w=1280`, width, height },
    language,
    pointsShown,
    nameA,
    nameB,
    ...(await answersOf(ctx, row)),
  }
}

/** The study whose battles this person may read. Throws what getBoard throws, and battles-closed. */
export async function getBattleStudy(ctx: Context, slug: string): Promise<StoredStudy> {
  const study = await getBoardStudy(ctx, slug)
  if (!mayReadBattles(ctx, study))
    throw battlesClosed('They open to everybody when it closes; its researchers see them now')
  return study
}

/** Throws battles-closed where this person may not have votes told apart: a filter would show one by itself. */
export function requireVotes(ctx: Context, study: StoredStudy): void {
  if (!study.sample && !mayReadBattles(ctx, study))
    throw battlesClosed('Its votes are told apart when it closes; its researchers may do so now')
}

/** Researchers read the battles of any study, everybody else those of a closed one. */
export function mayReadBattles({ actor }: Context, { status }: StoredStudy): boolean {
  if (status === 'closed' || actor.kind === 'system') return true
  return actor.kind === 'person' && (actor.role === 'admin' || actor.role === 'researcher')
}

function getModel(models: BoardModel[], slug: string): BoardModel {
  const model = models.find((one) => one.slug === slug)
  if (!model) throw notFound(`No model '${slug}' is on this board`)
  return model
}

const named = ({ slug, name, openness }: BoardModel) => ({ slug, name, openness })

/** `model_a` in a query means the pair's first model, whichever side it stood on. */
function verdictOfPair({ sql }: Context, a: BoardModel, verdict: NonNullable<BattleQuery['verdict']>) {
  if (verdict !== 'model_a' && verdict !== 'model_b') return sql`v.verdict = ${verdict}`
  const other = verdict === 'model_a' ? 'model_b' : 'model_a'
  return sql`v.verdict = (case when v.model_a = ${a.id} then ${verdict} else ${other} end)::verdict`
}

const voteColumns = ({ sql }: Context) => sql`
  v.id, v.cast_at as "castAt", v.verdict, v.strength, v.reasons, a.slug as "modelA", b.slug as "modelB", v.category, q.question,
  q.image_sha256 as "imageSha256"`

const voteSource = ({ sql }: Context) => sql`
  from votes v join models a on a.id = v.model_a join models b on b.id = v.model_b join queries q on q.id = v.query_id`

function toVote({
  id,
  castAt,
  verdict,
  strength,
  reasons,
  modelA,
  modelB,
  category,
  question,
  imageSha256,
}: RowOf<typeof voteRow>): BattleVote {
  return {
    id,
    castAt: castAt.toISOString(),
    verdict,
    strength,
    reasons: reasons as VoteReason[],
    modelA,
    modelB,
    category,
    question,
    imageSha256,
  }
}
