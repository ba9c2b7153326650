import type { OverlapProgress, PairCoverage, Study, StudyMember } from './schema.ts'

/** Votes that fill a quota, and in how many of the last hours they came. */
export interface Pace {
  votes: number
  hours: number
}

/** As much of a study as its outlook rests on. */
interface Watched extends Pick<Study, 'status' | 'paused'> {
  members: Pick<StudyMember, 'model'>[]
  coverage: PairCoverage[]
  pace: Pace
}

const mostNamed = 5
const hoursInADay = 24

/**
 * How far a study's pairs are, which of them lag and by how much, and when all votes will be in at the pace of the last
 * hours, in sentences. Pairs with a withdrawn model keep no study open and are left out. A draft has none.
 */
export function outlookOf({ status, paused, members, coverage, pace }: Watched): string[] {
  if (status === 'draft') return []
  const names = new Map(members.filter(({ model }) => !model.withdrawn).map(({ model }) => [model.slug, model.name]))
  const pairs = coverage.filter(({ modelA, modelB }) => names.has(modelA) && names.has(modelB))
  const lacking = pairs.reduce((sum, { votes, quota }) => sum + Math.max(0, quota - votes), 0)
  if (pairs.length === 0) return ['It has no pair to compare.']
  if (lacking === 0)
    return [`${pairs.length === 1 ? 'The one pair is' : `All ${grouped(pairs.length)} pairs are`} full.`]
  const end =
    status === 'closed' ? `It was closed ${votesOf(lacking)} short of its quotas.` : endOf(lacking, pace, paused)
  return [standOf(pairs), ...laggingOf(pairs, names), end]
}

function standOf(pairs: PairCoverage[]): string {
  const full = pairs.filter(({ votes, quota }) => votes >= quota).length
  const behind = pairs.filter(({ votes, quota }) => votes * 2 < quota).length
  return `${grouped(full)} of ${grouped(pairs.length)} ${pairs.length === 1 ? 'pair is' : 'pairs are'} full, ${grouped(behind)} under half.`
}

/** Pairs that have less than half of what the middle pair has, the furthest behind first. */
function laggingOf(pairs: PairCoverage[], names: Map<string, string>): string[] {
  const byVotes = pairs.toSorted((one, other) => one.votes - other.votes)
  const middle = byVotes[Math.floor(byVotes.length / 2)]!.votes
  const lagging = byVotes.filter(({ votes, quota }) => votes * 2 < middle && votes < quota)
  if (lagging.length === 0) return []
  const named = lagging.slice(0, mostNamed).map(({ modelA, modelB, votes, quota }) => {
    return `${names.get(modelA)} and ${names.get(modelB)}, ${grouped(votes)} of ${grouped(quota)}`
  })
  const rest = lagging.length > mostNamed ? `; and ${grouped(lagging.length - mostNamed)} more` : ''
  return [`Lagging behind the others: ${named.join('; ')}${rest}.`]
}

function endOf(lacking: number, { votes, hours }: Pace, paused: boolean): string {
  const missing = `${votesOf(lacking)} ${lacking === 1 ? 'is' : 'are'} missing`
  if (paused) return `${missing}; it is paused.`
  if (votes === 0) return `${missing}, and none came in the last ${hoursOf(hours)}.`
  const left = (lacking * hours) / votes
  const hourly = votes / hours
  const pace = hourly < 10 ? hourly.toFixed(1) : grouped(Math.round(hourly))
  return `${missing}: at ${pace} an hour, as in the last ${hoursOf(hours)}, they are in after ${timeOf(left)}.`
}

/** How far planned overlap is, and how far raters agree there, in sentences; none where nothing was planned. */
export function overlapWords(overlap: OverlapProgress, status: Study['status']): string[] {
  const { planned, delivered, cancelled, pairs, agreement, alpha } = overlap
  if (planned === 0) return []
  const outstanding = planned - delivered - cancelled
  const rest =
    outstanding === 0
      ? ''
      : `; ${grouped(outstanding)} ${status === 'closed' ? 'stayed short of it' : outstanding === 1 ? 'is outstanding' : 'are outstanding'}`
  const told = `Of ${grouped(planned)} ${planned === 1 ? 'battle' : 'battles'} planned for several raters, ${grouped(delivered)} ${delivered === 1 ? 'has' : 'have'} had all of them${rest}${cancelledWords(cancelled)}.`
  if (agreement === null) return [told]
  const shown = alpha === null ? '' : `; Krippendorff’s α ${alpha.toFixed(2)}`
  return [told, `On these, ${Math.round(100 * agreement)} % of ${grouped(pairs)} pairs of verdicts agree${shown}.`]
}

const cancelledWords = (cancelled: number) =>
  cancelled === 0 ? '' : `; ${grouped(cancelled)} ${cancelled === 1 ? 'was' : 'were'} cancelled`

function timeOf(hours: number): string {
  if (hours < 1) return 'less than an hour'
  if (hours < 2 * hoursInADay) return `about ${hoursOf(Math.round(hours))}`
  return `about ${grouped(Math.round(hours / hoursInADay))} days`
}

const hoursOf = (hours: number) => (hours <= 1 ? 'hour' : `${Math.round(hours)} hours`)
const votesOf = (count: number) => `${grouped(count)} ${count === 1 ? 'vote' : 'votes'}`
const grouped = (count: number) => count.toLocaleString('en-GB')
