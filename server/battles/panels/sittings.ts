import { signInNeeded } from '#server/core/problem.ts'
import type { Context } from '#server/core/context.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { exitOf, findSitting, settlePlace, type OwnSitting } from '#server/raters/panels/places.ts'
import type { OwnPlace, PanelExit } from '#server/raters/panels/schema.ts'
import { isExcludedFrom } from '#server/raters/exclusions.ts'
import { getStoredStudy, type StoredStudy } from '#server/studies/service.ts'
import { hasUnseenQuery } from '../draw-battles.ts'
import { hasLackingPair } from '../lease-battles.ts'
import { countVotesOf } from '../served.ts'
import { isTurnedAway } from '../training/read-step.ts'

/**
 * How far the sitting is of whoever asks, and how they leave once its goal is reached, the study is closed or has nothing
 * more for them. The first time writes down that it is completed; asked again it says the same. Somebody excluded before
 * is screened out, and so is who has no try left at the training. Throws not-found.
 */
export async function finishSitting(ctx: Context, slug: string): Promise<OwnPlace> {
  const study = await getStoredStudy(ctx, slug)
  const sitting = await ownSitting(ctx, study)
  if (!sitting) return { place: null, exit: null }
  const votes = (await countVotesOf(ctx, study.id, sitting.raterId)) - sitting.votesBefore
  const place = { votes, goal: study.sessionGoal }
  if (sitting.state !== 'active') return { place, exit: exit(sitting, sitting.state) }
  const state = await endOf(ctx, study, sitting, votes)
  if (!state) return { place, exit: null }
  await settlePlace(ctx, sitting.place, state)
  return { place, exit: exit(sitting, state) }
}

/** Whoever asks gives their place back to the panel: their cards go to others at once, and no more come until it is taken back. */
export async function returnSitting(ctx: Context, slug: string): Promise<PanelExit | null> {
  const study = await getStoredStudy(ctx, slug)
  const sitting = await ownSitting(ctx, study)
  if (!sitting) return null
  if (sitting.state === 'active') await returnPlace(ctx, sitting.place)
  return exit(sitting, sitting.state === 'active' ? 'returned' : sitting.state)
}

/** Marks a place returned and frees the cards that its rater holds. Throws not-found. */
export async function returnPlace(ctx: Context, placeId: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const { studyId, raterId } = await settlePlace(ctx, placeId, 'returned')
    await ctx.sql`
      update battles set leased_until = least(leased_until, now()), released_at = now()
      where study_id = ${studyId} and rater_id = ${raterId} and consumed_at is null and released_at is null`
  })
}

async function ownSitting(ctx: Context, study: StoredStudy) {
  if (ctx.actor.kind !== 'person') throw signInNeeded()
  return findSitting(ctx, study.id, ctx.actor.personId)
}

async function endOf(ctx: Context, study: StoredStudy, { raterId }: OwnSitting, votes: number) {
  if (votes >= study.sessionGoal) return 'completed'
  if (await isExcludedFrom(ctx, study.id, raterId)) return 'screened'
  if (await isTurnedAway(ctx, study, raterId)) return 'screened'
  if (study.status === 'closed') return 'completed'
  const enrolment = { raterId, study }
  return (await hasUnseenQuery(ctx, enrolment)) && (await hasLackingPair(ctx, enrolment)) ? null : 'completed'
}

const exit = (sitting: OwnSitting, state: PanelExit['state']) => exitOf(sitting, { ...sitting, state })
