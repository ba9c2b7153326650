import type { Context } from '#server/core/context.ts'
import { printable } from '#server/core/printable.ts'
import { probeEndpoint } from '#server/endpoints/checks/probe-endpoint.ts'
import { changeEndpoint } from '#server/endpoints/change-endpoint.ts'
import { findUses } from '#server/runs/changes/endpoint-uses.ts'
import type { Endpoint, Probe } from '#server/endpoints/schema.ts'

/**
 * Checks an endpoint and prints each probe as it ends. Returns whether it is ready. With `cure`, settings with which it
 * answers where it refuses its own are taken, and it is checked again.
 */
export async function checkAndTell(
  ctx: Context,
  endpoint: Pick<Endpoint, 'id' | 'name'>,
  { cure = false }: { cure?: boolean } = {},
): Promise<boolean> {
  const { id, name } = endpoint
  console.log(`Checking ${name}:`)
  const { ready, reason, probes } = await probeEndpoint(ctx, id, (probe) => console.log(probeLine(probe)))
  const offered = probes.find((probe) => probe.cure !== null)?.cure
  if (cure && offered) {
    await changeEndpoint(ctx, id, offered, findUses)
    console.log(`Took for ${name}: ${JSON.stringify(offered)}`)
    return checkAndTell(ctx, endpoint)
  }
  console.log(ready ? `${name} is ready. ${reason}.` : `${name} is not ready. ${reason}`)
  return ready
}

function probeLine({ name, result, observation, advice, latencyMs }: Probe): string {
  const line = `  ${result.padEnd(5)} ${name.padEnd(16)} ${printable(observation)} (${latencyMs} ms)`
  return advice === '' ? line : `${line}\n${' '.repeat(25)}${printable(advice)}`
}
