import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { onlineElo } from '#server/ratings/fits/elo.ts'
import { flagRaters } from '#server/ratings/evidence/flag-raters.ts'
import { compareDoors } from './one-board.ts'
import { references } from './ratings-references.ts'
import { readSet, type GoldenSet } from './ratings-set.ts'
import { Comparer, type ByName, type Tally } from './ratings-tally.ts'

/** Numbers of peers: their own early stops, penalties and inventions. The gap is shown and never fails. */
const peers = [
  // A contextual fit that is also reweighted has a penalty of its own.
  ...[
    /^arena_rank_contextual_.*reweighted/,
    /_as_run$/,
    /^fastchat_bt_after_outlier_detect$/,
    /^bootstrap_elo_K4$/,
    /^arena_rank_contextual_default$/,
  ],
  /^published_strengths_/,
]

/** What says nothing to compare. */
const information = [
  ...[/^arena_rank_.*composite/, /^set$/, /^description$/, /^columns$/, /^generator$/, /^contract$/, /^truth_/],
  ...[/^recovery$/, /^rater_kind_truth$/, /^fisher_p_value_method$/, /^source$/],
]

interface Line {
  set: string
  key: string
  outcome: 'holds' | 'FAILS' | 'gap'
  tally: Tally
}

/** Checks every set in a folder (or the folder itself, where it is one); 0 when all that must hold does. */
export async function run(folder: string): Promise<number> {
  const sets = existsSync(join(folder, 'expected.json'))
    ? [{ name: basename(folder), path: folder }]
    : readdirSync(folder, { withFileTypes: true })
        .filter((entry) => existsSync(join(folder, entry.name, 'expected.json')))
        .map((entry) => ({ name: entry.name, path: join(folder, entry.name) }))
        .sort((x, y) => (x.name < y.name ? -1 : 1))
  if (sets.length === 0) {
    console.error(`${folder} holds no set: a folder with expected.json and votes.csv`)
    return 2
  }
  const lines: Line[] = []
  const problems: string[] = []
  printLine('set', 'key', 'values', 'deviation', 'of tolerance', '')
  for (const { name, path } of sets) checkSet(name, path, lines, problems)
  const failed = lines.filter(({ outcome }) => outcome === 'FAILS')
  const values = lines.reduce((sum, { outcome, tally }) => sum + (outcome === 'gap' ? 0 : tally.values), 0)
  for (const problem of problems) console.log(problem)
  for (const { set, key, tally } of failed) console.log(`${set}, ${key}: ${tally.where}`)
  for (const { set, key, tally } of lines)
    if (tally.passedOver.length > 0) console.log(`${set}, ${key}: passed over ${tally.passedOver.join(', ')}`)
  const held = lines.filter(({ outcome }) => outcome === 'holds').length
  console.log(
    `${sets.length} sets: ${held} keys hold (${values} values), ${failed.length} fail, ${problems.length} problems`,
  )
  return failed.length + problems.length > 0 ? 1 : 0
}

function checkSet(name: string, path: string, lines: Line[], problems: string[]): void {
  let set: GoldenSet
  try {
    set = readSet(path, name)
  } catch (error) {
    problems.push(`${name}: ${String(error)}`)
    return
  }
  for (const [key, expected] of Object.entries(set.expected)) {
    if (key === 'rater_kind_truth') console.log(`${name}: ${plantedRaters(set, expected as Record<string, string>)}`)
    if (information.some((pattern) => pattern.test(key))) continue
    const compare = new Comparer(set.names)
    // Where no maximum exists, a peer's number is an invention, whatever its objective.
    const invented = !set.graph.connected && key.startsWith('arena_rank_')
    const check = invented ? undefined : references.find(([pattern]) => pattern.test(key))?.[1]
    const isPeer = invented || peers.some((pattern) => pattern.test(key))
    if (!check && !isPeer) {
      problems.push(`${name}: nobody knows the key ${key}`)
      continue
    }
    try {
      if (check) check(set, expected, compare, key)
      else measureGap(set, expected, compare, key)
    } catch (error) {
      compare.fail(String(error))
    }
    if (check && compare.tally.values === 0) compare.fail('there is nothing under this key that could be compared')
    const line: Line = { set: name, key, outcome: check ? outcomeOf(compare) : 'gap', tally: compare.tally }
    lines.push(line)
    print(line)
    if (key === 'fastchat_as_run') checkPeerElo(set, expected, lines)
  }
  checkDoors(set, lines)
}

/** A vote file and a study with the votes of the set must show the same digits under every rule. */
function checkDoors(set: GoldenSet, lines: Line[]): void {
  const compare = new Comparer(set.names)
  const { boards, differences } = compareDoors(set)
  compare.tally.values = boards
  if (differences.length > 0) compare.fail(differences.join('; '))
  const line: Line = { set: set.name, key: 'one board, two doors', outcome: outcomeOf(compare), tally: compare.tally }
  lines.push(line)
  print(line)
}

function outcomeOf({ tally }: Comparer): 'holds' | 'FAILS' {
  return tally.worst <= 1 ? 'holds' : 'FAILS'
}

/** How many of the raters that were planted are found; shown, since the library itself never reads who they are. */
function plantedRaters(set: GoldenSet, kinds: Record<string, string>): string {
  const flagged = flagRaters(set.votes)
  const rightly = flagged.filter(({ rater }) => kinds[set.raters[rater]!] !== 'honest').length
  const bad = Object.values(kinds).filter((kind) => kind !== 'honest').length
  const wrongly = flagged.length - rightly
  return `${rightly} of ${bad} planted raters flagged, and ${wrongly} of ${Object.keys(kinds).length - bad} honest ones`
}

/** Online Elo is arithmetic without a choice: what the peer ran must be ours to the last digit shown. */
function checkPeerElo(set: GoldenSet, expected: unknown, lines: Line[]): void {
  const theirs = (expected as { online_elo?: ByName }).online_elo
  if (!theirs) return
  const compare = new Comparer(set.names)
  const ours = onlineElo(set.votes)
  set.names.forEach((name, i) => {
    compare.near(name, ours[i]!, theirs[name] ?? null, Math.max(1e-9, 1e-9 * Math.abs(theirs[name] ?? 0)))
  })
  const line: Line = {
    set: set.name,
    key: 'fastchat_as_run.online_elo',
    outcome: outcomeOf(compare),
    tally: compare.tally,
  }
  lines.push(line)
  print(line)
}

/** The largest difference to a peer's list of ratings, both with the same mean; nothing where it gives no ratings. */
function measureGap(set: GoldenSet, expected: unknown, compare: Comparer, key: string): void {
  if (!set.graph.connected) return
  const lists = ratingLists(expected, set.names)
  const scale = key.startsWith('published_strengths') ? (value: number) => (400 / Math.LN10) * Math.log(value) : Number
  const { ratings } = set.fit()
  for (const [where, list] of lists) {
    const theirs = set.names.map((name) => scale(list[name]!))
    const mean = theirs.reduce((sum, value) => sum + value, 0) / theirs.length
    theirs.forEach((value, i) => compare.near(where, ratings[i]!, value - mean + 1000, 1e-6))
  }
}

/** Every part of a peer's answer that gives each model a number of the size of a rating. */
function ratingLists(part: unknown, names: string[], where = 'rating'): [string, Record<string, number>][] {
  if (typeof part !== 'object' || part === null) return []
  const record = part as Record<string, unknown>
  const whole = names.every((name) => typeof record[name] === 'number')
  if (whole) return /elo$|q\d|variance|sd|rank|counting|average/.test(where) ? [] : [[where, record as never]]
  return Object.entries(record).flatMap(([key, value]) => ratingLists(value, names, key))
}

function print({ set, key, outcome, tally }: Line): void {
  if (outcome === 'gap' && tally.values === 0) return
  const share = outcome === 'gap' ? '' : tally.worst.toPrecision(2)
  printLine(set, key, String(tally.values), tally.deviation.toPrecision(2), share, outcome)
}

function printLine(set: string, key: string, values: string, deviation: string, share: string, outcome: string): void {
  const cells = [set.padEnd(20), key.padEnd(44), values.padStart(7), deviation.padStart(10), share.padStart(12)]
  console.log([...cells, outcome].join('  ').trimEnd())
}
