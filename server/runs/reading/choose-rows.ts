import { createHash } from 'node:crypto'
import type { Example } from '#benchmarks/benchmark.ts'
import type { SplitReading, UnusableRow } from '#server/datasets/service.ts'

/** A row that a run asks, with its place among them. */
export interface Row {
  example: Example | UnusableRow
  position: number
}

/** The rows that a run asks, in the order of the data: all of them, or `limit` chosen by seed. The signal ends them early. */
export async function* chosenRows(
  data: Pick<SplitReading, 'ids' | 'rows'>,
  { limit, seed }: { limit: number | null; seed: number },
  signal?: AbortSignal,
): AsyncIterable<Row> {
  const chosen = limit === null ? null : await chooseRows(data.ids(), limit, seed)
  let position = 0
  let index = 0
  for await (const example of data.rows()) {
    if (signal?.aborted) return
    if (chosen && !chosen.has(index++)) continue
    yield { example, position: position++ }
    if (position === chosen?.size) return
  }
}

/** The positions of the ids with the smallest hashes of (seed, id): the same for everyone who names the same seed. */
async function chooseRows(ids: AsyncIterable<string>, limit: number, seed: number): Promise<Set<number>> {
  const hashed: { position: number; hash: string }[] = []
  for await (const id of ids) {
    const hash = createHash('sha256').update(`${seed}:${id}`).digest('hex')
    hashed.push({ position: hashed.length, hash })
  }
  hashed.sort((a, b) => (a.hash < b.hash ? -1 : 1))
  return new Set(hashed.slice(0, limit).map(({ position }) => position))
}
