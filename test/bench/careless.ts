// npm run bench -- careless [--seeds 100] [--votes 374] [--shared 0]: careless raters among 200, planted and looked for.
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { countVotes } from '#server/ratings/votes/counts.ts'
import { studyRaters, type RaterFigures } from '#server/ratings/evidence/study-raters.ts'
import { rateBoard } from '#server/ratings/board.ts'
import { publishedRules } from '#server/ratings/rules.ts'
import { carelessKinds, keepRaters, plantRaters, type Planted } from './careless/plant-raters.ts'
import { publishedElo } from './molmo-study.ts'

const targets = { recall: 0.9, falseShare: 0.02, coverage: [0.93, 0.97] as const }

/** Of one study: who was proposed, and how often each board's bounds hold the truth. */
interface Outcome {
  proposed: number[]
  covered: { all: number; proposed: number; known: number }
}

/** Prints what the rules find over seeded studies, beside the targets; writes nothing. 1 when a target is missed. */
export function run(args: string[]): number {
  const { values } = parseArgs({
    args,
    options: {
      seeds: { type: 'string', default: '100' },
      votes: { type: 'string', default: '374' },
      shared: { type: 'string', default: '0' },
    },
  })
  const [seeds, votesEach, shared] = [values.seeds, values.votes, values.shared].map(Number) as [number, number, number]
  console.log(`${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores, Node ${process.versions.node}`)
  console.log(`${seeds} studies: 200 raters, 20 of them careless, ${votesEach} votes each, ${shared} of them shared`)
  const began = performance.now()
  const tally = new Tally()
  for (let seed = 0; seed < seeds; seed++) {
    const planted = plantRaters({ seed, votesEach, shared })
    tally.add(planted, judge(planted))
  }
  console.log(`${((performance.now() - began) / seeds).toFixed(0)} ms a study`)
  return tally.print() ? 0 : 1
}

function judge(planted: Planted): Outcome {
  const { raters } = studyRaters(planted.votes)
  const proposed = raters.filter(({ judged }) => judged?.flagged).map(({ rater }) => rater)
  const careless = planted.kinds.flatMap((kind, rater) => (kind === 'honest' ? [] : [rater]))
  return {
    proposed,
    covered: {
      all: covers(planted, []),
      proposed: covers(planted, proposed),
      known: covers(planted, careless),
    },
  }
}

/** Of how many models the published board's bounds hold the truth, without the votes of these raters. */
function covers({ votes }: Planted, without: RaterFigures['rater'][]): number {
  const out = new Set(without)
  const counts = countVotes(keepRaters(votes, (rater) => !out.has(rater)))
  const board = rateBoard({ counts, categories: [] }, { ...publishedRules })
  const elo = Object.values(publishedElo)
  const mean = elo.reduce((sum, rating) => sum + rating, 0) / elo.length
  return board.lists
    .flatMap(({ lines }) => lines)
    .filter(({ model, lower, upper }) => {
      const truth = elo[model]! - mean + 1000
      return lower !== null && upper !== null && lower <= truth && truth <= upper
    }).length
}

class Tally {
  readonly found = new Map<string, { proposed: number; of: number }>()
  readonly recalls: number[] = []
  readonly falseShares: number[] = []
  readonly covered = { all: 0, proposed: 0, known: 0 }
  models = 0

  add({ kinds }: Planted, { proposed, covered }: Outcome): void {
    const set = new Set(proposed)
    kinds.forEach((kind, rater) => {
      const own = this.found.get(kind) ?? { proposed: 0, of: 0 }
      this.found.set(kind, { proposed: own.proposed + (set.has(rater) ? 1 : 0), of: own.of + 1 })
    })
    const careless = kinds.flatMap((kind, rater) => (kind === 'honest' ? [] : [rater]))
    const hits = careless.filter((rater) => set.has(rater)).length
    this.recalls.push(hits / careless.length)
    this.falseShares.push((proposed.length - hits) / (kinds.length - careless.length))
    this.models += Object.keys(publishedElo).length
    for (const name of ['all', 'proposed', 'known'] as const) this.covered[name] += covered[name]
  }

  /** Whether every target is met. */
  print(): boolean {
    for (const kind of [...carelessKinds, 'honest'] as const) {
      const { proposed, of } = this.found.get(kind)!
      console.log(`${kind.padEnd(14)} ${share(proposed / of)} proposed (${proposed} of ${of})`)
    }
    const recall = mean(this.recalls)
    const falseShare = mean(this.falseShares)
    const coverage = this.covered.proposed / this.models
    const [low, high] = targets.coverage
    const lines: [string, boolean][] = [
      [
        `recall ${share(recall)}, worst study ${share(Math.min(...this.recalls))} (wanted 90.0 %)`,
        recall >= targets.recall,
      ],
      [
        `honest raters proposed ${share(falseShare)}, worst study ${share(Math.max(...this.falseShares))} (at most 2.0 %)`,
        falseShare <= targets.falseShare,
      ],
      [
        `bounds hold the truth without those proposed ${share(coverage)} (wanted 93 to 97 %)`,
        coverage >= low && coverage <= high,
      ],
    ]
    for (const [line, met] of lines) console.log(`${met ? 'met   ' : 'MISSED'} ${line}`)
    console.log(
      `       with all raters ${share(this.covered.all / this.models)}, without exactly the careless ${share(this.covered.known / this.models)}`,
    )
    return lines.every(([, met]) => met)
  }
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const share = (value: number) => `${(100 * value).toFixed(1)} %`
