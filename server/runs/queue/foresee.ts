import type { PlanProgress } from '#server/calls/schema.ts'
import type { QueueEntry } from './schema.ts'

/** What stands in a queue, as it was read. */
export interface Queued extends Pick<QueueEntry, 'what' | 'run' | 'model' | 'benchmark'> {
  /** Calls that there will be, for as long as they are still read. */
  expected: number
  /** A judge reads what the model has said, once it has. */
  waitsForModel: boolean
  progress: PlanProgress
}

/**
 * The entries of one endpoint, in order, with why each waits and when it is likely to begin and to end: at the pace of the
 * last minute, one after the other. `now` in milliseconds since 1970.
 */
export function foresee(queued: Queued[], atOnce: number, now: number): QueueEntry[] {
  const pace = queued.reduce((sum, { progress }) => sum + progress.perMinute, 0)
  const silence = Math.max(0, ...queued.map(({ progress }) => Date.parse(progress.silentUntil ?? '') - now || 0))
  /** Calls of those before, and the first of these that has the places now. */
  let before = 0
  let ahead: Queued | undefined
  return queued.map((one) => {
    const { progress, expected, waitsForModel: _waits, ...named } = one
    const total = progress.growing ? Math.max(progress.total, expected) : progress.total
    const done = progress.answered + progress.errors
    const state = stateOf(progress)
    const left = Math.max(0, total - done)
    const moment = (calls: number) => new Date(now + silence + (calls / pace) * 60_000).toISOString()
    const foreseen = pace > 0 && state !== 'paused' && !one.waitsForModel
    const entry: QueueEntry = {
      ...named,
      state,
      ...reasonOf(one, state, ahead, atOnce),
      done,
      total,
      perMinute: progress.perMinute,
      startsAt: foreseen && state === 'waiting' && done === 0 ? moment(before) : null,
      endsAt: foreseen ? moment(before + left) : null,
    }
    if (state !== 'paused' && !one.waitsForModel && left > 0) {
      before += left
      ahead ??= one
    }
    return entry
  })
}

function stateOf({ state, active, perMinute }: PlanProgress): QueueEntry['state'] {
  if (state === 'paused') return 'paused'
  return active > 0 || perMinute > 0 ? 'running' : 'waiting'
}

/** The first thing that holds an entry up, from what a person decided to what only time mends. */
function reasonOf(
  { progress, waitsForModel }: Queued,
  state: QueueEntry['state'],
  ahead: Queued | undefined,
  atOnce: number,
): Pick<QueueEntry, 'why' | 'until'> {
  if (state === 'paused') return { why: progress.reason ?? 'paused', until: null }
  if (waitsForModel) return { why: 'its model has not said everything yet', until: null }
  if (progress.silentUntil) return { why: 'the endpoint asked to be left alone', until: progress.silentUntil }
  const [wait] = progress.waits
  if (wait && progress.active === 0) {
    return {
      why: `${wait.count} of its calls wait: ${wait.class.replaceAll('_', ' ')}, “${wait.said}”`,
      until: wait.until,
    }
  }
  if (ahead && progress.active < atOnce) {
    const name = ahead.run === null ? 'answers for a study' : `run ${ahead.run}`
    return { why: `${name} is before it, and has the places first`, until: null }
  }
  if (state === 'running') return { why: null, until: null }
  return { why: 'no worker has taken it up yet', until: null }
}
