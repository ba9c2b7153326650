import { listApiTokens } from '#lib/api/people/people.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, depends }) => {
  depends('arena:tokens')
  return { tokens: await listApiTokens(fetch) }
}
