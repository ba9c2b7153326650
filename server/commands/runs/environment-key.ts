import { findSecretVariable } from '#server/core/config.ts'
import type { Context } from '#server/core/context.ts'
import { shellWord } from '#server/core/printable.ts'
import { SealBroken } from '#server/core/secrets.ts'
import { openEndpoint } from '#server/endpoints/call-endpoint.ts'
import { changeEndpoint } from '#server/endpoints/change-endpoint.ts'
import { getEndpoint } from '#server/endpoints/service.ts'
import { findUses } from '#server/runs/changes/endpoint-uses.ts'

/**
 * Stores the key that the environment holds now, where an endpoint's key came from a variable there, and says so. A key
 * that was typed in is left alone: what a variable holds may be meant for another place.
 */
export async function takeKeyFromEnvironment(ctx: Context, endpointId: string): Promise<void> {
  const { name, keyVariable, status } = await getEndpoint(ctx, endpointId)
  if (keyVariable === null) {
    if (status === 'failing' && findSecretVariable('OPENAI_API_KEY'))
      console.error(
        `OPENAI_API_KEY is set and not used: the key of ${name} was typed in. To use it: npx arena models set ${shellWord(name)} --key-env OPENAI_API_KEY`,
      )
    return
  }
  const key = findSecretVariable(keyVariable)
  if (key === undefined || key === (await storedKey(ctx, endpointId))) return
  await changeEndpoint(ctx, endpointId, { key, keyVariable }, findUses)
  console.error(`The key of ${name} is now the one in ${keyVariable}.`)
}

async function storedKey(ctx: Context, endpointId: string): Promise<string | undefined> {
  try {
    return (await openEndpoint(ctx, endpointId)).key?.reveal()
  } catch (error) {
    if (error instanceof SealBroken) return undefined
    throw error
  }
}
