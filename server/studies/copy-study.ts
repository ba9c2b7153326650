import type { Context } from '../core/context.ts'
import { readMembers, readPool } from './read-studies.ts'
import { createStudy, getStoredStudy, type StoredStudy } from './service.ts'

interface CopiedStudy {
  study: StoredStudy
  /** Models that no endpoint answers for any more: the copy has none of them. */
  leftOut: string[]
}

/**
 * Makes a draft with the settings, the texts, the pool and the models of a study; raters, links and votes stay with the
 * old one. Throws not-found, also where its pool is archived.
 */
export async function copyStudy(ctx: Context, slug: string, name: string): Promise<CopiedStudy> {
  const old = await getStoredStudy(ctx, slug)
  const members = await readMembers(ctx, old.id)
  const endpoints = members.flatMap(({ endpoint }) => (endpoint && !endpoint.gone ? [endpoint.id] : []))
  const study = await createStudy(ctx, { ...old, name, pool: (await readPool(ctx, old)).slug, endpoints })
  const left = members.filter(({ endpoint }) => !endpoint || endpoint.gone)
  return { study, leftOut: left.map(({ model }) => model.name) }
}
