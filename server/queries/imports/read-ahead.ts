/**
 * Hands out in order what `begin` makes of each item, having begun up to `most` items further on: those for which it
 * gives `waits`. An item that waits for nothing is handed out before the next one is read.
 */
export async function* readAhead<Item, Begun extends { waits: boolean }>(
  items: AsyncIterable<Item>,
  begin: (item: Item) => Begun,
  most: number,
): AsyncGenerator<Begun> {
  const waiting: Begun[] = []
  for await (const item of items) {
    const begun = begin(item)
    waiting.push(begun)
    while (waiting.length > (begun.waits ? most : 0)) yield waiting.shift()!
  }
  yield* waiting
}
