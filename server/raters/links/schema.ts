import { z } from 'zod'
import { shapes } from '#server/core/schema.ts'
import { StudySlug } from '#server/studies/schema.ts'

/** `unused`: nobody has opened it. */
export const PersonalLinkState = z.enum(['unused', 'used', 'expired', 'revoked'])

/** A link of one rater, without its address. */
const PersonalLink = z.object({
  id: z.uuid(),
  /** `return`: made for a rater who came by another link. */
  kind: z.enum(['personal', 'return']),
  label: z.string(),
  cohort: z.string(),
  /** The rater it belongs to, by number as the study's list has them; null while nobody has opened it. */
  rater: z.object({ id: z.uuid(), number: z.number().int() }).nullable(),
  state: PersonalLinkState,
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
  expiresAt: z.iso.datetime(),
})
export const PersonalLinkQuery = z.object({
  state: z.enum(['all', ...PersonalLinkState.options]).default('all'),
  page: z.coerce.number<string | number>().int().min(1).max(10_000).default(1),
})
export type PersonalLinkQuery = z.infer<typeof PersonalLinkQuery>

/** A page of 100 links, newest first, and how many there are in each state. */
export const PersonalLinkList = z
  .object({
    links: z.array(PersonalLink),
    counts: z.record(PersonalLinkState, z.number().int()),
    page: z.number().int(),
    pages: z.number().int(),
  })
  .register(shapes, { id: 'PersonalLinkList' })
export type PersonalLinkList = z.infer<typeof PersonalLinkList>

/** A rater of a study, by id. */
export const RaterPath = StudySlug.extend({ rater: z.uuid() })
