import sharp from 'sharp'
import { InputError } from '#server/core/problem.ts'

/** What a picture may have at most. */
export const imageLimits = { bytes: 20 * 1024 ** 2, pixels: 40_000_000, sidePx: 16_384 } as const

export type ImageMediaType = 'image/jpeg' | 'image/png' | 'image/webp' | 'image/gif'

export interface ImageFacts {
  /** Pixels as a viewer sees them, after the camera's rotation mark is applied. */
  width: number
  height: number
  mediaType: ImageMediaType
}

/** What a file starts with; offset 8 for WebP, whose first bytes are those of any RIFF file. */
const magic: [ImageMediaType, number, string][] = [
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/webp', 8, 'WEBP'],
  ['image/gif', 0, 'GIF87a'],
  ['image/gif', 0, 'GIF89a'],
]

// Control characters are what these formats begin with.
/* eslint-disable no-control-regex */
const refused: [string, RegExp][] = [
  ['an SVG drawing', /^\s*(<\?xml[^]{0,500})?(<!--[^]{0,500})?(<!DOCTYPE[^]{0,500})?<svg/i],
  ['a PDF', /^%PDF/],
  ['a TIFF', /^(II\*\0|MM\0\*)/],
  ['an HEIC or AVIF picture', /^.{4}ftyp/s],
  ['a JPEG XL picture', /^(\xff\x0a|\0\0\0\x0cJXL )/],
]
/* eslint-enable no-control-regex */

/**
 * Says what a picture is from its first bytes and header: JPEG, PNG, WebP or GIF, at most 20 MB, 40 megapixels and
 * 16,384 px a side, one frame. With `decode` the pixels are read too, which finds a file that breaks off half-way.
 * Throws an InputError of one sentence; `name` says which picture in it.
 */
export async function inspectImage(
  bytes: Uint8Array,
  { name = 'the picture', decode = false }: { name?: string; decode?: boolean } = {},
): Promise<ImageFacts> {
  if (bytes.length === 0) throw new InputError(`${name} is empty; send the file's bytes`)
  if (bytes.length > imageLimits.bytes) {
    throw new InputError(`${name} has ${(bytes.length / 1024 ** 2).toFixed(1)} MB; the limit is 20 MB`)
  }
  const mediaType = mediaTypeOf(bytes, name)
  const header = await sharp(bytes, { limitInputPixels: false, failOn: 'none' })
    .metadata()
    .catch(() => null)
  if (!header?.width || !header.height || `image/${header.format}` !== mediaType) {
    throw new InputError(`${name} is damaged: its header cannot be read; save it again as PNG or JPEG`)
  }
  const { width, height, pages = 1, autoOrient } = header
  if (Math.max(width, height) > imageLimits.sidePx || width * height > imageLimits.pixels) {
    throw new InputError(`${name} measures ${width} × ${height} px; the limits are 16,384 px a side and 40 megapixels`)
  }
  if (pages > 1) throw new InputError(`${name} is an animation of ${pages} frames; save one frame of it`)
  if (decode) await readPixels(bytes, name)
  return { width: autoOrient.width, height: autoOrient.height, mediaType }
}

function mediaTypeOf(bytes: Uint8Array, name: string): ImageMediaType {
  const start = Buffer.from(bytes.subarray(0, 2048)).toString('latin1')
  const found = magic.find(([, offset, text]) => start.startsWith(text, offset))
  if (found && (found[0] !== 'image/webp' || start.startsWith('RIFF'))) return found[0]
  const kind = refused.find(([, pattern]) => pattern.test(start))?.[0] ?? 'no picture that can be read here'
  throw new InputError(`${name} is ${kind}; send JPEG, PNG, WebP or GIF`)
}

async function readPixels(bytes: Uint8Array, name: string) {
  try {
    await sharp(bytes, { limitInputPixels: imageLimits.pixels, failOn: 'truncated' })
      .resize(8, 8, { fit: 'fill' })
      .toBuffer()
  } catch {
    throw new InputError(`${name} is damaged: its pixels break off; save it again as PNG or JPEG`)
  }
}

interface ServedCopy {
  bytes: Uint8Array
  mediaType: 'image/webp' | 'image/jpeg'
  width: number
  height: number
}

/**
 * A fresh copy for browsers, upright, without metadata or any of the original's bytes: WebP, or JPEG where asked.
 * `width` in pixels shrinks it, never enlarges. Throws an InputError where inspectImage does.
 */
export async function servedCopy(
  bytes: Uint8Array,
  { width, as = 'webp', name }: { width?: number; as?: 'webp' | 'jpeg'; name?: string } = {},
): Promise<ServedCopy> {
  await inspectImage(bytes, name === undefined ? {} : { name })
  const upright = sharp(bytes, { limitInputPixels: imageLimits.pixels, failOn: 'truncated' }).rotate()
  const sized = upright.resize({ ...(width === undefined ? {} : { width }), withoutEnlargement: true })
  const encoded =
    as === 'webp' ? sized.webp({ quality: 88, smartSubsample: true }) : sized.flatten({ background: '#fff' }).jpeg()
  try {
    const { data, info } = await encoded.toBuffer({ resolveWithObject: true })
    return { bytes: data, mediaType: `image/${as}`, width: info.width, height: info.height }
  } catch {
    throw new InputError(`${name ?? 'the picture'} is damaged: its pixels break off; save it again as PNG or JPEG`)
  }
}
