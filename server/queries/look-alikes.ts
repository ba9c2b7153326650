import { images } from '#drizzle/schema/images.ts'
import { queries } from '#drizzle/schema/queries.ts'
import type { Context } from '../core/context.ts'
import { present, rowsOf, type RowOf } from '../core/postgres/rows.ts'
import { requirePoolId } from './list-pools.ts'
import type { LookAlike } from './schema.ts'

const lookedAt = {
  sha256: images.sha256,
  fingerprint: present(images.fingerprint),
  key: queries.key,
  question: queries.question,
}
type LookedAt = RowOf<typeof lookedAt> & { low: number; high: number }

/** Of 64 bits: two pictures that differ in no more share one of four bands of 16 bits, by which they are found. */
const mostBits = 3
const bands = 4
/** Neighbours within a band that a picture is compared with, so that a pool of blank pages takes no longer than others. */
const mostNeighbours = 200
const mostPairs = 1_000

/**
 * Different pictures of a pool that look alike, the likest first, at most a thousand pairs; each is named by its first
 * query. Pictures whose fingerprint was not taken are not among them. Throws not-found.
 */
export async function findLookAlikes(ctx: Context, slug: string): Promise<LookAlike[]> {
  const poolId = await requirePoolId(ctx, slug)
  const rows = await rowsOf(ctx, lookedAt)`
    select distinct on (i.sha256) i.sha256, i.fingerprint, q.key, q.question
    from queries q join images i on i.sha256 = q.image_sha256
    where q.pool_id = ${poolId} and q.deleted_at is null and i.fingerprint is not null
    order by i.sha256, q.position`
  const pictures = rows.map((row) => ({
    ...row,
    high: Number.parseInt(row.fingerprint.slice(0, 8), 16),
    low: Number.parseInt(row.fingerprint.slice(8), 16),
  }))
  return pairsAmong(pictures)
}

function pairsAmong(pictures: LookedAt[]): LookAlike[] {
  const found = new Map<string, LookAlike>()
  for (let band = 0; band < bands; band++) {
    const bandOf = ({ fingerprint }: LookedAt) => fingerprint.slice(band * 4, band * 4 + 4)
    // Within a band in the order of the whole, so that equal ones stand side by side.
    const sorted = pictures.toSorted((a, b) => compare(bandOf(a) + a.fingerprint, bandOf(b) + b.fingerprint))
    for (const [place, a] of sorted.entries()) {
      for (const b of sorted.slice(place + 1, place + 1 + mostNeighbours)) {
        if (bandOf(a) !== bandOf(b)) break
        const bits = bitsBetween(a, b)
        if (bits <= mostBits) note(found, a, b, bits)
      }
    }
  }
  return [...found.values()].toSorted((x, y) => x.bits - y.bits).slice(0, mostPairs)
}

function note(found: Map<string, LookAlike>, a: LookedAt, b: LookedAt, bits: number) {
  const [first, second] = a.sha256 < b.sha256 ? [a, b] : [b, a]
  const name = `${first.sha256} ${second.sha256}`
  const shown = ({ sha256, key, question }: LookedAt) => ({ sha256, key, question })
  if (!found.has(name) && found.size < 10 * mostPairs) found.set(name, { a: shown(first), b: shown(second), bits })
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const bitsBetween = (a: LookedAt, b: LookedAt) => bitsIn(a.high ^ b.high) + bitsIn(a.low ^ b.low)

function bitsIn(value: number): number {
  let bits = 0
  for (let rest = value >>> 0; rest !== 0; rest &= rest - 1) bits++
  return bits
}

/** The hashes of a pool's pictures, each once, with the keys of its queries. Throws not-found. */
export async function picturesOf(ctx: Context, slug: string): Promise<Map<string, string[]>> {
  const poolId = await requirePoolId(ctx, slug)
  const rows = await rowsOf(ctx, { sha256: queries.imageSha256, key: queries.key })`
    select image_sha256 as sha256, key from queries where pool_id = ${poolId} and deleted_at is null order by position`
  const keys = new Map<string, string[]>()
  for (const { sha256, key } of rows) {
    const others = keys.get(sha256)
    if (others) others.push(key)
    else keys.set(sha256, [key])
  }
  return keys
}
