import type { Context } from '../core/context.ts'
import type { PictureBounds } from './decoding/fit-picture.ts'
import { decoded } from './decoding/pool.ts'
import { readImageBytes, type StoredImage } from './service.ts'

/** A picture as it goes out. */
interface FittedImage extends Pick<StoredImage, 'mediaType' | 'width' | 'height' | 'imageBytes'> {
  bytes: Uint8Array
}

/** Whether a picture must be altered to lie within bounds, by what is known of it without decoding. */
export function mustBeFitted(image: StoredImage, { longestSidePx, mostBytes, format }: PictureBounds): boolean {
  return (
    Math.max(image.width, image.height) > (longestSidePx ?? Infinity) ||
    image.imageBytes > (mostBytes ?? Infinity) ||
    (format !== undefined && image.mediaType !== `image/${format}`)
  )
}

/**
 * A kept picture within bounds: its own bytes where they are, else shrunk or encoded anew in a process for decoding.
 * Throws image-missing, and InputError for what cannot be decoded or made small enough.
 */
export async function readFitted(ctx: Context, image: StoredImage, bounds: PictureBounds): Promise<FittedImage> {
  const bytes = await readImageBytes(ctx, image)
  if (!mustBeFitted(image, bounds)) return { ...image, bytes }
  const fitted = await decoded('fit', bytes, bounds, `picture ${image.sha256.slice(0, 12)}`)
  return { ...fitted, imageBytes: fitted.bytes.length }
}
