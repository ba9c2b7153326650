import type { Context } from '../core/context.ts'
import { present, rowsOf, words } from '../core/postgres/rows.ts'
import type { QueryCategory } from '../queries/categories/schema.ts'
import type { Votes } from '../ratings/votes/counts.ts'
import { pickRows } from '../ratings/votes/among.ts'
import { isCovered, type CoveredVotes } from './covered-votes.ts'

/** Votes one by one with the category of each. */
export interface SingleVotes {
  votes: Votes & { rater: Int32Array; item: Int32Array }
  categories: QueryCategory[]
  /** By vote: the place of its category in the list. */
  category: Int32Array
}

/** So many votes come as one text. */
const votesAtOnce = 100_000

/** Votes that moved counts, in all categories, models numbered as they are given; `unsure` is left out. */
export async function readSingleVotes(
  ctx: Context,
  covered: Pick<CoveredVotes, 'studyId' | 'lastVoteId' | 'countedAt'>,
  models: { id: string }[],
  categories: QueryCategory[],
): Promise<SingleVotes> {
  const ids = models.map(({ id }) => id)
  const parts = await rowsOf(ctx, { votes: present(words) })`
    select string_agg(concat_ws(' ', rater, item, a, b, verdict, category), ' ') as votes from (
      select (row_number() over ()) / ${votesAtOnce}::int as part,
        dense_rank() over (order by v.rater_id) - 1 as rater, dense_rank() over (order by v.query_id) - 1 as item,
        array_position(${ids}::uuid[], v.model_a) - 1 as a, array_position(${ids}::uuid[], v.model_b) - 1 as b,
        array_position(array['model_a', 'model_b', 'tie', 'both_bad'], v.verdict::text) - 1 as verdict,
        array_position(${categories}::text[], v.category::text) - 1 as category
      from votes v where ${isCovered(ctx, { ...covered, category: null })} and v.verdict <> 'unsure'
        and v.model_a = any(${ids}::uuid[]) and v.model_b = any(${ids}::uuid[]) and v.category::text = any(${categories}::text[])
    ) single group by part`
  const numbers = parts.map(({ votes }) => Int32Array.from(votes.split(' '), Number))
  const size = numbers.reduce((sum, part) => sum + part.length, 0) / columns
  const column = (offset: number) => {
    const all = new Int32Array(size)
    let t = 0
    for (const part of numbers) for (let at = offset; at < part.length; at += columns) all[t++] = part[at]!
    return all
  }
  const [rater, item, a, b, verdict] = [column(0), column(1), column(2), column(3), column(4)]
  return {
    votes: { models: models.length, a, b, verdict: Uint8Array.from(verdict), rater, item },
    categories,
    category: column(5),
  }
}

const columns = 6

/** Those of one category, or all. */
export function votesOfCategory({ votes, categories, category }: SingleVotes, only: QueryCategory | null): Votes {
  if (only === null) return votes
  const place = categories.indexOf(only)
  return pickRows(votes, (t) => category[t] === place)
}
