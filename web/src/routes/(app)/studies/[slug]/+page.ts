import { getWaiting } from '#lib/api/queue.ts'
import { getStudy, listRaterLinks } from '#lib/api/studies.ts'
import { orLastCopy } from '#lib/last-copy.ts'
import { maySetUp } from '#lib/doors.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, parent, depends }) => {
  depends('arena:study')
  const { me } = await parent()
  const decides = maySetUp(me)
  return orLastCopy('arena:study', params.slug, async () => {
    const [study, waiting, links] = await Promise.all([
      getStudy(fetch, params.slug),
      decides ? getWaiting(fetch, params.slug) : null,
      decides ? listRaterLinks(fetch, params.slug) : [],
    ])
    return { study, waiting, links }
  })
}
