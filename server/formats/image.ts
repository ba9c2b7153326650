import sharp from 'sharp'
import { InputError } from '#server/core/problem.ts'
import { imageLimits, mediaTypeOf, refuseLength, refuseSize, type ImageFacts } from './image-header.ts'

/**
 * Says what a picture is from its first bytes and header: JPEG, PNG, WebP or GIF, at most 20 MB, 40 megapixels and
 * 16,384 px a side, one frame. With `decode` the pixels are read too, which finds a file that breaks off half-way.
 * Throws an InputError of one sentence; `name` says which picture in it.
 */
export async function inspectImage(
  bytes: Uint8Array,
  { name = 'the picture', decode = false }: { name?: string; decode?: boolean } = {},
): Promise<ImageFacts> {
  refuseLength(bytes, name)
  const mediaType = mediaTypeOf(bytes, name)
  const header = await sharp(bytes, { limitInputPixels: false, failOn: 'none' })
    .metadata()
    .catch(() => null)
  if (!header?.width || !header.height || `image/${header.format}` !== mediaType) {
    throw new InputError(`${name} is damaged: its header cannot be read; save it again as PNG or JPEG`)
  }
  const { width, height, pages = 1, autoOrient } = header
  refuseSize(width, height, name)
  if (pages > 1) throw new InputError(`${name} is an animation of ${pages} frames; save one frame of it`)
  if (decode) await readPixels(bytes, name)
  return { width: autoOrient.width, height: autoOrient.height, mediaType }
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
