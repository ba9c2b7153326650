import type { StoredRating } from '#drizzle/schema/snapshots.ts'
import type { RatedModel } from './schema.ts'

export type IdentifiedModel = RatedModel & { id: string }

/** The models of a board with their ratings in one fit: rated ones from the strongest down, then the others by name. */
export function rankModels(models: Omit<IdentifiedModel, 'elo'>[], ratings: StoredRating[]): IdentifiedModel[] {
  const elos = new Map(ratings.map(({ modelId, elo }) => [modelId, elo]))
  return models
    .map(({ id, slug, name, openness }) => ({ id, slug, name, openness, elo: elos.get(id) ?? null }))
    .sort((one, other) => (other.elo ?? -Infinity) - (one.elo ?? -Infinity) || one.name.localeCompare(other.name, 'en'))
}
