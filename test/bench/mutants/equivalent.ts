import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { keyOf, type Mutation } from './mutation.ts'

/** Changes that no test can notice, or that none should, each with the reason. */
const Equivalent = z.strictObject({
  file: z.string(),
  text: z.string(),
  change: z.string(),
  why: z.string().min(10),
})

export type Equivalent = z.infer<typeof Equivalent>

export const readEquivalents = () =>
  z.array(Equivalent).parse(JSON.parse(readFileSync(join(import.meta.dirname, '../mutants-equivalent.json'), 'utf8')))

/** The listed changes that the code no longer offers: their lines have changed or gone. */
export function outdated(equivalents: Equivalent[], possible: Mutation[]): Equivalent[] {
  const keys = new Set(possible.map(keyOf))
  return equivalents.filter((equivalent) => !keys.has(keyOf(equivalent)))
}
