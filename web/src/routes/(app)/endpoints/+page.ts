import { listEndpoints } from '#lib/api/endpoints.ts'
import { orErrorPage } from '#lib/load.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch }) => ({ endpoints: await orErrorPage(listEndpoints(fetch)) })
