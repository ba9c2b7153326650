import type { Context } from '#server/core/context.ts'
import { notFound } from '#server/core/problem.ts'
import { settlePlace } from '#server/raters/panels/places.ts'
import { listPlaces } from './list-places.ts'
import { returnPlace } from './sittings.ts'

interface Place {
  slug: string
  panel: string
  place: string
}

/** An operator marks a sitting returned, as the panel says. Throws not-found. */
export async function returnPlaceOf(ctx: Context, place: Place): Promise<void> {
  await requirePlace(ctx, place)
  await returnPlace(ctx, place.place)
}

/** An operator takes a returned sitting back. Throws not-found, also for one that is not returned or never had a rater. */
export async function restorePlaceOf(ctx: Context, place: Place): Promise<void> {
  const { state, rater } = await requirePlace(ctx, place)
  if (state !== 'returned' || !rater) throw notFound('Only a returned sitting can be taken back')
  await settlePlace(ctx, place.place, 'active')
}

async function requirePlace(ctx: Context, { slug, panel, place }: Place) {
  const found = (await listPlaces(ctx, slug, panel)).places.find(({ id }) => id === place)
  if (!found) throw notFound('There is no such sitting in this panel')
  return found
}
