import sharp from 'sharp'
import { InputError } from '#server/core/problem.ts'
import { imageLimits, type ImageMediaType } from '#server/formats/image-header.ts'
import { inspectImage } from '#server/formats/image.ts'

/** What an endpoint takes of a picture; what is left out is not bounded. */
export interface PictureBounds {
  longestSidePx?: number
  mostBytes?: number
  /** The format to send all pictures in; else each keeps its own, and a GIF that must shrink becomes PNG. */
  format?: 'jpeg' | 'png' | 'webp'
  /** Of JPEG and WebP, 1 to 100. */
  quality?: number
}

interface FittedPicture {
  bytes: Uint8Array
  mediaType: ImageMediaType
  width: number
  height: number
  /** Whether anything was done to it; false: these are the bytes that came. */
  altered: boolean
}

/** Where a picture must lose bytes: first a little quality, where its format has any, then a fifth of its sides at a time. */
const qualities = [90, 75] as const
const smallestSidePx = 16

/**
 * A picture within bounds: untouched when it is within them already, else upright, shrunk, never enlarged, and encoded
 * anew. Throws InputError where inspectImage does and when no size is small enough.
 */
export async function fitPicture(
  bytes: Uint8Array,
  bounds: PictureBounds,
  name = 'the picture',
): Promise<FittedPicture> {
  const facts = await inspectImage(bytes, { name })
  const { longestSidePx = Infinity, mostBytes = Infinity } = bounds
  const own = facts.mediaType.slice('image/'.length)
  const format = bounds.format ?? (own === 'gif' ? 'png' : (own as 'jpeg' | 'png' | 'webp'))
  let side = Math.min(longestSidePx, Math.max(facts.width, facts.height))
  const fits = side >= Math.max(facts.width, facts.height) && bytes.length <= mostBytes
  if (fits && (bounds.format === undefined || bounds.format === own)) return { bytes, ...facts, altered: false }
  for (; side >= smallestSidePx; side = Math.floor(side * 0.8)) {
    for (const quality of format === 'png' ? [100] : qualitiesFor(bounds)) {
      const { data, info } = await encode(bytes, side, format, quality, name)
      if (data.length > mostBytes) continue
      return { bytes: data, mediaType: `image/${format}`, width: info.width, height: info.height, altered: true }
    }
  }
  throw new InputError(`${name} cannot be made as small as ${mostBytes} bytes; raise the bound of the endpoint`)
}

function qualitiesFor({ quality }: PictureBounds): readonly number[] {
  return quality === undefined ? qualities : [quality, ...qualities.filter((lower) => lower < quality)]
}

async function encode(bytes: Uint8Array, side: number, format: 'jpeg' | 'png' | 'webp', quality: number, name: string) {
  const upright = sharp(bytes, { limitInputPixels: imageLimits.pixels, failOn: 'truncated' }).rotate()
  const sized = upright.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
  const flat = format === 'jpeg' ? sized.flatten({ background: '#fff' }) : sized
  try {
    return await flat.toFormat(format, format === 'png' ? {} : { quality }).toBuffer({ resolveWithObject: true })
  } catch {
    throw new InputError(`${name} is damaged: its pixels break off; save it again as PNG or JPEG`)
  }
}
