import type { Random } from './random.ts'
import { circle, element, moved, picture, rect, type Svg } from './svg.ts'

/** A document as a scanner sees it: a little askew on a grey lid, faded, with specks of dust. */
export function scanned(random: Random, document: Svg): Svg {
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(document)!.map(Number) as [number, number, number]
  const turn = random.number(-0.9, 0.9)
  const specks = Array.from({ length: 40 }, () =>
    circle(random.integer(10, width + 30), random.integer(10, height + 30), random.number(0.4, 1.1), '#6b6862'),
  )
  return picture(
    width + 40,
    height + 40,
    '#c4c2bc',
    element('g', { transform: `rotate(${turn} ${width / 2} ${height / 2})` }, moved(20, 20, document)),
    rect(0, 0, width + 40, height + 40, '#ffffff22'),
    ...specks,
  )
}
