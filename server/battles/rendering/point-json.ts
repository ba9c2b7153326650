import { z } from 'zod'
import { labelOf, toPercent, type Group, type Pair } from './places.ts'

const Label = { label: z.string().optional() }
const two = z.tuple([z.number(), z.number()])
const four = z.tuple([z.number(), z.number(), z.number(), z.number()])

/**
 * The objects by which Qwen (`point_2d`, `bbox_2d`: x before y) and Gemini (`point`, `box_2d`: y before x) name places in
 * thousandths. Sources: the grounding data format in Qwen3-VL's repository, Google's guide “Image understanding”. A
 * box is its middle.
 */
const Place = z.union([
  z.object({ point_2d: two, ...Label }).transform(({ point_2d: [x, y], label }) => ({ pair: [x, y] as Pair, label })),
  z
    .object({ bbox_2d: four, ...Label })
    .transform(({ bbox_2d: [x1, y1, x2, y2], label }) => ({ pair: [(x1 + x2) / 2, (y1 + y2) / 2] as Pair, label })),
  z.object({ point: two, ...Label }).transform(({ point: [y, x], label }) => ({ pair: [x, y] as Pair, label })),
  z
    .object({ box_2d: four, ...Label })
    .transform(({ box_2d: [y1, x1, y2, x2], label }) => ({ pair: [(x1 + x2) / 2, (y1 + y2) / 2] as Pair, label })),
])
const Places = z.union([z.array(Place).min(1), Place.transform((place) => [place])])

/** The text with each block of JSON that is nothing but places, fenced or the whole answer, replaced by them. */
export function replaceJsonPoints(text: string): (string | Group)[] {
  const whole = placesIn(text)
  if (whole) return whole
  const pieces: (string | Group)[] = []
  let end = 0
  for (let open = text.indexOf('```'); open >= 0; open = text.indexOf('```', open)) {
    const body = text.indexOf('\n', open)
    const close = body < 0 ? -1 : text.indexOf('```', body)
    if (body < 0) break
    const places = placesIn(text.slice(body, close < 0 ? undefined : close))
    if (places) {
      pieces.push(text.slice(end, open), ...places)
      end = close < 0 ? text.length : close + 3
    }
    if (close < 0) break
    open = close + 3
  }
  return [...pieces, text.slice(end)]
}

/** Null: something else. A list that the token limit cut ends with its last whole object. */
function placesIn(json: string): (string | Group)[] | null {
  const source = json.trim()
  if (!source.startsWith('[') && !source.startsWith('{')) return null
  const places =
    parsed(source) ?? (source.startsWith('[') ? parsed(`${source.slice(0, source.lastIndexOf('}') + 1)}]`) : null)
  return (
    places &&
    places.flatMap(({ pair, label = '' }, index): (string | Group)[] => [
      index === 0 ? '' : ', ',
      { label: labelOf(label), pairs: toPercent([pair], 1000) },
    ])
  )
}

function parsed(source: string): z.infer<typeof Places> | null {
  try {
    return Places.safeParse(JSON.parse(source)).data ?? null
  } catch {
    return null
  }
}
