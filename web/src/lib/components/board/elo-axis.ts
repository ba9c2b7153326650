import { scaleLinear, type ScaleLinear } from 'd3-scale'

/** From Elo to percent of the column's width; every row of a board shares one. */
export interface EloAxis {
  at: ScaleLinear<number, number>
  ticks: number[]
}

/**
 * An axis that holds every finite interval of the rows with a little air; 900 to 1100 while there is none. `ticks`:
 * roughly how many to draw.
 */
export function eloAxis(rows: { low: number | null; high: number | null }[], ticks = 4): EloAxis {
  const ends = rows.flatMap(({ low, high }) => [low, high]).filter((end) => end !== null)
  const [from, to] = ends.length > 0 ? [Math.min(...ends), Math.max(...ends)] : [900, 1100]
  const air = Math.max((to - from) * 0.04, 4)
  const at = scaleLinear()
    .domain([from - air, to + air])
    .range([0, 100])
  return { at, ticks: at.ticks(ticks) }
}
