import sharp from 'sharp'
import { z } from 'zod'
import type { Asked, Picture } from './serve-model.ts'

const starts: Record<string, number[]> = {
  'image/png': [0x89, 0x50, 0x4e, 0x47],
  'image/jpeg': [0xff, 0xd8, 0xff],
  'image/gif': [0x47, 0x49, 0x46, 0x38],
  'image/webp': [0x52, 0x49, 0x46, 0x46],
}

/** Whether the bytes begin as those of this media type do. */
export function isOfType({ mediaType, bytes }: Picture): boolean {
  return starts[mediaType]?.every((byte, index) => bytes[index] === byte) ?? false
}

/** The address under which OpenAI's formats carry a picture within the body. */
export const DataUrl = z.string().regex(/^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/)

/** The picture of a DataUrl. */
export function pictureAt(dataUrl: string): Picture {
  const [, mediaType = '', base64 = ''] = /^data:([^;]+);base64,(.*)$/.exec(dataUrl) ?? []
  return { mediaType, bytes: Buffer.from(base64, 'base64') }
}

/** Whether the picture can be read to its end. */
export async function canBeSeen({ bytes }: Picture): Promise<boolean> {
  return sharp(bytes)
    .stats()
    .then(() => true)
    .catch(() => false)
}

/** What a model that sees answers to the small requests of a check; undefined for any other question. */
export async function answerToCheck({ parts }: Asked): Promise<string | undefined> {
  const text = parts.filter((part) => typeof part === 'string').join('\n')
  const pictures = parts.filter((part) => typeof part !== 'string')
  if (text.startsWith('Reply with the one word')) return 'ready'
  if (text.startsWith('Count from 1 to 100')) return Array.from({ length: 100 }, (_, index) => index + 1).join(' ')
  if (!/square/.test(text) || pictures.length === 0) return undefined
  return (await Promise.all(pictures.map(colourOf))).join(' ')
}

/** The colour in the middle, as one of those on the check's cards. */
async function colourOf({ bytes }: Picture): Promise<string> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const middle = (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2)) * info.channels
  const [red = 0, green = 0, blue = 0] = data.subarray(middle)
  if (red > 150) return green > 150 ? 'yellow' : 'red'
  return blue > 150 ? 'blue' : 'green'
}
