import { drawChart } from '../drawing/charts/draw-chart.ts'
import { seededRandom } from '../drawing/random.ts'
import { renderPng } from '../drawing/render.ts'
import type { ParquetFile } from '../samples.ts'
import { generatedRecipes, humanRecipes } from './sample-charts.ts'

/** Twelve human and twelve generated questions, one chart each, in the layout of the hub's copy. */
export async function drawSample(seed: number): Promise<ParquetFile[]> {
  const recipes = [
    ...humanRecipes.map((recipe, index) => ({ recipe, name: `human-${index + 1}`, machine: 0 })),
    ...generatedRecipes.map((recipe, index) => ({ recipe, name: `generated-${index + 1}`, machine: 1 })),
  ]
  const rows = recipes.map(({ recipe, name, machine }) => {
    const { chart, query, label } = recipe(seededRandom(seed, name))
    const image = { bytes: renderPng(drawChart(chart)), path: `${name}.png` }
    return { image, query, label, human_or_machine: machine }
  })
  return [
    {
      path: 'data/sample-00000-of-00001.parquet',
      columns: {
        image: { struct: { bytes: 'bytes', path: 'string' } },
        query: 'string',
        label: { list: 'string' },
        human_or_machine: 'int64',
      },
      rows,
    },
  ]
}
