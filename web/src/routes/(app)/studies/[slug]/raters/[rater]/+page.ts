import { getEvidence } from '#lib/api/raters/study-raters.ts'
import { getStudy } from '#lib/api/studies.ts'
import { getTrainingOf } from '#lib/api/studies/training.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params: { slug, rater }, url, depends }) => {
  depends('arena:raters')
  const [study, evidence] = await Promise.all([
    getStudy(fetch, slug),
    getEvidence(fetch, slug, rater, url.searchParams),
  ])
  const asked = study.trainingItems > 0 || evidence.rater.training.rounds > 0
  const training = asked ? (await getTrainingOf(fetch, slug, rater)).raters[0] : undefined
  return { study, evidence, training, show: url.searchParams.get('show') ?? 'all' }
}
