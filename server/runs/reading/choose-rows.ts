import { createHash } from 'node:crypto'

/** The positions of the ids with the smallest hashes of (seed, id): the same for everyone who names the same seed. */
export async function chooseRows(ids: AsyncIterable<string>, limit: number, seed: number): Promise<Set<number>> {
  const hashed: { position: number; hash: string }[] = []
  for await (const id of ids) {
    const hash = createHash('sha256').update(`${seed}:${id}`).digest('hex')
    hashed.push({ position: hashed.length, hash })
  }
  hashed.sort((a, b) => (a.hash < b.hash ? -1 : 1))
  return new Set(hashed.slice(0, limit).map(({ position }) => position))
}
