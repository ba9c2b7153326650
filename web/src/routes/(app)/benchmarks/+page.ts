import { listBenchmarks } from '#lib/api/benchmarks.ts'
import { orErrorPage } from '#lib/load.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch }) => ({ benchmarks: await orErrorPage(listBenchmarks(fetch)) })
