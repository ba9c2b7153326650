import { redirect } from '@sveltejs/kit'
import { listEndpoints } from '#lib/api/endpoints.ts'
import { listPools } from '#lib/api/pools.ts'
import { getStudy } from '#lib/api/studies.ts'
import { maySetUp } from '#lib/doors.ts'
import type { PageLoad } from './$types'

/** `from` names a study whose settings, pool and models the form begins with; `pool` a pool alone. */
export const load: PageLoad = async ({ fetch, url, parent }) => {
  const { me } = await parent()
  if (!maySetUp(me)) redirect(303, '/studies')
  const from = url.searchParams.get('from')
  const [pools, endpoints, old] = await Promise.all([
    listPools(fetch),
    listEndpoints(fetch),
    from === null ? null : getStudy(fetch, from),
  ])
  return { pools, endpoints, old, pool: url.searchParams.get('pool') }
}
