import { z } from 'zod'
import { shapes } from '../../core/schema.ts'
import { ExclusionReason } from '../../raters/schema.ts'

/** Raters of a study, by the ids of the list of raters. */
export const ChosenRaters = z
  .object({ raters: z.array(z.uuid()).min(1).max(1000) })
  .register(shapes, { id: 'ChosenRaters' })

export const ExclusionInput = ChosenRaters.extend({
  reason: ExclusionReason,
  /** What was found; for those who run the study alone. */
  note: z.string().trim().max(500).default(''),
}).register(shapes, { id: 'ExclusionInput' })
export type ExclusionInput = z.input<typeof ExclusionInput>

export const RatersDecided = z.object({ changed: z.number().int() }).register(shapes, { id: 'RatersDecided' })
