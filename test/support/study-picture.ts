import { join } from 'node:path'

/** One model of a simulated study: its rating with bounds, and the rating it was simulated from, Elo points. */
export interface StudyRow {
  name: string
  rating: number
  lower: number
  upper: number
  truth: number
  /** The places that its interval leaves open. */
  rank: string
}

/** Where the docs keep the picture of the simulated study. */
export const studyPicture = join(import.meta.dirname, '../../docs/images/molmo-study.svg')

const width = 760
const rowHeight = 19
const top = 46
const [axisLeft, axisRight] = [250, 730]

/** Draws ratings, best first, as dots with interval bars on one axis, an open ring where the truth is. */
export function drawStudy(rows: StudyRow[]): string {
  const step = 25
  const low = Math.floor(Math.min(...rows.flatMap(({ lower, truth }) => [lower, truth])) / step) * step
  const high = Math.ceil(Math.max(...rows.flatMap(({ upper, truth }) => [upper, truth])) / step) * step
  const x = (rating: number) => (axisLeft + ((rating - low) / (high - low)) * (axisRight - axisLeft)).toFixed(1)
  const bottom = top + rows.length * rowHeight
  const ticks = Array.from({ length: (high - low) / step + 1 }, (_, k) => low + k * step)
  const grid = ticks.map(
    (tick) =>
      `<path class="grid" d="M${x(tick)} ${top - 6}V${bottom}"/>` +
      `<text class="quiet" x="${x(tick)}" y="${bottom + 16}" text-anchor="middle">${tick}</text>`,
  )
  const lines = rows.map(({ name, rating, lower, upper, truth, rank }, k) => {
    const y = top + (k + 0.5) * rowHeight
    const cells = [
      `<text class="quiet" x="52" y="${y + 4}" text-anchor="end">${rank}</text>`,
      `<text x="64" y="${y + 4}">${name}</text>`,
      `<path class="bar" d="M${x(lower)} ${y}H${x(upper)}"/>`,
      `<circle class="dot" cx="${x(rating)}" cy="${y}" r="3"/>`,
      `<circle class="ring" cx="${x(truth)}" cy="${y}" r="5.5"/>`,
    ]
    return cells.join('')
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 30}" role="img" aria-labelledby="title">`,
    '<title id="title">Ratings of 27 models from 325,000 simulated votes, with 95 % intervals and the true ratings</title>',
    `<style>${style}</style>`,
    `<rect class="page" width="${width}" height="${bottom + 30}" rx="6"/>`,
    `<text class="quiet" x="52" y="24" text-anchor="end">rank</text><text class="quiet" x="64" y="24">model</text>`,
    legend,
    ...grid,
    ...lines,
    '</svg>\n',
  ].join('\n')
}

const style = [
  'text{font:12px system-ui,sans-serif;fill:#1c1917}',
  '.quiet{fill:#57534e}',
  '.page{fill:#fff}',
  '.grid{stroke:#e7e5e4}',
  '.bar{stroke:#1d4ed8;stroke-width:4;stroke-opacity:.45}',
  '.dot{fill:#1d4ed8}',
  '.ring{fill:none;stroke:#b45309;stroke-width:1.5}',
  '@media(prefers-color-scheme:dark){text{fill:#f5f5f4}.quiet{fill:#a8a29e}.page{fill:#1c1917}.grid{stroke:#44403c}',
  '.bar{stroke:#93c5fd}.dot{fill:#93c5fd}.ring{stroke:#fbbf24}}',
].join('')

const legend =
  `<path class="bar" d="M${axisLeft} 20h24"/><circle class="dot" cx="${axisLeft + 12}" cy="20" r="3"/>` +
  `<text class="quiet" x="${axisLeft + 32}" y="24">rating, 95 % interval</text>` +
  `<circle class="ring" cx="${axisLeft + 188}" cy="20" r="5.5"/>` +
  `<text class="quiet" x="${axisLeft + 200}" y="24">the rating it was simulated from</text>`
