import { z } from 'zod'
import { shapes } from '../core/schema.ts'

export const Openness = z
  .enum(['api_only', 'open_weights', 'open_distilled', 'open'])
  .register(shapes, { id: 'Openness' })
export type Openness = z.infer<typeof Openness>

export const Model = z
  .object({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    organisation: z.string(),
    openness: Openness,
    baseline: z.boolean(),
    description: z.string(),
    released: z.boolean(),
  })
  .register(shapes, { id: 'Model' })
export type Model = z.infer<typeof Model>

export const Slug = z
  .string()
  .min(1)
  .max(80)
  .regex(
    /^[a-z0-9][a-z0-9._-]*$/,
    'lower-case letters, digits, dots, dashes and underscores, beginning with a letter or digit',
  )
