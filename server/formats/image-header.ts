import { imageSize } from 'image-size'
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

/** The orientation marks of cameras from which on width and height change places. */
const firstTurned = 5

/**
 * Says what a picture is from its first bytes and header, and decodes nothing: JPEG, PNG, WebP or GIF, at most 20 MB,
 * 40 megapixels and 16,384 px a side. Throws an InputError of one sentence; `name` says which picture in it.
 */
export function readImageHeader(bytes: Uint8Array, name = 'the picture'): ImageFacts {
  refuseLength(bytes, name)
  const mediaType = mediaTypeOf(bytes, name)
  const { width, height, orientation = 1 } = sizeOf(bytes, name)
  refuseSize(width, height, name)
  return orientation < firstTurned ? { width, height, mediaType } : { width: height, height: width, mediaType }
}

function sizeOf(bytes: Uint8Array, name: string) {
  try {
    return imageSize(bytes)
  } catch {
    throw new InputError(`${name} is damaged: its header cannot be read; save it again as PNG or JPEG`)
  }
}

/** Throws InputError for an empty file and for one of more than 20 MB. */
export function refuseLength(bytes: Uint8Array, name: string): void {
  if (bytes.length === 0) throw new InputError(`${name} is empty; send the file's bytes`)
  if (bytes.length > imageLimits.bytes) {
    throw new InputError(`${name} has ${(bytes.length / 1024 ** 2).toFixed(1)} MB; the limit is 20 MB`)
  }
}

/** Throws InputError for more pixels than the limits allow. */
export function refuseSize(width: number, height: number, name: string): void {
  if (Math.max(width, height) <= imageLimits.sidePx && width * height <= imageLimits.pixels) return
  throw new InputError(`${name} measures ${width} × ${height} px; the limits are 16,384 px a side and 40 megapixels`)
}

/** The format by the first bytes. Throws InputError that names what else it is. */
export function mediaTypeOf(bytes: Uint8Array, name: string): ImageMediaType {
  const start = Buffer.from(bytes.subarray(0, 2048)).toString('latin1')
  const found = magic.find(([, offset, text]) => start.startsWith(text, offset))
  if (found && (found[0] !== 'image/webp' || start.startsWith('RIFF'))) return found[0]
  const kind = refused.find(([, pattern]) => pattern.test(start))?.[0] ?? 'no picture that can be read here'
  throw new InputError(`${name} is ${kind}; send JPEG, PNG, WebP or GIF`)
}
