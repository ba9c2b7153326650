import { z } from 'zod'

export const Role = z.enum(['admin', 'researcher', 'team', 'rater']).meta({ id: 'Role' })
export type Role = z.infer<typeof Role>

/** The person behind a session, as they may know themselves. */
export const Me = z
  .object({
    person: z.object({ name: z.string(), role: Role }).nullable(),
    /** Studies this person may rate in. */
    studies: z.array(z.object({ slug: z.string(), name: z.string(), consented: z.boolean() })),
  })
  .meta({ id: 'Me' })
export type Me = z.infer<typeof Me>

export const LinkCode = z.object({ code: z.string().max(200) })

/** What a link offers, told before it is used. */
export const LinkOffer = z
  .object({
    role: Role,
    study: z
      .object({
        slug: z.string(),
        name: z.string(),
        consent: z.string(),
        guidelines: z.string(),
        sessionGoal: z.number().int(),
      })
      .nullable(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'LinkOffer' })
export type LinkOffer = z.infer<typeof LinkOffer>

export const LinkRedemption = z.object({
  /** True: the person agrees to the study's consent text. */
  consent: z.boolean().default(false),
})

export const SignedIn = z.object({ role: Role, goTo: z.string() }).meta({ id: 'SignedIn' })
export type SignedIn = z.infer<typeof SignedIn>

export const NewLink = z.object({
  maxUses: z.number().int().min(1).max(10_000).default(50),
  days: z.number().int().min(1).max(90).default(14),
  cohort: z.string().trim().min(1).max(60).default('default'),
})
export type NewLink = z.infer<typeof NewLink>

/** The address is shown once: only its hash is kept. */
export const CreatedLink = z
  .object({ url: z.url(), maxUses: z.number().int(), expiresAt: z.iso.datetime() })
  .meta({ id: 'CreatedLink' })
export type CreatedLink = z.infer<typeof CreatedLink>
