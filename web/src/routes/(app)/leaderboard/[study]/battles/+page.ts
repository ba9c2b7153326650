import { error } from '@sveltejs/kit'
import { Verdict } from '#server/battles/schema.ts'
import { QueryCategory } from '#server/queries/categories/schema.ts'
import { getBoard, listBattles } from '#lib/api/boards.ts'
import type { PageLoad } from './$types'

/** The votes between the two models that the address names. */
export const load: PageLoad = async ({ fetch, params, url }) => {
  const read = (name: string) => url.searchParams.get(name) || null
  const [a, b] = [read('a'), read('b')]
  if (!a || !b || a === b)
    error(404, { message: 'A battle needs two models.', next: 'Choose a pair in the matrix of the leaderboard.' })
  const category = QueryCategory.safeParse(read('category')).data ?? null
  const verdict = Verdict.safeParse(read('verdict')).data ?? null
  const before = Number(read('before')) || null
  const [page, board] = await Promise.all([
    listBattles(fetch, params.study, { a, b, category, verdict, before }),
    getBoard(fetch, params.study, category),
  ])
  return { page, board, category, verdict, before }
}
