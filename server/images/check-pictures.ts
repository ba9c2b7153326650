import type { Context } from '../core/context.ts'
import { InputError, Problem } from '../core/problem.ts'
import { decoded } from './decoding/pool.ts'
import { describeImages, imageMissing, readImageBytes } from './service.ts'

/** A picture whose bytes are not what they should be, and why, in words. */
interface Fault {
  sha256: string
  reason: string
}

/**
 * Reads each picture from where it is kept and compares it with its hash; takes the fingerprint of those that have none.
 * Gives those that are gone or altered, as they are found; `onChecked` counts all.
 */
export async function* checkPictures(ctx: Context, hashes: string[], onChecked?: () => void): AsyncGenerator<Fault> {
  const known = await describeImages(ctx, hashes)
  for (const [sha256, image] of known) {
    try {
      const bytes = await readImageBytes(ctx, image)
      if (image.fingerprint === null) {
        const fingerprint = await decoded('fingerprint', bytes)
        await ctx.sql`update images set fingerprint = ${fingerprint} where sha256 = ${sha256}`
      }
    } catch (error) {
      const expected = error instanceof InputError || (error instanceof Problem && error.type === imageMissing.type)
      if (!expected) throw error
      yield { sha256, reason: error.detail ?? error.message }
    }
    onChecked?.()
  }
}
