import type { Context } from '#server/core/context.ts'
import { Random } from '#server/ratings/chance/random.ts'
import { expectedScore } from '#server/ratings/scale.ts'
import type { StoredStudy, StudyPlan } from '#server/studies/service.ts'
import { giveVotes, type GivenVote } from './give-votes.ts'
import { makeStudy } from './make-study.ts'

const models = 27
const queries = 400
const atOnce = 25_000

/** An open study of 27 models and 400 queries with votes of this many raters, drawn from a ladder of five Elo points a step. */
export async function fillStudy(
  ctx: Context,
  {
    votes,
    raters,
    plan = {},
    publishing = 'live',
  }: { votes: number; raters: number; plan?: Partial<StudyPlan>; publishing?: 'live' | 'batched' },
): Promise<StoredStudy> {
  const names = Array.from({ length: models }, (_, m) => ({ name: `Model-${String(m).padStart(2, '0')}` }))
  const { study, modelIds } = await makeStudy(ctx, { models: names, queries, study: plan, publishing })
  const random = new Random(1, 0)
  const draw = (): GivenVote => {
    const a = random.below(models)
    const b = (a + 1 + random.below(models - 1)) % models
    const kind = random.unit()
    const wins = random.unit() < expectedScore(1000 - 5 * a, 1000 - 5 * b)
    const verdict =
      kind < 0.02 ? 'unsure' : kind < 0.12 ? 'both_bad' : kind < 0.3 ? 'tie' : wins ? 'model_a' : 'model_b'
    const rater = random.below(raters)
    return { a, b, verdict, rater, query: random.below(queries), cohort: rater % 3 ? 'crowd' : 'staff', dwellMs: 9000 }
  }
  for (let given = 0; given < votes; given += atOnce)
    await giveVotes({ ctx, study, modelIds }, Array.from({ length: atOnce }, draw))
  await ctx.sql`analyze`
  return study
}
