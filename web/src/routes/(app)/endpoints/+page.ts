import { listEndpoints } from '#lib/api/endpoints.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch }) => ({ endpoints: await listEndpoints(fetch) })
