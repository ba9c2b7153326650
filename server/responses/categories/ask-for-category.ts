import type { QueryCategory } from '#server/queries/categories/schema.ts'

const meanings: Record<QueryCategory, string> = {
  general: 'a question about what is seen that fits none of the others',
  captioning: 'the picture is to be described',
  counting: 'things are to be counted',
  fine_grained: 'a species, model, make or other small difference is to be told',
  documents: 'text in the picture is to be read: a document, form, receipt, sign or screen',
  charts: 'a chart, diagram or table is to be read',
  homework: 'a problem of mathematics or another subject of school is to be solved',
  named_entities: 'a person, place, brand or work is to be named',
  creative: 'something is to be written or invented from the picture',
  output_format: 'the answer is to have a form that is asked for, such as JSON or a table',
}

const names = Object.keys(meanings) as QueryCategory[]

/** What a model is asked of a question, beside its picture. */
export function categoryPrompt(question: string): string {
  const list = names.map((name) => `${name}: ${meanings[name]}`).join('\n')
  return `Somebody asks the question below about this picture. Do not answer it. Say which kind of question it is, by one word of this list and nothing else.\n\n${list}\n\nQuestion: ${question}`
}

/**
 * The category that a reply names: it alone, or the only one of the list that stands in the reply's first or last line;
 * null where it names none, or several.
 */
export function readCategory(reply: string): QueryCategory | null {
  const lines = reply.trim().split('\n')
  for (const line of [lines[0]!, lines.at(-1)!]) {
    const words = ` ${line
      .slice(0, 500)
      .toLowerCase()
      .replaceAll(/[^a-z]+/g, ' ')
      .trim()} `
    const named = names.filter((name) => words.includes(` ${name.replace('_', ' ')} `))
    if (named.length === 1) return named[0]!
  }
  return null
}
