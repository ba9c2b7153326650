import type { Me } from '#server/accounts/schema.ts'

/** Whether a person is let in to rate: samples take everybody but raters of another study, who need its link. */
export function mayRate(me: Me, { slug, sample }: { slug: string; sample: boolean }): boolean {
  return me.studies.some((study) => study.slug === slug) || (sample && me.person !== null && me.person.role !== 'rater')
}

/** Whether a person is shown a board: raters see that of their own study only once it has closed. */
export function maySeeBoard(me: Me, { slug, status }: { slug: string; status: string }): boolean {
  return me.person?.role !== 'rater' || status === 'closed' || !me.studies.some((study) => study.slug === slug)
}

/** Whether a person makes and changes studies. */
export function maySetUp({ person }: Pick<Me, 'person'>): boolean {
  return person?.role === 'admin' || person?.role === 'researcher'
}
