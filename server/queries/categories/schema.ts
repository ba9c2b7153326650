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
