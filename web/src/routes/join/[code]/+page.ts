import { getLink } from '#lib/api/accounts.ts'
import { orErrorPage } from '#lib/load.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params }) => ({
  code: params.code,
  offer: await orErrorPage(getLink(fetch, params.code)),
})
