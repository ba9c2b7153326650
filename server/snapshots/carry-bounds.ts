import type { StoredRating } from '#drizzle/schema/snapshots.ts'
import type { FittedBoard } from './fit-board.ts'

/** A snapshot whose bounds were computed from its own votes, as far as a later one takes them over. */
export interface EarlierBounds {
  ratings: StoredRating[]
  parameters: Record<string, string | number>
  notes: string[]
}

/** Votes are read one by one for every snapshot of at most so many. */
const votesAlwaysRead = 20_000
/** Of a larger one, when so large a part has come since they were read last, or so much time has passed. */
const partToReadAgain = 0.02
const hoursToReadAgain = 1

/** Whether a live board goes on with the bounds of an earlier reading for now: reading takes a second per 100,000 votes. */
export function mayCarry(votesUsed: number, earlier: EarlierBounds | undefined, now: Date): boolean {
  const read = earlier && readingOf(earlier.parameters)
  if (votesUsed <= votesAlwaysRead || !read) return false
  const hours = (now.getTime() - new Date(read.at).getTime()) / 3_600_000
  return Math.abs(votesUsed - read.votes) < partToReadAgain * votesUsed && hours < hoursToReadAgain
}

/** When the votes were read that a snapshot's bounds rest on, and how many they were; null for bounds of counts alone. */
export function readingOf(parameters: Record<string, string | number>): { votes: number; at: string } | null {
  const { boundsVotes, boundsAt } = parameters
  return typeof boundsVotes === 'number' && typeof boundsAt === 'string' ? { votes: boundsVotes, at: boundsAt } : null
}

/**
 * Newer ratings with the widths of bounds and the rank ranges of an earlier reading, and a note that says how old they are.
 * Null where other models are rated now.
 */
export function carryBounds(fitted: FittedBoard, earlier: EarlierBounds, votesUsed: number): FittedBoard | null {
  const before = new Map(earlier.ratings.map((rating) => [rating.modelId, rating]))
  const read = readingOf(earlier.parameters)
  const isSame = fitted.ratings.every(
    ({ modelId, elo }) => before.has(modelId) && (before.get(modelId)!.elo === null) === (elo === null),
  )
  if (!read || !isSame || before.size !== fitted.ratings.length) return null
  const ratings = fitted.ratings.map((rating): StoredRating => {
    const { elo, low, high, standardError, rankBest, rankWorst } = before.get(rating.modelId)!
    if (rating.elo === null || elo === null || low === null || high === null) return rating
    const moved = rating.elo - elo
    return { ...rating, low: low + moved, high: high + moved, standardError, rankBest, rankWorst }
  })
  const carried = earlier.notes.filter((note) => !note.startsWith(ageBegins))
  return { ...fitted, ratings, notes: [...carried, ageInWords(read, votesUsed)] }
}

const ageBegins = 'The widths of the bounds and the rank ranges are those of '

function ageInWords({ votes, at }: { votes: number; at: string }, votesUsed: number): string {
  const day = `${at.slice(0, 10)}, ${at.slice(11, 16)} UTC`
  const come = (votesUsed - votes).toLocaleString('en')
  return `${ageBegins}${day}, when the raters and questions of ${votes.toLocaleString('en')} votes were read; ${come} more votes are in the ratings.`
}
