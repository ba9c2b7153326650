import type { Context } from '#server/core/context.ts'
import { Problem } from '#server/core/problem.ts'
import { readFastChat } from './read-fastchat.ts'
import type { ImportedEndpoint, NewEndpoint } from '../schema.ts'
import { registerEndpoint } from '../service.ts'

/**
 * Registers each endpoint that a FastChat file describes and that can be registered; of every other one it says why not.
 * Throws InputError when the text is no such file.
 */
export async function importEndpoints(ctx: Context, text: string): Promise<ImportedEndpoint[]> {
  const { endpoints, faults } = readFastChat(text)
  const results: ImportedEndpoint[] = []
  for (const endpoint of endpoints) results.push(await register(ctx, endpoint))
  return [...results, ...faults.map((fault) => ({ ...fault, registered: false, id: null }))]
}

async function register(ctx: Context, endpoint: NewEndpoint): Promise<ImportedEndpoint> {
  const name = endpoint.name ?? endpoint.model
  try {
    const { id } = await registerEndpoint(ctx, endpoint)
    return { name, registered: true, id, reason: '' }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { name, registered: false, id: null, reason: error.message }
  }
}
