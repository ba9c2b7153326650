import { listStudies } from '#lib/api/studies.ts'
import { orErrorPage } from '#lib/load.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch }) => ({ studies: await orErrorPage(listStudies(fetch)) })
