/** How far the numbers under one key are from the expected ones. */
export interface Tally {
  values: number
  /** The worst deviation, in units of its tolerance; above one the key fails. */
  worst: number
  /** The same, as it is. */
  deviation: number
  /** What was worst, or what is missing. */
  where: string
}

export type ByName = Record<string, number | null>

/** Collects comparisons of ours with theirs under one key. */
export class Comparer {
  readonly tally: Tally = { values: 0, worst: 0, deviation: 0, where: '' }
  private readonly names: string[]

  constructor(names: string[]) {
    this.names = names
  }

  near(where: string, ours: number, theirs: number, tolerance: number): void {
    this.tally.values++
    const deviation = Math.abs(ours - theirs)
    const worst = Number.isNaN(deviation) ? Infinity : tolerance === 0 && deviation === 0 ? 0 : deviation / tolerance
    if (!(worst > this.tally.worst)) return
    Object.assign(this.tally, { worst, deviation, where: `${where}: ${ours} for ${theirs}` })
  }

  /** Elo points: 1e-6, plus the rounding of ten digits where it is coarser. */
  rating(where: string, ours: number, theirs: number): void {
    this.near(where, ours, theirs, Math.max(1e-6, Math.abs(theirs) * 5e-10))
  }

  /** Everything else: one millionth of the value. */
  value(where: string, ours: number, theirs: number): void {
    this.near(where, ours, theirs, Math.abs(theirs) * 1e-6 || 1e-12)
  }

  same(where: string, ours: unknown, theirs: unknown): void {
    this.tally.values++
    if (JSON.stringify(ours) === JSON.stringify(theirs)) return
    Object.assign(this.tally, { worst: Infinity, deviation: Infinity, where: `${where}: not as expected` })
  }

  /** Ratings by name beside ours by number; the names must be exactly ours. */
  ratings(where: string, ours: ArrayLike<number>, theirs: ByName, names = this.names): void {
    this.same(`${where}, models`, Object.keys(theirs).sort(), [...names].sort())
    names.forEach((name, i) => this.rating(`${where} of ${name}`, ours[i]!, theirs[name] ?? NaN))
  }

  values(where: string, ours: ArrayLike<number>, theirs: ByName, names = this.names): void {
    this.same(`${where}, names`, Object.keys(theirs).sort(), [...names].sort())
    names.forEach((name, i) => this.value(`${where} of ${name}`, ours[i]!, theirs[name] ?? NaN))
  }

  /** A key inside that nobody compares fails, so that nothing new is passed over in silence. */
  only(part: Record<string, unknown>, known: string[]): void {
    for (const key of Object.keys(part)) if (!known.includes(key)) this.same(`${key} is not known`, 0, 1)
  }
}
