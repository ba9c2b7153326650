import { z } from 'zod'
import { shapes } from '#server/core/schema.ts'
import { Openness } from '#server/models/schema.ts'
import { QueryImport } from '#server/queries/imports/schema.ts'

/** Whose answers are imported, and how they are read. */
export const AnswersOf = z
  .object({
    /** The model's; it is made where there is none of this name. */
    name: z
      .string()
      .trim()
      .min(1)
      .max(80)
      .regex(/[a-z0-9]/i, 'must have a letter or a digit'),
    /** Of a model that is made. */
    organisation: z.string().trim().max(120).optional(),
    openness: Openness.optional(),
    /** What the file calls it, where rows name models; else its name. */
    namedInFile: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .regex(/[a-z0-9]/i, 'must have a letter or a digit')
      .optional(),
    /** Full width of the point coordinates in its answers. */
    pointsScale: z.union([z.literal(1), z.literal(100), z.literal(1000)]).default(100),
  })
  .register(shapes, { id: 'AnswersOf' })
export type AnswersOf = z.infer<typeof AnswersOf>

export const NewAnswerImport = z
  .object({ name: z.string().trim().min(1).max(200), of: AnswersOf })
  .register(shapes, { id: 'NewAnswerImport' })
export type NewAnswerImport = z.infer<typeof NewAnswerImport>

/** Files with answers on their way into a study. */
export const AnswerImport = QueryImport.omit({ pool: true, hubSource: true, fetchedBytes: true, totalBytes: true })
  .extend({
    study: z.string(),
    /** The model's name. */
    model: z.string(),
    /** Of those added: kept from raters until a person has looked. */
    held: z.number().int(),
  })
  .register(shapes, { id: 'AnswerImport' })
export type AnswerImport = z.infer<typeof AnswerImport>
