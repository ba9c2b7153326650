import { z } from 'zod'
import { shapes } from '../../core/schema.ts'

/** The paper's ten kinds of question, in the order that tabs show them. */
export const QueryCategory = z
  .enum([
    'general',
    'captioning',
    'counting',
    'fine_grained',
    'documents',
    'charts',
    'homework',
    'named_entities',
    'creative',
    'output_format',
  ])
  .register(shapes, { id: 'QueryCategory' })
export type QueryCategory = z.infer<typeof QueryCategory>

export const categoryTitles: Record<QueryCategory, string> = {
  general: 'General',
  captioning: 'Captioning',
  counting: 'Counting',
  fine_grained: 'Fine-grained',
  documents: 'Documents',
  charts: 'Charts',
  homework: 'Homework',
  named_entities: 'Named entities',
  creative: 'Creative',
  output_format: 'Output format',
}

const ruleWords = z
  .string()
  .trim()
  .min(2)
  .max(80)
  .regex(/[\p{L}\p{N}]/u, 'must have a letter or a digit')

/** Words of a question that speak for a category. */
export const CategoryRule = z
  .object({ id: z.uuid(), category: QueryCategory, words: z.string() })
  .register(shapes, { id: 'CategoryRule' })
export type CategoryRule = z.infer<typeof CategoryRule>

export const NewCategoryRule = z
  .object({ category: QueryCategory, words: ruleWords })
  .register(shapes, { id: 'NewCategoryRule' })
export type NewCategoryRule = z.infer<typeof NewCategoryRule>

export const CategoryRuleChange = NewCategoryRule.partial().register(shapes, { id: 'CategoryRuleChange' })
export type CategoryRuleChange = z.infer<typeof CategoryRuleChange>

export const RuleAddress = z.object({ id: z.uuid() })

/** A category that waits for a person's word. */
export const CategoryProposal = z
  .object({
    category: QueryCategory,
    source: z.enum(['rules', 'model']),
    /** The words that spoke for it, or the model that did. */
    because: z.string(),
  })
  .register(shapes, { id: 'CategoryProposal' })
export type CategoryProposal = z.infer<typeof CategoryProposal>

/** What came of proposing by rules, in numbers of queries. */
export const Proposed = z
  .object({
    /** Looked at. */
    queries: z.number().int(),
    proposed: z.number().int(),
    /** The rules speak for the category that they have. */
    same: z.number().int(),
    /** No rule speaks for any. */
    none: z.number().int(),
    /** A person has rejected what the rules speak for. */
    rejected: z.number().int(),
  })
  .register(shapes, { id: 'Proposed' })
export type Proposed = z.infer<typeof Proposed>
