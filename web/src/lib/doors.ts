import type { Me } from '#server/accounts/schema.ts'

/** Whether a person is let in to rate: samples take everybody but raters of another study, who need its link. */
export function mayRate(me: Me, { slug, sample }: { slug: string; sample: boolean }): boolean {
  return me.studies.some((study) => study.slug === slug) || (sample && me.person !== null && me.person.role !== 'rater')
}

/** Whether a person is shown boards of studies: whoever rates in an open one is told of no model until it closes. */
export const maySeeBoards = (me: Me) => me.blindIn === null

/** Whether a person makes and changes studies. */
export function maySetUp({ person }: Pick<Me, 'person'>): boolean {
  return person?.role === 'admin' || person?.role === 'researcher'
}
