import { z } from 'zod'

export const BenchmarkSummary = z
  .object({
    id: z.string(),
    version: z.number().int(),
    title: z.string(),
    paper: z.string(),
    licence: z.string(),
    headline: z.string(),
    splits: z.array(
      z.object({
        name: z.string(),
        n: z.number().int(),
        gold: z.enum(['public', 'withheld']),
        published: z.boolean(),
        available: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'BenchmarkSummary' })
export type BenchmarkSummary = z.infer<typeof BenchmarkSummary>
