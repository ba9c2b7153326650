import type { Benchmark } from '#benchmarks/benchmark.ts'
import type { StoredOwnSettings, StoredRequest, StoredSettings } from '#drizzle/schema/runs.ts'
import { requestAsSent } from '../endpoints/as-sent.ts'
import { endpointSettings, type StoredEndpoint } from '../endpoints/call-endpoint.ts'
import { protocols } from '../endpoints/protocols.ts'

/** What a run sends beside its prompts: who set what, and the request that it makes. */
export function runSettings(
  benchmark: Benchmark,
  endpoint: StoredEndpoint,
  run: StoredOwnSettings,
): { settings: StoredSettings; request: StoredRequest } {
  const { sampling, extraBody, pictures } = endpoint
  const fitted = Object.keys(pictures).length > 0 ? { pictures } : {}
  const settings = { definition: benchmark.generation, endpoint: { sampling, extraBody }, run, ...fitted }
  return { settings, request: requestAsSent(protocols[endpoint.protocol], endpointSettings(endpoint), settings) }
}
