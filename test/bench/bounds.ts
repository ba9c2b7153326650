import { coverClustered, type ClusteredStudy } from './bounds/clustered-studies.ts'
import { coverTied } from './bounds/tied-boards.ts'

const studiesEach = 1000

/**
 * Holds the bounds of boards against a known truth: 1,000 studies of raters with tastes of their own, even and uneven, and
 * boards with many ties and few votes. `npm run bench -- bounds SEED` draws others. Returns 1 where the coverage of a study
 * leaves 93 to 97 % or that of boards with ties 94 to 98 %, or where one of these is below 93 %.
 */
export function run([seed = '1']: string[]): number {
  if (!/^\d{1,9}$/.test(seed)) {
    console.error('The seed is a whole number')
    return 2
  }
  const studies = coverStudies(Number(seed))
  const ties = coverTies(Number(seed))
  return studies && ties ? 0 : 1
}

const shared = { models: 8, raterEffect: 0.5, itemEffect: 0.4, ties: 0.25 }
const crowds: Pick<ClusteredStudy, 'raters' | 'votesEach' | 'items'>[] = [
  { raters: 40, votesEach: 50, items: 60 },
  { raters: 40, votesEach: 50, items: 2000 },
  { raters: 100, votesEach: 30, items: 300 },
  { raters: 300, votesEach: 20, items: 1000 },
]

function coverStudies(seed: number): boolean {
  console.log(
    `Clusters: 95 % intervals of all differences that hold the population-averaged one, ${studiesEach} studies each`,
  )
  let holds = true
  for (const crowd of crowds) {
    for (const spread of [0, 1]) {
      const { clustered, independent } = coverClustered({ ...shared, ...crowd, spread }, studiesEach, seed)
      const within = clustered >= 0.93 && clustered <= 0.97
      holds &&= within
      console.log(
        `  ${crowd.raters} raters × ${crowd.votesEach} votes ${spread ? 'heavy-tailed' : 'even        '}, ${String(crowd.items).padStart(4)} questions: ` +
          `clustered ${percent(clustered)}, each vote on its own ${percent(independent)}${within ? '' : '  OUTSIDE 93–97 %'}`,
      )
    }
  }
  return holds
}

const boardsEach = 2000
const spreadOfRatings = 80

function coverTies(seed: number): boolean {
  console.log(
    `Ties: 95 % intervals of differences that hold the truth, ${boardsEach} boards each, fewer where they are large; in brackets the plain sandwich`,
  )
  const found: number[] = []
  let zero = 0
  let zeroBefore = 0
  for (const models of [3, 6, 12]) {
    for (const votesPerPair of [5, 20, 100, 500]) {
      const cells = [0, 0.3, 0.6, 0.9].map((ties) => {
        const boards = Math.ceil(boardsEach / Math.max(1, (models * votesPerPair) / 300))
        const board = { models, votesPerPair, ties, spread: spreadOfRatings }
        const { smoothed, plain, open, zeroPlain, zeroSmoothed } = coverTied(board, boards, seed)
        found.push(smoothed)
        zero += zeroSmoothed
        zeroBefore += zeroPlain
        return `${percent(smoothed)} (${percent(plain)}; open ${percent(open)})`
      })
      console.log(
        `  ${String(models).padStart(2)} models, ${String(votesPerPair).padStart(3)} votes a pair, 0/30/60/90 % ties: ${cells.join('  ')}`,
      )
    }
  }
  const mean = found.reduce((sum, share) => sum + share, 0) / found.length
  const least = Math.min(...found)
  console.log(
    `  mean ${percent(mean)}, least ${percent(least)}; of width zero ${zero}, by the plain sandwich ${zeroBefore}`,
  )
  return mean >= 0.94 && mean <= 0.98 && least >= 0.93 && zero === 0
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`
