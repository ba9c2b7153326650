import { Command, InvalidArgumentError, Option } from 'commander'
import { InputError } from '#server/core/problem.ts'
import { NoFiniteRatings } from '#server/ratings/fits/bradley-terry.ts'
import type { TieRule } from '#server/ratings/votes/counts.ts'
import { NoInformation } from '#server/ratings/linear/laplacian-solver.ts'
import { intervalKinds, methods, publishedRules } from '#server/ratings/rules.ts'
import { pickRows, rowsAmong } from '#server/ratings/votes/among.ts'
import { noAnchor, rateVotes, type PrintedBoard, type RateOptions } from './rate-board.ts'
import { readVoteFile, toRatedVotes } from './rate-file.ts'
import { boardText } from './rate-table.ts'
import type { RatedVotes } from './vote-files/collect-votes.ts'
import type { ColumnRole } from './vote-files/vote-columns.ts'

const tieRules: TieRule[] = ['half', 'drop', 'drop-bothbad']

const columnOptions: [option: string, key: string, role: ColumnRole, holds: string][] = [
  ['model-a', 'modelAColumn', 'model_a', 'the model on the left'],
  ['model-b', 'modelBColumn', 'model_b', 'the model on the right'],
  ['winner', 'winnerColumn', 'winner', 'who won'],
  ['rater', 'raterColumn', 'rater', 'who judged'],
  ['item', 'itemColumn', 'item', 'what was judged'],
  ['weight', 'weightColumn', 'weight', 'what a vote counts for'],
]

/** `arena rate FILE`: a leaderboard from a file of votes, without server or database; `--study` reads them from the database. */
export function rateCommand(): Command {
  const command = new Command('rate')
    .description('rate models from a file of votes: CSV, TSV, JSONL, JSON or Parquet, packed as gzip, zip, zstd or not')
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
    .option('--by <column>', 'one board for each value of a column, such as category; of a list, a vote counts in each')
    .addOption(
      new Option('--repeats <rule>', 'how often votes of one rater on one item and pair count')
        .choices(['once', 'all'])
        .default('once'),
    )
    .option('--skip-bad', 'leave out rows that are no votes, count and list them', false)
  for (const [option, , , holds] of columnOptions) command.option(`--${option}-column <name>`, `column with ${holds}`)
  return command
    .option('--json', 'print everything as JSON', false)
    .action(async (file: string | undefined, options: Options) => {
      printRatings(await votesOf(file, options), options)
    })
}

interface Options extends RateOptions {
  study?: string
  by?: string
  repeats: 'once' | 'all'
  skipBad: boolean
  json: boolean
}

async function votesOf(file: string | undefined, options: Options): Promise<RatedVotes> {
  const { study, by, weights, repeats, skipBad } = options
  if (file !== undefined && study === undefined) {
    const named = columnOptions.map(([, key, role]) => [role, options[key as keyof Options]] as const)
    const columns = Object.fromEntries(named.filter(([, name]) => name !== undefined))
    return readVoteFile(file, { splitBy: by, weights, repeats, skipBad, columns })
  }
  if (file !== undefined || study === undefined) {
    throw new InputError('Name one source of votes: a file, or --study SLUG for a study in the database.')
  }
  // A file needs neither the database nor what reads it.
  const { withContext } = await import('#server/core/program.ts')
  const { readVotes } = await import('#server/snapshots/read-votes.ts')
  const rows = await withContext((ctx) => readVotes(ctx, study))
  if (by && by !== 'category') throw new InputError('The votes of a study can be split --by category.')
  return toRatedVotes(rows, `The study ${study}`, { splitBy: by })
}

/** Rates votes and prints the board, or one board for each of their groups, as text or JSON. */
export function printRatings(rated: RatedVotes, options: RateOptions & { json: boolean }): void {
  if (!rated.groups) {
    const board = tryToRate(rated, options)
    console.log(options.json ? JSON.stringify(board, null, 2) : boardText(board))
    return
  }
  const boards = rateGroups(rated, options)
  if (options.json) {
    console.log(JSON.stringify(boards, null, 2))
    return
  }
  const leftOut = [
    rated.unsure > 0 ? `${rated.unsure} unsure` : '',
    rated.notBlind > 0 ? `${rated.notBlind} not blind` : '',
    rated.repeats > 0 ? `${rated.repeats} repeats` : '',
  ].filter((words) => words !== '')
  const heading = [...(leftOut.length > 0 ? [`Left out of all boards: ${leftOut.join(', ')}`] : []), ...rated.notes]
  if (heading.length > 0) console.log(`${heading.join('\n')}\n`)
  const texts = boards.map(({ group, board, problem }) => `# ${group}\n\n${board ? boardText(board) : problem}`)
  console.log(texts.join('\n\n\n'))
}

/** The board of a group, or the sentence that says why it has none. */
interface GroupBoard {
  group: string
  board: PrintedBoard | null
  problem: string | null
}

/** A board for each group. Throws the problem of the first where no group has one. */
function rateGroups(rated: RatedVotes, options: RateOptions): GroupBoard[] {
  const { anchor } = options
  if (anchor && !rated.names.includes(anchor.model)) throw noAnchor(anchor)
  const boards = groupsOf(rated).map(({ group, part }): GroupBoard => {
    try {
      if (!anchor || part.names.includes(anchor.model)) return { group, board: tryToRate(part, options), problem: null }
      const { anchor: _, ...free } = options
      const board = tryToRate(part, free)
      const says = `The anchor ${anchor.model} has no vote here: the mean of the ratings is 1000.`
      return { group, board: { ...board, notes: [says, ...board.notes] }, problem: null }
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return { group, board: null, problem: `No board: ${error.message}` }
    }
  })
  if (boards.every(({ board }) => board === null)) throw new InputError(`${boards[0]!.group}: ${boards[0]!.problem}`)
  return boards
}

function tryToRate(rated: RatedVotes, options: RateOptions): PrintedBoard {
  try {
    return rateVotes(rated, options)
  } catch (error) {
    if (!(error instanceof NoFiniteRatings || error instanceof NoInformation)) throw error
    const advice = error instanceof NoFiniteRatings ? '; --method bt says which models can be compared' : ''
    throw new InputError(`${error.message}${advice}`, { cause: error })
  }
}

/** The votes of each group with the models that it names; a vote of several groups is in each. */
function groupsOf({ groups = [], votes, names, style, weight }: RatedVotes): { group: string; part: RatedVotes }[] {
  return [...new Set(groups.flat())].sort().map((group) => {
    const isIn = groups.map((own) => own.includes(group))
    const keep = (_: unknown, t: number) => isIn[t]!
    const own = pickRows(votes, (t) => isIn[t]!)
    const met = [...new Set([...own.a, ...own.b])].sort((x, y) => x - y)
    const styles = Object.entries(style).map(([key, { a, b }]) => [key, { a: a.filter(keep), b: b.filter(keep) }])
    const part = {
      names: met.map((model) => names[model]!),
      votes: rowsAmong(own, met),
      ...{ unsure: 0, notBlind: 0, repeats: 0, notes: [] },
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
