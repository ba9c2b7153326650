import { createRequire } from 'node:module'
import sharp, { type OverlayOptions } from 'sharp'
import type { Overlay } from '#benchmarks/benchmark.ts'
import { StartError } from '#server/core/problem.ts'
import { inspectImage } from '#server/formats/image.ts'

const fill = { r: 25, g: 249, b: 255 }
const white = { r: 255, g: 255, b: 255, alpha: 1 }
/** Where the patch with the letter lies from the corner of a transparent box, in pixels. */
const patchOffset = { left: -12, top: -10 }

/**
 * Draws lettered boxes onto a picture and gives it as PNG. Opaque: the box filled, its letter in the middle, so that the
 * word below is hidden. Transparent: the box half clear, its letter on a white patch at its corner, so that the word can
 * still be read. Colours, offsets and sizes are those of Molmo's AI2D. Boxes are cut at the picture's edge. Throws
 * InputError for what cannot be drawn on.
 */
export async function drawOverlays(bytes: Uint8Array, overlays: Overlay[], name?: string): Promise<Uint8Array> {
  await inspectImage(bytes, name === undefined ? {} : { name })
  const upright = await sharp(bytes).rotate().png().toBuffer({ resolveWithObject: true })
  const { width, height } = upright.info
  const sizePx = Math.min(32, Math.max(16, Math.min(width, height) / 50))
  const boxes: OverlayOptions[] = []
  const letters: OverlayOptions[] = []
  for (const overlay of overlays) {
    const box = cut(overlay.box, width, height)
    if (!box) continue
    const alpha = overlay.style === 'opaque' ? 1 : 127 / 255
    boxes.push({ input: plain(box.width, box.height, { ...fill, alpha }), left: box.left, top: box.top })
    const letter = await letterImage(overlay.text, sizePx)
    const place =
      overlay.style === 'opaque'
        ? { left: box.left + (box.width - letter.width) / 2, top: box.top + (box.height - letter.height) / 2 }
        : { left: box.left + patchOffset.left, top: box.top + patchOffset.top }
    const left = within(place.left, width - letter.width)
    const top = within(place.top, height - letter.height)
    if (overlay.style === 'transparent') {
      letters.push({
        input: plain(letter.width + 2, letter.height + 2, white),
        left: within(left - 1, width - letter.width - 2),
        top: within(top - 1, height - letter.height - 2),
      })
    }
    letters.push({ input: letter.bytes, left, top })
  }
  const drawn = await sharp(upright.data)
    .composite([...boxes, ...letters])
    .png()
    .toBuffer()
  return new Uint8Array(drawn)
}

/** The part of a box that lies on the picture, in whole pixels; null when nothing does. */
function cut([left, top, right, bottom]: Overlay['box'], width: number, height: number) {
  const [x, y] = [Math.max(0, Math.round(Math.min(left, right))), Math.max(0, Math.round(Math.min(top, bottom)))]
  const box = {
    left: x,
    top: y,
    width: Math.min(width, Math.round(Math.max(left, right))) - x,
    height: Math.min(height, Math.round(Math.max(top, bottom))) - y,
  }
  return box.width > 0 && box.height > 0 ? box : null
}

function within(place: number, largest: number): number {
  return Math.max(0, Math.min(Math.round(place), largest))
}

function plain(width: number, height: number, background: { r: number; g: number; b: number; alpha: number }) {
  return { create: { width, height, channels: 4 as const, background } }
}

async function letterImage(letter: string, sizePx: number) {
  const text = `<span foreground="black">${letter.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)}</span>`
  const { data, info } = await sharp({
    text: { text, font: `Inter ${Math.round(sizePx)}`, fontfile: fontFile(), rgba: true, dpi: 72 },
  })
    .png()
    .toBuffer({ resolveWithObject: true })
  return { bytes: data, width: info.width, height: info.height }
}

/** Inter from npm: the letters look the same on every machine, whatever fonts it has. */
function fontFile(): string {
  try {
    return createRequire(import.meta.url).resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf')
  } catch (cause) {
    throw new StartError('The font Inter is missing; run npm install with optional packages.', { cause })
  }
}
