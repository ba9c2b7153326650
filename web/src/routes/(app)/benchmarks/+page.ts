import { listBenchmarks } from '#lib/api/benchmarks.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch }) => ({ benchmarks: await listBenchmarks(fetch) })
