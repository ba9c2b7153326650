import { getSnapshot } from '#lib/api/boards.ts'
import type { PageLoad } from './$types'

/** The board as one snapshot gave it: this address always shows the same numbers. */
export const load: PageLoad = async ({ fetch, params }) => ({
  detail: await getSnapshot(fetch, params.study, params.id),
})
