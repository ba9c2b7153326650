/** Places that an answer names under one label, in percent. */
export interface Group {
  label: string
  pairs: Pair[]
}
export type Pair = [x: number, y: number]

const mostLabel = 120

/** A label as it fits a chip. */
export const labelOf = (text: string) => text.trim().replaceAll(/\s+/g, ' ').slice(0, mostLabel)

/** Places in percent, without those outside the picture. */
export function toPercent(pairs: Pair[], scale: number): Pair[] {
  const percent = pairs.map(([x, y]): Pair => [(x / scale) * 100, (y / scale) * 100])
  return percent.filter(([x, y]) => x >= 0 && x <= 100 && y >= 0 && y <= 100)
}
