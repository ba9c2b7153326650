import type { Context } from '#server/core/context.ts'
import { printable } from '#server/core/printable.ts'
import { probeEndpoint } from '#server/endpoints/probe-endpoint.ts'
import type { Endpoint, Probe } from '#server/endpoints/schema.ts'

/** Checks an endpoint and prints each probe as it ends. Returns whether it is ready. */
export async function checkAndTell(ctx: Context, { id, name }: Pick<Endpoint, 'id' | 'name'>): Promise<boolean> {
  console.log(`Checking ${name}:`)
  const { ready, reason } = await probeEndpoint(ctx, id, (probe) => console.log(probeLine(probe)))
  console.log(ready ? `${name} is ready. ${reason}.` : `${name} is not ready. ${reason}`)
  return ready
}

function probeLine({ name, result, observation, advice, latencyMs }: Probe): string {
  const line = `  ${result.padEnd(5)} ${name.padEnd(14)} ${printable(observation)} (${latencyMs} ms)`
  return advice === '' ? line : `${line}\n${' '.repeat(23)}${printable(advice)}`
}
