import type { Context } from '../core/context.ts'
import type { PictureBounds } from './decoding/fit-picture.ts'
import { decoded } from './decoding/pool.ts'
import { readImageBytes, type StoredImage } from './service.ts'

/** A picture as it goes out. */
interface FittedImage extends Pick<StoredImage, 'mediaType' | 'width' | 'height' | 'imageBytes'> {
  bytes: Uint8Array
}

/** Whether a picture must be altered to lie within bounds, by what is known of it without decoding. */
export function mustBeFitted(
  { width, height, imageBytes, mediaType }: Pick<StoredImage, 'width' | 'height' | 'imageBytes' | 'mediaType'>,
  { longestSidePx, mostBytes, format }: PictureBounds,
): boolean {
  return (
    Math.max(width, height) > (longestSidePx ?? Infinity) ||
    imageBytes > (mostBytes ?? Infinity) ||
    (format !== undefined && mediaType !== `image/${format}`)
  )
}

/**
 * A kept picture within bounds: its own bytes where they are, else shrunk or encoded anew in a process for decoding.
 * Throws image-missing, and InputError for what cannot be decoded or made small enough.
 */
export async function readFitted(ctx: Context, image: StoredImage, bounds: PictureBounds): Promise<FittedImage> {
  return fitted({ ...image, bytes: await readImageBytes(ctx, image) }, bounds)
}

/** The same of a picture that was read already. */
export async function fitted(
  picture: FittedImage & Pick<StoredImage, 'sha256'>,
  bounds: PictureBounds,
): Promise<FittedImage> {
  if (!mustBeFitted(picture, bounds)) return picture
  const altered = await decoded('fit', picture.bytes, bounds, `picture ${picture.sha256.slice(0, 12)}`)
  return { ...altered, imageBytes: altered.bytes.length }
}
