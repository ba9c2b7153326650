import { Command, InvalidArgumentError, Option } from 'commander'
import { InputError } from '#server/core/problem.ts'
import { NoFiniteRatings } from '#server/ratings/fits/bradley-terry.ts'
import type { TieRule } from '#server/ratings/votes/counts.ts'
import { NoInformation } from '#server/ratings/linear/laplacian-solver.ts'
import { intervalKinds, methods, publishedRules } from '#server/ratings/rules.ts'
import { pickRows, rowsAmong } from '#server/ratings/votes/among.ts'
import { rateVotes, type PrintedBoard, type RateOptions } from './rate-board.ts'
import { readVoteFile, toRatedVotes, type RatedVotes } from './rate-file.ts'
import { boardText } from './rate-table.ts'

const tieRules: TieRule[] = ['half', 'drop', 'drop-bothbad']

/** `arena rate FILE`: a leaderboard from a file of votes, without server or database; `--study` reads them from the database. */
export function rateCommand(): Command {
  return new Command('rate')
    .description('rate models from a file of votes: CSV, TSV, JSONL, battle JSON or Parquet, gzipped or not')
    .argument('[file]', 'votes with model_a, model_b and winner')
    .option('--study <slug>', 'rate the votes of a study in the database instead of a file')
    .addOption(new Option('--method <method>', 'how to rate').choices(methods).default('bt'))
    .addOption(new Option('--ties <rule>', 'what a tie is worth').choices(tieRules).default('half'))
    .addOption(
      new Option('--interval <kind>', 'how to find the bounds').choices(intervalKinds).default(publishedRules.interval),
    )
    .option('--rounds <n>', 'bootstrap rounds', wholeNumber(10, 1_000_000), 1000)
    .option('--seed <n>', 'seed of the bootstrap', wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
    .option('--anchor <model=rating>', 'shift all ratings so that this model has this one', readAnchor)
    .option('--style', 'control for length and markdown', false)
    .option('--weights', 'let votes count by the column weight', false)
    .option('--by <column>', 'one board for each value of a column, such as category')
    .option('--json', 'print everything as JSON', false)
    .action(async (file: string | undefined, options: Options) => {
      printRatings(await votesOf(file, options), options)
    })
}

type Options = RateOptions & { study?: string; by?: string; json: boolean }

async function votesOf(file: string | undefined, { study, by }: Options): Promise<RatedVotes> {
  if (file !== undefined && study === undefined) return readVoteFile(file, by)
  if (file !== undefined || study === undefined) {
    throw new InputError('Name one source of votes: a file, or --study SLUG for a study in the database.')
  }
  // A file needs neither the database nor what reads it.
  const { withContext } = await import('#server/core/program.ts')
  const { readVotes } = await import('#server/snapshots/read-votes.ts')
  const rows = await withContext((ctx) => readVotes(ctx, study))
  if (by && by !== 'category') throw new InputError('The votes of a study can be split --by category.')
  return toRatedVotes(rows, `The study ${study}`, { notBlind: 0, ...(by ? { splitBy: by } : {}) })
}

/** Rates votes and prints the board, or one board for each of their groups, as text or JSON. */
export function printRatings(rated: RatedVotes, options: RateOptions & { json: boolean }): void {
  const boards = splitByGroup(rated).map(({ group, part }) => ({ group, board: tryToRate(part, options, group) }))
  if (options.json) {
    const [only] = boards
    console.log(JSON.stringify(rated.groups ? boards : only!.board, null, 2))
    return
  }
  if (rated.groups && rated.unsure + rated.notBlind > 0)
    console.log(`Left out of all boards: ${rated.unsure} unsure, ${rated.notBlind} not blind\n`)
  console.log(
    boards.map(({ group, board }) => (group === null ? '' : `# ${group}\n\n`) + boardText(board)).join('\n\n\n'),
  )
}

function tryToRate(rated: RatedVotes, options: RateOptions, group: string | null): PrintedBoard {
  try {
    return rateVotes(rated, options)
  } catch (error) {
    if (!(error instanceof NoFiniteRatings || error instanceof NoInformation)) throw error
    const where = group === null ? '' : `${group}: `
    const advice = error instanceof NoFiniteRatings ? '; --method bt says which models can be compared' : ''
    throw new InputError(`${where}${error.message}${advice}`, { cause: error })
  }
}

/** The votes of each group with the models that it names; without groups the whole. */
function splitByGroup(rated: RatedVotes): { group: string | null; part: RatedVotes }[] {
  const { groups, votes, names, style, weight } = rated
  if (!groups) return [{ group: null, part: rated }]
  return [...new Set(groups)].sort().map((group) => {
    const keep = (_: unknown, t: number) => groups[t] === group
    const own = pickRows(votes, (t) => groups[t] === group)
    const met = [...new Set([...own.a, ...own.b])].sort((x, y) => x - y)
    const styles = Object.entries(style).map(([key, { a, b }]) => [key, { a: a.filter(keep), b: b.filter(keep) }])
    const part = {
      names: met.map((model) => names[model]!),
      votes: rowsAmong(own, met),
      unsure: 0,
      notBlind: 0,
      ...(weight && { weight: weight.filter(keep) }),
      style: Object.fromEntries(styles) as RatedVotes['style'],
    }
    return { group, part }
  })
}

function wholeNumber(least: number, most: number) {
  return (text: string) => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
    return value
  }
}

function readAnchor(text: string): { model: string; rating: number } {
  const at = text.lastIndexOf('=')
  const rating = Number(text.slice(at + 1))
  if (at < 1 || text.slice(at + 1).trim() === '' || !Number.isFinite(rating))
    throw new InvalidArgumentError('Give a model and its rating, as in gpt-4o=1114.')
  return { model: text.slice(0, at), rating }
}
