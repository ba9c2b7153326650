import { z } from 'zod'
import { shapes } from '../core/schema.ts'

export const BenchmarkSummary = z
  .object({
    id: z.string(),
    version: z.number().int(),
    title: z.string(),
    paper: z.string(),
    licence: z.string(),
    headline: z.string(),
    /** The benchmark whose data this variant reads; null for the benchmark itself. */
    variantOf: z.string().nullable(),
    promptProfiles: z.array(z.string()),
    /** `needsJudge`: some responses can only be read by a judge endpoint. */
    scoringProfiles: z.array(z.object({ name: z.string(), needsJudge: z.boolean() })),
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
  .register(shapes, { id: 'BenchmarkSummary' })
export type BenchmarkSummary = z.infer<typeof BenchmarkSummary>

const Html = z
  .string()
  .register(shapes, { description: 'Rendered from the benchmark’s README; no tag of its text survives' })

const Picture = z.object({
  kind: z.literal('image'),
  sha256: z.string(),
  width: z.number().int(),
  height: z.number().int(),
})

const PromptParts = z.array(z.union([z.object({ kind: z.literal('text'), text: z.string() }), Picture]))

/** A benchmark as its page shows it: the definition, its README, and what a run would send. */
export const BenchmarkDetails = BenchmarkSummary.extend({
  splits: z.array(
    BenchmarkSummary.shape.splits.element.extend({
      /** Where the data is looked for: below the data folder, the sample in the checkout. */
      place: z.string(),
      /** What fetches it; null for the sample, which is there, and for what a person must fetch. */
      command: z.string().nullable(),
    }),
  ),
  /** Where a person finds the authors' own files; null: nowhere but on the hub. */
  byHand: z.string().nullable(),
  variants: z.array(z.object({ id: z.string(), title: z.string() })),
  readme: z.object({
    tests: Html,
    facts: z.array(z.object({ name: z.string(), html: Html })),
    sections: z.array(z.object({ title: z.string(), html: Html })),
  }),
  /** Names of the sub-scores; a name that ends in a colon stands for a score of each group. */
  subScores: z.array(z.string()),
  generation: z.object({ maxTokens: z.number().int(), temperature: z.number() }),
  /** What an endpoint that asks for it gets before the prompt for the first sample; null where there is no sample. */
  styleTag: z.string().nullable(),
  /** What each profile sends for the first sample; profiles that send the same stand together. */
  prompts: z.array(z.object({ profiles: z.array(z.string()), parts: PromptParts })),
  /**
   * What the paper's protocol sends, the profile `molmo`, for a sample of each style tag; and, where that is not the
   * same, what an endpoint that asks for the tag is sent.
   */
  paperPrompts: z.array(z.object({ styleTag: z.string(), asked: z.boolean(), parts: PromptParts })),
  scoring: z.array(z.object({ profile: z.string(), words: z.string(), needsJudge: z.boolean() })),
  /** A few examples of the sample split; the first is the one in `prompts`. */
  samples: z.array(
    z.object({
      id: z.string(),
      question: z.string(),
      choices: z.array(z.string()).nullable(),
      gold: z.array(z.string()).nullable(),
      tags: z.array(z.string()),
      pictures: z.array(Picture),
    }),
  ),
}).register(shapes, { id: 'BenchmarkDetails' })
export type BenchmarkDetails = z.infer<typeof BenchmarkDetails>
