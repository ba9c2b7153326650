import { listAnswerImports } from '#lib/api/studies/answers.ts'
import { getStudy } from '#lib/api/studies.ts'
import { orLastCopy } from '#lib/last-copy.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params: { slug }, depends }) => {
  depends('arena:answers')
  return orLastCopy('arena:answers', slug, async () => {
    const [study, imports] = await Promise.all([getStudy(fetch, slug), listAnswerImports(fetch, slug)])
    return { study, imports }
  })
}
