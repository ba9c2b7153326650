import { InvalidArgumentError, Option, type Command } from 'commander'
import type { PicturePolicy, Price } from '#server/endpoints/schema.ts'

/** What a command was told of an endpoint's pictures and price. */
export interface EndpointOptions {
  imageSide?: number | null
  imageBytes?: number | null
  images?: number | null
  imageFormat?: 'jpeg' | 'png' | 'webp' | 'any'
  imageQuality?: number | null
  priceIn?: number | null
  priceOut?: number | null
  priceCached?: number | null
}

/** Adds the options that say what an endpoint is sent of pictures and what it asks for its tokens. */
export function withEndpointOptions(command: Command): Command {
  return command
    .option('--image-side <px>', 'shrink pictures whose longer side is longer; none: send them as they are', readNumber)
    .option('--image-bytes <n>', 'make pictures smaller that have more bytes; none: any', readNumber)
    .option('--images <n>', 'most pictures of one question, the others are left out; none: all', readNumber)
    .addOption(
      new Option('--image-format <name>', 'format of all pictures; any: each its own').choices([
        'jpeg',
        'png',
        'webp',
        'any',
      ]),
    )
    .option('--image-quality <n>', 'of JPEG and WebP, 1 to 100; none: ours', readNumber)
    .option('--price-in <dollars>', 'US dollars for a million tokens in; none: not known', readNumber)
    .option('--price-out <dollars>', 'the same for tokens out', readNumber)
    .option('--price-cached <dollars>', 'the same for tokens read from its cache; none: as any other', readNumber)
}

/** The policy with what the options change of it; undefined where they change nothing. */
export function picturesOf(options: EndpointOptions, before: PicturePolicy = {}): PicturePolicy | undefined {
  const { imageSide, imageBytes, images, imageFormat, imageQuality } = options
  const given = {
    longestSide: imageSide,
    mostBytes: imageBytes,
    mostPictures: images,
    format: imageFormat === 'any' ? null : imageFormat,
    quality: imageQuality,
  }
  const changed = Object.entries(given).filter(([, value]) => value !== undefined)
  if (changed.length === 0) return undefined
  const after = Object.entries({ ...before, ...Object.fromEntries(changed) })
  return Object.fromEntries(after.filter(([, value]) => value !== null))
}

/** The price with what the options change of it; null: not known any more; undefined where they change nothing. */
export function priceOf({ priceIn, priceOut, priceCached }: EndpointOptions, before: Price | null = null): unknown {
  if (priceIn === undefined && priceOut === undefined && priceCached === undefined) return undefined
  if (priceIn === null || priceOut === null) return null
  const { source: _, ...known } = before ?? {}
  const given = { in: priceIn, out: priceOut, cached: priceCached }
  return { ...known, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) }
}

function readNumber(text: string): number | null {
  if (text === 'none') return null
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It takes a number, or none.')
  return value
}
