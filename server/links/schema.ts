import { z } from 'zod'
import { Role, StudyLanguage } from '../accounts/schema.ts'
import { shapes } from '../core/schema.ts'

export const LinkCode = z.object({ code: z.string().max(200) })

/** What people are told of a study before they agree to rate in it. */
export const OfferedStudy = z.object({
  slug: z.string(),
  name: z.string(),
  language: StudyLanguage,
  consent: z.string(),
  guidelines: z.string(),
  sessionGoal: z.number().int(),
  contact: z.string(),
  pay: z.string(),
  /** 0: not said. */
  sittingMinutes: z.number().int(),
})
export type OfferedStudy = z.infer<typeof OfferedStudy>

/** What a link offers, told before it is used. */
export const LinkOffer = z
  .object({
    role: Role,
    study: OfferedStudy.nullable(),
    /** The team that whoever uses it joins. */
    team: z.object({ name: z.string() }).nullable(),
    /** Whoever uses it gets an account of their own, and may say how they are called. */
    asksName: z.boolean(),
    expiresAt: z.iso.datetime(),
    /** Whether this browser's last session, now over, was of a rater of the study: they may go on as themselves. */
    returning: z.boolean(),
    /** It is for one rater, whom it finds again as often as it is opened. */
    personal: z.boolean(),
    /** The link belongs to a rater who has agreed to what the study says today: they are let in without reading it again. */
    known: z.boolean(),
    /** Who is signed in in this browser: the rater whom the link belongs to, another rater, or a researcher or a team; whoever runs the arena where they may only try the study. */
    signedIn: z.enum(['nobody', 'owner', 'rater', 'staff', 'operator']),
  })
  .register(shapes, { id: 'LinkOffer' })
export type LinkOffer = z.infer<typeof LinkOffer>

export const LinkRedemption = z.object({
  /** True: the person agrees to the study's consent text. */
  consent: z.boolean().default(false),
  /** True: go on as the rater whose session in this browser is over, where the link offers that. */
  returning: z.boolean().default(false),
  /** True: somebody new joins, although a rater is signed in in this browser. */
  somebodyElse: z.boolean().default(false),
  /** How somebody who joins a team, or those who run the arena, is called there. */
  name: z.string().trim().min(1).max(80).optional(),
})
export type LinkRedemption = z.infer<typeof LinkRedemption>

export const NewLink = z.object({
  maxUses: z.number().int().min(1).max(10_000).default(50),
  days: z.number().int().min(1).max(90).default(14),
  cohort: z.string().trim().min(1).max(60).default('default'),
})
export type NewLink = z.infer<typeof NewLink>

/** A personal link lasts so long where nothing else is said. */
export const personalDays = 90

export const NewPersonalLinks = z
  .object({
    /** How many, where nobody is named. */
    people: z.number().int().min(1).max(1_000).default(1),
    /** A link for each: what the operator calls the person. It is shown to operators alone and is in no export. */
    labels: z.array(z.string().trim().min(1).max(120)).max(1_000).default([]),
    days: z.number().int().min(1).max(365).default(personalDays),
    cohort: NewLink.shape.cohort,
  })
  .register(shapes, { id: 'NewPersonalLinks' })
export type NewPersonalLinks = z.infer<typeof NewPersonalLinks>

/** Their addresses are shown once. */
export const CreatedPersonalLinks = z
  .object({
    links: z.array(z.object({ id: z.uuid(), label: z.string(), url: z.url() })),
    expiresAt: z.iso.datetime(),
  })
  .register(shapes, { id: 'CreatedPersonalLinks' })
export type CreatedPersonalLinks = z.infer<typeof CreatedPersonalLinks>

/** The address is shown once: only its hash is kept. */
export const CreatedLink = z
  .object({ id: z.uuid(), url: z.url(), maxUses: z.number().int(), expiresAt: z.iso.datetime() })
  .register(shapes, { id: 'CreatedLink' })
export type CreatedLink = z.infer<typeof CreatedLink>

/** A link that was made, without its address. */
export const MadeLink = z
  .object({
    id: z.uuid(),
    maxUses: z.number().int(),
    uses: z.number().int(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    /** `open`: it lets people in. */
    state: z.enum(['open', 'spent', 'expired', 'revoked']),
  })
  .register(shapes, { id: 'MadeLink' })
export type MadeLink = z.infer<typeof MadeLink>
