/** The basic colour terms that the baselines use. */
export const colourNames = [
  'black',
  'white',
  'grey',
  'red',
  'orange',
  'yellow',
  'green',
  'teal',
  'blue',
  'purple',
  'pink',
  'brown',
] as const
export type ColourName = (typeof colourNames)[number]

/** Names an sRGB colour (0–255 per channel) by hue, chroma and lightness; the borders are ours, chosen by eye. */
export function nameColour(r: number, g: number, b: number): ColourName {
  const max = Math.max(r, g, b)
  const chroma = max - Math.min(r, g, b)
  const lightness = (max + Math.min(r, g, b)) / 510
  if (max < 48) return 'black'
  if (chroma < 18 || chroma < 0.14 * max) return lightness > 0.85 ? 'white' : lightness < 0.2 ? 'black' : 'grey'
  const hue = hueOf(r, g, b, max, chroma)
  const dull = max < 165 || (chroma / max < 0.55 && max < 205)
  if (hue < 14 || hue >= 344)
    return lightness > 0.72 ? 'pink' : dull && hue < 14 && chroma / max < 0.55 ? 'brown' : 'red'
  if (hue < 42) return dull ? 'brown' : 'orange'
  if (hue < 68) return max < 130 ? 'brown' : 'yellow'
  if (hue < 163) return 'green'
  if (hue < 196) return 'teal'
  if (hue < 256) return 'blue'
  if (hue < 292) return 'purple'
  return lightness < 0.4 ? 'purple' : 'pink'
}

/** The colours that a text names, each once, other common spellings included. */
export function coloursIn(text: string): ColourName[] {
  const lower = text
    .toLowerCase()
    .replaceAll(/\bgray\b/g, 'grey')
    .replaceAll(/\bviolet\b/g, 'purple')
    .replaceAll(/\bcyan\b/g, 'teal')
  return colourNames.filter((name) => new RegExp(`\\b${name}\\b`).test(lower))
}

function hueOf(r: number, g: number, b: number, max: number, chroma: number): number {
  const sixth = max === r ? ((g - b) / chroma + 6) % 6 : max === g ? (b - r) / chroma + 2 : (r - g) / chroma + 4
  return sixth * 60
}
