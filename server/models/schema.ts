import { z } from 'zod'
import { shapes } from '../core/schema.ts'

export const Openness = z
  .enum(['api_only', 'open_weights', 'open_distilled', 'open'])
  .register(shapes, { id: 'Openness' })
export type Openness = z.infer<typeof Openness>

/** A model, as addresses name it. */
export const ModelSlug = z.object({ model: z.string().max(80) })
