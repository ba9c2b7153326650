import { listStudies } from '#lib/api/studies.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch }) => ({ studies: await listStudies(fetch) })
