import { getPanelOffer } from '#lib/api/raters/panels.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, url }) => {
  const parameters = Object.fromEntries([...url.searchParams].slice(0, 20))
  return { code: params.code, parameters, offer: await getPanelOffer(fetch, params.code, { parameters }) }
}
