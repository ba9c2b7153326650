import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { QueryCategory } from '#server/queries/categories/schema.ts'
import { pictureMaker } from '../runs/write-data.ts'
import { arena } from './programs.ts'
import type { Step } from './plan.ts'
import { databaseSize } from './database.ts'

export const poolSlug = 'paper'

/** Writes the pictures, no two alike, and a table of their questions over the ten categories. */
export const writePool: Step = async ({ path, plan: { pictures, pictureKb } }) => {
  const folder = join(path, 'pool')
  mkdirSync(folder, { recursive: true })
  const draw = await pictureMaker(pictureKb)
  const rows = ['image,question,category']
  for (let id = 0; id < pictures; id++) {
    writeFileSync(join(folder, `${id}.jpg`), draw(id))
    const category = QueryCategory.options[id % QueryCategory.options.length]!
    rows.push(`${id}.jpg,How many things of kind ${id} are there?,${category}`)
  }
  writeFileSync(join(folder, 'queries.csv'), `${rows.join('\n')}\n`)
  return { lines: [`${pictures} pictures of ${pictureKb} KB`], holds: true }
}

export const importPool: Step = async (folder) => {
  const { pictures } = folder.plan
  const file = join(folder.path, 'pool')
  const first = await arena(folder, ['queries', 'import', file, '--pool', poolSlug])
  const again = await arena(folder, ['queries', 'import', file, '--pool', poolSlug])
  return {
    lines: [
      `${(pictures / first.seconds).toFixed(0)} pictures a second; ${first.peakMb} MB at most; again in ${again.seconds.toFixed(1)} s`,
      ...(await databaseSize(folder, ['queries', 'images'])),
    ],
    holds:
      first.output.includes(`${pictures} added, 0 known already, 0 bad`) &&
      again.output.includes(`0 added, ${pictures} known already, 0 bad`),
  }
}
