/** Colours that any model able to see names with one word. */
export const cardColours = {
  red: '#d81e1e',
  green: '#1a9a34',
  blue: '#1f4fd8',
  yellow: '#f5d400',
} as const
export type CardColour = keyof typeof cardColours

/** A white PNG with a square of one colour in its middle, of `sidePx` pixels a side. */
export async function drawTestCard(colour: CardColour, sidePx = 224): Promise<Buffer> {
  // Loaded when a card is drawn: every command that calls an endpoint reads this file.
  const { default: sharp } = await import('sharp')
  const inner = Math.round((sidePx * 5) / 7)
  const square = { width: inner, height: inner, channels: 3 as const, background: cardColours[colour] }
  return sharp({ create: { width: sidePx, height: sidePx, channels: 3, background: '#ffffff' } })
    .composite([{ input: await sharp({ create: square }).png().toBuffer() }])
    .png()
    .toBuffer()
}

/** A test card with its second half missing: a picture that no reader can finish. */
export async function drawBrokenCard(): Promise<Buffer> {
  const card = await drawTestCard('red')
  return card.subarray(0, Math.floor(card.length / 2))
}
