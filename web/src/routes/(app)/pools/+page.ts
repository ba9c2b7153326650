import { listPools } from '#lib/api/pools.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch }) => ({ pools: await listPools(fetch) })
