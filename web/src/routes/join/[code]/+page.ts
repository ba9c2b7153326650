import { getLink } from '#lib/api/accounts.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params }) => ({
  code: params.code,
  offer: await getLink(fetch, params.code),
})
