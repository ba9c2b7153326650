import { listAllowed, listEndpoints } from '#lib/api/endpoints.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, parent }) => {
  const { me } = await parent()
  const admin = me.person?.role === 'admin'
  const [endpoints, allowed] = await Promise.all([listEndpoints(fetch), admin ? listAllowed(fetch) : null])
  return { endpoints, allowed }
}
