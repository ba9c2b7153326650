import { LRUCache } from 'lru-cache'
import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { findBackground, findBlobs, rasterise, type Background, type Blob, type Raster } from './raster.ts'

/** A decoded picture as the baselines see it; `bytes` are as they came in the request, sizes are in pixels. */
export interface Picture {
  sha256: string
  bytes: Buffer
  width: number
  height: number
  raster: Raster
  background: Background
  /** Patches of one colour, and patches that stand out whatever their colours; largest first. */
  patches: Blob[]
  standouts: Blob[]
}

/** The bytes are no picture that can be decoded; the message says so in words for the caller. */
export class BadPicture extends Error {}

/** Decodes pictures and keeps the last ones by the hash of their bytes, so that many questions on one decode it once. */
export function pictureDecoder(): (bytes: Buffer) => Promise<Picture> {
  const kept = new LRUCache<string, Picture, Buffer>({
    max: 64,
    ignoreFetchAbort: true,
    fetchMethod: (sha256, _before, { context: bytes }) => decode(sha256, bytes),
  })
  return (bytes) => kept.forceFetch(createHash('sha256').update(bytes).digest('hex'), { context: bytes })
}

async function decode(sha256: string, bytes: Buffer): Promise<Picture> {
  try {
    const { width, height } = (await sharp(bytes).metadata()).autoOrient
    const raster = await rasterise(bytes)
    return {
      sha256,
      bytes,
      width,
      height,
      raster,
      background: findBackground(raster),
      patches: findBlobs(raster, true),
      standouts: findBlobs(raster, false),
    }
  } catch (error) {
    throw new BadPicture(`The image cannot be decoded: ${error instanceof Error ? error.message : String(error)}`)
  }
}
