import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { findLeak } from '#server/responses/leak-check.ts'

const Model = z.object({
  name: z.string(),
  slug: z.string(),
  organisation: z.string(),
  remoteModel: z.string().nullable(),
})
const Case = z.object({ text: z.string(), leak: z.boolean() })

/** How many answers that name their author are caught, and how many that do not are held. */
interface LeakFigures {
  caught: number
  leaks: number
  mistaken: number
  innocent: number
  /** The cases that came out wrong, a line each. */
  wrong: string[]
}

/** Checks every text of `cases.jsonl` in a folder against the study of its `models.json`. Throws for a file of another form. */
function checkLeaks(folder: string): LeakFigures {
  const models = z.array(Model).parse(JSON.parse(readFileSync(join(folder, 'models.json'), 'utf8')))
  const figures: LeakFigures = { caught: 0, leaks: 0, mistaken: 0, innocent: 0, wrong: [] }
  for (const line of readFileSync(join(folder, 'cases.jsonl'), 'utf8').trim().split('\n')) {
    const { text, leak } = Case.parse(JSON.parse(line))
    const found = findLeak(text, models)
    if (leak) figures.leaks++
    else figures.innocent++
    if (leak && found !== undefined) figures.caught++
    if (!leak && found !== undefined) figures.mistaken++
    if (leak !== (found !== undefined)) {
      figures.wrong.push(`${leak ? 'missed' : `held (${found})`}: ${JSON.stringify(text).slice(0, 200)}`)
    }
  }
  return figures
}

const leastCaught = 0.95
const mostMistaken = 0.02

/** Prints what came out wrong and both shares. Exit code 1 when fewer than 95 % are caught or more than 2 % mistaken. */
export function run(folder: string): Promise<number> {
  const { caught, leaks, mistaken, innocent, wrong } = checkLeaks(folder)
  for (const line of wrong) console.log(line)
  const share = (part: number, of: number) => `${part} of ${of}, ${((100 * part) / Math.max(1, of)).toFixed(1)} %`
  console.log(`caught ${share(caught, leaks)} (wanted 95)`)
  console.log(`held by mistake ${share(mistaken, innocent)} (at most 2)`)
  return Promise.resolve(caught >= leastCaught * leaks && mistaken <= mostMistaken * innocent ? 0 : 1)
}
