import { z } from 'zod'
import { shapes } from '#server/core/schema.ts'
import { OfferedStudy } from '#server/links/schema.ts'
import { StudySlug } from '#server/studies/schema.ts'

const PanelProvider = z.enum(['prolific', 'connect', 'other'])

/** The name of a parameter of an address; empty: the panel sends none. */
const Parameter = z
  .string()
  .max(60)
  .regex(/^[A-Za-z_][\w.-]*$/, 'letters, digits, _ . and -, as the address has it')

/** Where a person goes when they are done. What stands in braces is put in: {code}, {id}, {session}, and any parameter. */
const WayOut = z
  .string()
  .max(500)
  .refine((text) => text === '' || (text.startsWith('https://') && URL.canParse(text)), 'an https address')
const Code = z.string().trim().max(100)

const settings = {
  name: z.string().trim().min(1).max(80),
  /** How many sittings it takes in all. */
  places: z.number().int().min(1).max(10_000),
  /** Told at the session's goal. */
  completionCode: Code,
  completionUrl: WayOut,
  /** Told to whoever does not agree, or cannot go on through no fault of the study. */
  screenedCode: Code,
  screenedUrl: WayOut,
}

export const NewPanel = z
  .object({
    ...settings,
    name: settings.name.default('Panel'),
    provider: PanelProvider,
    places: settings.places.default(100),
    /** Left out: what the provider is known to send. */
    idParameter: Parameter.optional(),
    sessionParameter: Parameter.or(z.literal('')).optional(),
    days: z.number().int().min(1).max(365).default(30),
    cohort: z.string().trim().min(1).max(60).default('panel'),
    completionCode: Code.default(''),
    completionUrl: WayOut.default(''),
    screenedCode: Code.default(''),
    screenedUrl: WayOut.default(''),
  })
  .refine(({ provider, idParameter }) => provider !== 'other' || idParameter !== undefined, {
    path: ['idParameter'],
    message: 'the parameter in which the panel sends the person’s id is needed',
  })
  .register(shapes, { id: 'NewPanel' })
export type NewPanel = z.infer<typeof NewPanel>

export const PanelChange = z
  .object({
    ...settings,
    /** From now on. */
    days: z.number().int().min(1).max(365),
    /** It lets nobody new in meanwhile. */
    stopped: z.boolean(),
  })
  .partial()
  .register(shapes, { id: 'PanelChange' })
export type PanelChange = z.infer<typeof PanelChange>

export const Panel = z
  .object({
    id: z.uuid(),
    ...settings,
    completionUrl: z.string(),
    screenedUrl: z.string(),
    provider: PanelProvider,
    idParameter: z.string(),
    sessionParameter: z.string(),
    cohort: z.string(),
    state: z.enum(['open', 'stopped', 'full', 'expired']),
    expiresAt: z.iso.datetime(),
    createdAt: z.iso.datetime(),
    counts: z.object({
      active: z.number().int(),
      completed: z.number().int(),
      returned: z.number().int(),
      screened: z.number().int(),
    }),
  })
  .register(shapes, { id: 'Panel' })
export type Panel = z.infer<typeof Panel>

/** The address is shown once: only the hash of its code is kept. */
export const PanelAddress = z.object({ id: z.uuid(), url: z.string() }).register(shapes, { id: 'PanelAddress' })
export type PanelAddress = z.infer<typeof PanelAddress>

export const PanelPath = StudySlug.extend({ panel: z.uuid() })
export const PlacePath = PanelPath.extend({ place: z.uuid() })
export const PanelCode = z.object({ code: z.string().max(100) })

/** What the address brought. */
export const PanelArrival = z.object({
  parameters: z
    .record(z.string().min(1).max(60), z.string().max(200))
    .refine((all) => Object.keys(all).length <= 20, 'at most 20 parameters'),
  consent: z.boolean().default(false),
})
export type PanelArrival = z.infer<typeof PanelArrival>

/** What a person whom a panel sent is told before they begin. */
export const PanelOffer = z
  .object({
    study: OfferedStudy,
    /** They agreed to what the study says today. */
    known: z.boolean(),
  })
  .register(shapes, { id: 'PanelOffer' })
export type PanelOffer = z.infer<typeof PanelOffer>

/** How a sitting ends for the panel: a code, an address, or neither. */
export const PanelExit = z
  .object({ state: z.enum(['completed', 'returned', 'screened']), code: z.string(), url: z.string() })
  .register(shapes, { id: 'PanelExit' })
export type PanelExit = z.infer<typeof PanelExit>

/** Null: whoever asks was sent by no panel, or is not done yet. */
export const OwnPlace = z
  .object({
    place: z.object({ votes: z.number().int(), goal: z.number().int() }).nullable(),
    exit: PanelExit.nullable(),
  })
  .register(shapes, { id: 'OwnPlace' })
export type OwnPlace = z.infer<typeof OwnPlace>

const PanelPlace = z.object({
  id: z.uuid(),
  participantId: z.string(),
  sessionId: z.string(),
  state: z.enum(['active', 'completed', 'returned', 'screened']),
  rater: z.object({ id: z.uuid(), number: z.number().int() }).nullable(),
  votes: z.number().int(),
  counted: z.number().int(),
  /** On cards, each for its lease at most. */
  minutes: z.number(),
  excluded: z.boolean(),
  arrivedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
})

export const PanelPlaces = z.object({ places: z.array(PanelPlace) }).register(shapes, { id: 'PanelPlaces' })
export type PanelPlaces = z.infer<typeof PanelPlaces>

export const BonusQuery = z.object({
  /** Money for each counted vote of a sitting beyond its goal, in the panel's currency. */
  perVote: z.coerce.number<string | number>().min(0).max(100).default(0),
  /** Money for each completed sitting. */
  fixed: z.coerce.number<string | number>().min(0).max(1_000).default(0),
})
export type BonusQuery = z.infer<typeof BonusQuery>
