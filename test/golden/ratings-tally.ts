/** How far the numbers under one key are from the expected ones. */
export interface Tally {
  values: number
  /** The worst deviation, in units of its tolerance; above one the key fails. */
  worst: number
  /** The same, as it is. */
  deviation: number
  /** What was worst, or what is missing. */
  where: string
  /** Parts of the key that stand in the file and that nothing here knows how to compare. */
  passedOver: string[]
}

export type ByName = Record<string, number | null>

/** A number of theirs: null where they say that none exists, undefined where the file has none to compare with. */
type Theirs = number | null | undefined

/** Smaller than this everything is as good as zero. */
const zero = 1e-12

/** Collects comparisons of ours with theirs under one key. */
export class Comparer {
  readonly tally: Tally = { values: 0, worst: 0, deviation: 0, where: '', passedOver: [] }
  private readonly names: string[]

  constructor(names: string[]) {
    this.names = names
  }

  near(where: string, ours: number, theirs: Theirs, tolerance: number): void {
    if (theirs === undefined) return
    this.tally.values++
    const deviation = theirs === null ? (Number.isFinite(ours) ? Infinity : 0) : Math.abs(ours - theirs)
    const worst = Number.isNaN(deviation) ? Infinity : deviation === 0 ? 0 : deviation / tolerance
    if (!(worst > this.tally.worst)) return
    Object.assign(this.tally, { worst, deviation, where: `${where}: ${ours} for ${theirs}` })
  }

  /** Elo points: 1e-6, plus the rounding of ten digits where it is coarser. */
  rating(where: string, ours: number, theirs: Theirs): void {
    this.near(where, ours, theirs, Math.max(1e-6, Math.abs(theirs ?? 0) * 5e-10))
  }

  /** Everything else: one millionth of the value. */
  value(where: string, ours: number, theirs: Theirs): void {
    this.near(where, ours, theirs, Math.max(zero, Math.abs(theirs ?? 0) * 1e-6))
  }

  same(where: string, ours: unknown, theirs: unknown): void {
    if (theirs === undefined) return
    this.tally.values++
    if (JSON.stringify(ours) === JSON.stringify(theirs)) return
    const [one, other] = [ours, theirs].map((value) => JSON.stringify(value)?.slice(0, 60))
    Object.assign(this.tally, { worst: Infinity, deviation: Infinity, where: `${where}: ${one} for ${other}` })
  }

  /** What must not be: an exception, or a part that is missing. */
  fail(where: string): void {
    Object.assign(this.tally, { worst: Infinity, deviation: Infinity, where })
  }

  /** Ratings by name beside ours by number; the names must be exactly ours. */
  ratings(where: string, ours: ArrayLike<number>, theirs: ByName | undefined, names = this.names): void {
    this.byName(where, theirs, names, (name, i) => this.rating(`${where} of ${name}`, ours[i]!, theirs![name] ?? null))
  }

  values(where: string, ours: ArrayLike<number>, theirs: ByName | undefined, names = this.names): void {
    this.byName(where, theirs, names, (name, i) => this.value(`${where} of ${name}`, ours[i]!, theirs![name] ?? null))
  }

  private byName(
    where: string,
    theirs: ByName | undefined,
    names: string[],
    compare: (name: string, i: number) => void,
  ): void {
    if (theirs === undefined) return
    this.same(`names of ${where}`, [...names].sort(), Object.keys(theirs).sort())
    names.forEach(compare)
  }

  /** Notes in words need no comparing; any other part that is not in the list is counted as passed over. */
  only(part: Record<string, unknown>, known: string[]): void {
    for (const [key, value] of Object.entries(part))
      if (!known.includes(key) && typeof value !== 'string') this.tally.passedOver.push(key)
  }
}
