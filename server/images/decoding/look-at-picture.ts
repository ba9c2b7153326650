import sharp from 'sharp'
import { InputError } from '#server/core/problem.ts'
import { imageLimits, type ImageFacts } from '#server/formats/image-header.ts'
import { inspectImage } from '#server/formats/image.ts'

/** What a picture is and looks like. */
interface LookedAt extends ImageFacts {
  /** It turned as its camera says, encoded anew without that mark; null: it stands upright as it is. */
  upright: Uint8Array | null
  fingerprint: string
}

/**
 * Reads a picture to its last pixel, turns it upright where its EXIF mark says so, and takes its fingerprint. Throws
 * InputError where inspectImage does.
 */
export async function lookAtPicture(bytes: Uint8Array, name: string): Promise<LookedAt> {
  const facts = await inspectImage(bytes, { name })
  const { orientation = 1 } = await sharp(bytes).metadata()
  const upright = orientation > 1 ? await turn(bytes, facts, name) : null
  return { ...facts, upright, fingerprint: await fingerprintOf(upright ?? bytes, name) }
}

/** Most quality of its own format: models and raters are shown the same upright pixels. */
async function turn(bytes: Uint8Array, { mediaType }: ImageFacts, name: string): Promise<Uint8Array> {
  const format = mediaType.slice('image/'.length) as 'jpeg' | 'png' | 'webp' | 'gif'
  try {
    return await sharp(bytes, { limitInputPixels: imageLimits.pixels, failOn: 'truncated' })
      .rotate()
      .toFormat(format, format === 'jpeg' || format === 'webp' ? { quality: 95 } : {})
      .toBuffer()
  } catch {
    throw new InputError(`${name} cannot be turned upright; save it again as PNG or JPEG`)
  }
}

const columns = 9
const rows = 8

/**
 * 64 bits in hex: whether each of 8 × 8 places of the picture in grey is brighter than the one to its right. Scaled,
 * recompressed or slightly altered copies differ in few bits (difference hash). Reads every pixel, and throws InputError
 * for a picture that breaks off.
 */
export async function fingerprintOf(bytes: Uint8Array, name = 'the picture'): Promise<string> {
  const grey = await sharp(bytes, { limitInputPixels: imageLimits.pixels, failOn: 'truncated' })
    .rotate()
    .flatten({ background: '#fff' })
    .greyscale()
    .resize(columns, rows, { fit: 'fill' })
    .raw()
    .toBuffer()
    .catch(() => {
      throw new InputError(`${name} is damaged: its pixels break off; save it again as PNG or JPEG`)
    })
  let bits = 0n
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns - 1; column++) {
      const place = row * columns + column
      bits = (bits << 1n) | (grey[place]! > grey[place + 1]! ? 1n : 0n)
    }
  }
  return bits.toString(16).padStart(16, '0')
}
