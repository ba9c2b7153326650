import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { codeEdits } from './mutants/code-edits.ts'
import { outdated, readEquivalents } from './mutants/equivalent.ts'
import { judgeAll, type Judged } from './mutants/judge.ts'
import type { Result } from './mutants/ledger.ts'
import { keyOf, nameEdits, type Mutation } from './mutants/mutation.ts'
import { parse } from './mutants/reach.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folders = ['calls', 'battles', 'boards', 'snapshots', 'runs', 'ratings', 'responses', 'raters'].map(
  (name) => `server/${name}`,
)
const target = 0.85

interface Options {
  seed: number
  sample: number
  only: string[]
}

/**
 * Draws small changes of the code, as many from each folder, and says how many the tests notice: those that call the
 * changed function, nearest first. `--sample N` (200), `--only FOLDER` (may be repeated), `--seed N` (1). What was found
 * is kept in test/.artifacts, so that the same command goes on where it was stopped. Exit code 1 when less than 85 % are
 * caught, or when a listed equivalent change no longer finds its line.
 */
export async function run(argv: string[]): Promise<number> {
  const { seed, sample, only } = readOptions(argv)
  const equivalents = readEquivalents()
  const gone = outdated(equivalents, folders.flatMap(mutationsOf))
  for (const { file, text, change } of gone)
    console.error(`mutants-equivalent.json: ${file} has no line "${text}" where ${change}: mend or drop the entry`)
  if (gone.length > 0) return 1
  const drawn = draw(only.map(mutationsOf), seed, sample)
  console.log(`${drawn.length} mutants, seed ${seed}`)
  const dismissed = new Set(equivalents.map(keyOf))
  const wanted = drawn.filter((mutation) => !dismissed.has(keyOf(mutation)))
  const judged: Judged[] = []
  await judgeAll(root, only, wanted, (one) => {
    judged.push(one)
    console.log(`${judged.length}/${wanted.length} ${describe(one)}`)
  })
  return report(judged, drawn.length - wanted.length)
}

function readOptions(argv: string[]): Options {
  const { values } = parseArgs({
    args: argv,
    options: {
      seed: { type: 'string', default: '1' },
      sample: { type: 'string', default: '200' },
      only: { type: 'string', multiple: true, default: folders },
    },
  })
  return { seed: Number(values.seed), sample: Number(values.sample), only: values.only }
}

function mutationsOf(folder: string): Mutation[] {
  return globSync(`${folder}/**/*.ts`, { cwd: root })
    .toSorted()
    .flatMap((file) => {
      const source = parse(root, file)
      return nameEdits(file, source.text, codeEdits(source))
    })
}

/** An equal share of each hat while it lasts. A seed draws the same changes again after other lines have changed. */
function draw(hats: Mutation[][], seed: number, sample: number): Mutation[] {
  const lotOf = (mutation: Mutation) =>
    createHash('sha256')
      .update(`${seed} ${keyOf(mutation)}`)
      .digest('hex')
  const shuffled = hats.map((hat) =>
    hat
      .map((mutation) => ({ mutation, lot: lotOf(mutation) }))
      .toSorted((a, b) => (a.lot < b.lot ? -1 : 1))
      .map(({ mutation }) => mutation),
  )
  const rounds = Math.max(...hats.map(({ length }) => length))
  return Array.from({ length: rounds }, (_, round) => shuffled.flatMap((hat) => hat[round] ?? []))
    .flat()
    .slice(0, sample)
}

const caught = ({ outcome }: Result) => outcome === 'caught' || outcome === 'caught by time'

const describe = ({ mutation, outcome, by, seconds }: Judged) =>
  `${outcome}${by ? ` by ${by}` : ''}, ${seconds.toFixed(1)} s: ${keyOf(mutation)}`

function report(judged: Judged[], equivalent: number): number {
  for (const { outcome, mutation } of judged.filter((one) => !caught(one)))
    console.log(`\n${outcome}: ${mutation.file}\n  ${mutation.text}\n  ${mutation.change}`)
  console.log('\nfolder                caught   of   seconds each')
  for (const folder of folders) {
    const own = judged.filter(({ mutation }) => mutation.file.startsWith(`${folder}/`))
    if (own.length > 0) console.log(lineOf(folder, own))
  }
  console.log(lineOf('all', judged))
  const share = judged.filter(caught).length / judged.length
  console.log(
    `${(share * 100).toFixed(1)} % caught, at least ${target * 100} % wanted; ${equivalent} more are listed as equivalent`,
  )
  return share >= target ? 0 : 1
}

function lineOf(name: string, judged: Judged[]): string {
  const seconds = judged.reduce((sum, one) => sum + one.seconds, 0) / judged.length
  const count = String(judged.filter(caught).length)
  return `${name.padEnd(20)} ${count.padStart(7)} ${String(judged.length).padStart(4)} ${seconds.toFixed(1).padStart(14)}`
}
