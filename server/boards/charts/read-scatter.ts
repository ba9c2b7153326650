import type { Context } from '#server/core/context.ts'
import type { QueryCategory } from '#server/queries/categories/schema.ts'
import { correlationInterval, fitLine, pearson, spearman } from '#server/ratings/evidence/correlation.ts'
import { paperTable } from '../paper-table.ts'
import { getBoard } from '../read-boards.ts'
import type { Scatter, ScatterChart } from './schema.ts'

/**
 * Academic average against Elo of a study's models, and the same chart of the paper's table beside it: neither takes a
 * number from the other. Throws what getBoard throws.
 */
export async function getScatter(ctx: Context, slug: string, category: QueryCategory | null = null): Promise<Scatter> {
  const { rows } = await getBoard(ctx, slug, category)
  const here = rows.flatMap(({ model, average, elo, low, high }) =>
    average && elo !== null ? [{ ...model, average, elo: { value: elo, low, high } }] : [],
  )
  const printed = paperTable.rows.map(({ slug, name, openness, average, elo }) => ({
    ...{ slug, name, openness },
    average: { value: average, low: null, high: null },
    elo: { value: elo, low: null, high: null },
  }))
  return { here: chartOf(here), paper: chartOf(printed) }
}

type Point = Omit<ScatterChart['points'][number], 'offBy'>

const bandSteps = 24

function chartOf(points: Point[]): ScatterChart {
  const [xs, ys] = [points.map(({ average }) => average.value), points.map(({ elo }) => elo.value)]
  const line = fitLine(xs, ys)
  const at = (x: number) => line!.intercept + line!.slope * x
  const [from, to] = [Math.min(...xs), Math.max(...xs)]
  const band = Array.from({ length: bandSteps + 1 }, (_, step) => from + ((to - from) * step) / bandSteps)
  const [r, rho] = [pearson(xs, ys), spearman(xs, ys)]
  return {
    points: points.map(({ slug, name, openness, average, elo }) => ({
      ...{ slug, name, openness, average, elo },
      offBy: line && elo.value - at(average.value),
    })),
    pearson: Number.isNaN(r) ? null : correlationInterval(r, xs.length, 'pearson'),
    spearman: Number.isNaN(rho) ? null : correlationInterval(rho, xs.length, 'spearman'),
    line:
      line &&
      band.map((average) => {
        const [elo, half] = [at(average), line.halfBand(average)]
        return { average, elo, low: elo - half, high: elo + half }
      }),
  }
}
