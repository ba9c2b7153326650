import { error } from '@sveltejs/kit'
import { listPanels, listPlaces } from '#lib/api/raters/panels.ts'
import { getStudy } from '#lib/api/studies.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params: { slug, panel: id }, parent, depends }) => {
  depends('arena:panels')
  const { me } = await parent()
  const pays = me.person?.role === 'admin'
  const [study, panels, places] = await Promise.all([
    getStudy(fetch, slug),
    listPanels(fetch, slug),
    pays ? listPlaces(fetch, slug, id).then((list) => list.places) : null,
  ])
  const panel = panels.find((one) => one.id === id)
  if (!panel) error(404, { message: 'There is no such panel in this study.', next: 'It may have been deleted.' })
  return { study, panel, places }
}
