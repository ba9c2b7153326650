import { z } from 'zod'
import { shapes } from '../core/schema.ts'

export const Role = z.enum(['admin', 'researcher', 'team', 'rater']).register(shapes, { id: 'Role' })
export type Role = z.infer<typeof Role>

/** The languages in which raters' pages are written; the studies' own texts, questions and answers stay as they are. */
export const Language = z.enum(['en', 'es', 'de']).register(shapes, { id: 'Language' })
export type Language = z.infer<typeof Language>

/** Null: as the browser asks. */
export const LanguageChoice = z.object({ language: Language.nullable() }).register(shapes, { id: 'LanguageChoice' })

/** In which language a study's raters read the pages as long as they have not chosen one. `browser`: as theirs asks. */
export const StudyLanguage = z.enum(['browser', ...Language.options])

/** The person behind a session, as that person is shown. */
export const Me = z
  .object({
    person: z
      .object({
        id: z.uuid(),
        name: z.string(),
        role: Role,
        /** The team of somebody of role `team`. */
        team: z.object({ id: z.uuid(), name: z.string() }).nullable(),
      })
      .nullable(),
    /** Studies this person may rate in. */
    studies: z.array(z.object({ slug: z.string(), name: z.string(), language: StudyLanguage, consented: z.boolean() })),
    /** Studies that were closed after this person joined: their page says so, and sends what still waits there. */
    over: z.array(z.object({ slug: z.string(), name: z.string(), language: StudyLanguage })),
    /** The open study that this person rates in: until it closes, nothing that names a model opens to them. */
    blindIn: z.string().nullable(),
    /** Nobody is signed in, because the link that opened this browser's session was taken back. */
    takenBack: z.boolean(),
    /** What this person, or this browser while nobody is signed in, has chosen, and what the browser asks for. */
    language: z.object({ chosen: Language.nullable(), asked: Language }),
  })
  .register(shapes, { id: 'Me' })
export type Me = z.infer<typeof Me>

export const SignedIn = z
  .object({
    role: Role,
    person: z.uuid(),
    goTo: z.string(),
    /** The address at which a rater who joined just now is found again, told this once. */
    returnAddress: z.url().nullable(),
  })
  .register(shapes, { id: 'SignedIn' })
export type SignedIn = z.infer<typeof SignedIn>
