/** One process that calls an endpoint. Times in milliseconds since 1970 by the database's clock. */
export interface Holder {
  worker: string
  /** Calls that it may have under way. */
  places: number
  /** Calls that it would have under way if it might. */
  wanted: number
  /** When its places are free if nothing more is heard of it. */
  until: number
}

/** What a process says of itself. */
interface Claimant {
  worker: string
  /** Calls under way, or that may begin before it hears an answer. */
  held: number
  wanted: number
}

export const holdForMs = 20_000
/** With fewer places than processes, the ones that have one change this often. */
const turnMs = 2_000

/**
 * Shares the places of an endpoint out, from the view of one process: `allowed` is what it may have under way from now
 * on, which may be less than it holds and then comes free as calls end. Together the places of all never pass `limit`: a
 * process gets more only out of what nobody holds.
 */
export function shareOut(
  known: Holder[],
  { worker, held, wanted }: Claimant,
  limit: number,
  now: number,
): { holders: Holder[]; allowed: number } {
  const others = known.filter((holder) => holder.worker !== worker && holder.until > now)
  const fair = fairShares([...others, { worker, wanted }], limit, Math.floor(now / turnMs)).get(worker)!
  const free = Math.max(0, limit - others.reduce((sum, { places }) => sum + places, 0))
  // Held may pass what is free after the processes could not speak to each other: calls under way stay.
  const places = Math.max(held, Math.min(fair, free))
  const holders = [...others, { worker, places, wanted, until: now + holdForMs }]
  return { holders, allowed: Math.min(fair, places) }
}

/**
 * Equal shares, where who wants less leaves the rest to the others; what nobody wants is divided among all. What cannot
 * be divided goes round from turn to turn.
 */
function fairShares(all: Pick<Holder, 'worker' | 'wanted'>[], limit: number, turn: number): Map<string, number> {
  const inTurn = all.toSorted((a, b) => (a.worker < b.worker ? -1 : 1))
  inTurn.push(...inTurn.splice(0, turn % inTurn.length))
  const shares = new Map(all.map(({ worker }) => [worker, 0]))
  let left = limit
  for (const part of ['wanted', 'spare'] as const) {
    let sharers = inTurn
    while (left > 0 && sharers.length > 0) {
      const each = Math.max(1, Math.floor(left / sharers.length))
      sharers = sharers.filter(({ worker, wanted }) => {
        const more = part === 'spare' ? each : Math.min(each, wanted - shares.get(worker)!)
        const taken = Math.max(0, Math.min(more, left))
        shares.set(worker, shares.get(worker)! + taken)
        left -= taken
        return taken > 0
      })
    }
  }
  return shares
}
