import { LRUCache } from 'lru-cache'
import type { StoredSentPicture } from '#drizzle/schema/calls.ts'
import type { Context } from '../core/context.ts'
import type { CallableEndpoint } from '../endpoints/call-endpoint.ts'
import type { WirePart, WirePrompt } from '../endpoints/protocols/protocol.ts'
import type { PicturePolicy } from '../endpoints/schema.ts'
import type { PictureBounds } from '../images/decoding/fit-picture.ts'
import { mustBeFitted, readFitted } from '../images/read-fitted.ts'
import { imageMissing, type StoredImage } from '../images/service.ts'
import type { OfferedPicture, OutgoingPrompt } from './customer.ts'
import { Limiter } from './limits/limiter.ts'
import { SharedTraffic } from './limits/shared-traffic.ts'

/** Picture bytes of all calls under way in a process; more wait. A single larger call goes out alone. */
const bytesUnderWay = 256 * 1024 ** 2
const cachedBytes = 24 * 1024 ** 2

type Facts = NonNullable<StoredSentPicture['to']>
interface EncodedPicture {
  base64: Buffer
  facts: Facts
}
interface PictureToEncode {
  ctx: Context
  image: StoredImage
  bounds: PictureBounds
}

const factsOf = ({ width, height, imageBytes, mediaType }: Facts): Facts => ({ width, height, imageBytes, mediaType })

/** What the plans of one process share: a limiter per endpoint, the bytes under way, and recently encoded pictures. */
export class CallResources {
  readonly #limiters = new Map<string, Limiter>()
  readonly #traffic = new Map<string, { shared: SharedTraffic; plans: number }>()
  /** Pictures in base64 by their hash and what is done to them, if anything is, the most recently used. */
  readonly #encoded = new LRUCache<string, EncodedPicture, PictureToEncode>({
    maxSize: cachedBytes,
    maxEntrySize: cachedBytes / 8,
    sizeCalculation: ({ base64 }) => base64.length,
    ignoreFetchAbort: true,
    fetchMethod: async (_key, _before, { context: { ctx, image, bounds } }) => {
      const { bytes, ...facts } = await readFitted(ctx, image, bounds)
      return { base64: inBase64(bytes), facts }
    },
  })
  #underWay = 0
  readonly #waiting: { bytes: number; admit: () => void }[] = []

  /** The endpoint's limiter, for all plans of this process. */
  limiterOf(endpoint: CallableEndpoint): Limiter {
    const { id, maxConcurrency: concurrency, requestsPerMinute } = endpoint
    const limiter = this.#limiters.get(id) ?? new Limiter({ concurrency, requestsPerMinute, shared: true })
    this.#limiters.set(id, limiter)
    return limiter
  }

  /** Takes part in the endpoint's limits, which all processes share, until the function that it returns is called. */
  join(ctx: Context, endpoint: CallableEndpoint): () => Promise<void> {
    const limiter = this.limiterOf(endpoint)
    const traffic = this.#traffic.get(endpoint.id) ?? { shared: new SharedTraffic(ctx, endpoint.id, limiter), plans: 0 }
    this.#traffic.set(endpoint.id, traffic)
    traffic.plans++
    return async () => {
      if (--traffic.plans > 0) return
      this.#traffic.delete(endpoint.id)
      await traffic.shared.leave()
    }
  }

  /** Waits until this many bytes may be held; `release` them afterwards. */
  async admit(bytes: number): Promise<void> {
    if (this.#underWay > 0 && this.#underWay + bytes > bytesUnderWay) {
      await new Promise<void>((admit) => this.#waiting.push({ bytes, admit }))
      return
    }
    this.#underWay += bytes
  }

  release(bytes: number): void {
    this.#underWay -= bytes
    for (;;) {
      const next = this.#waiting[0]
      if (!next || (this.#underWay > 0 && this.#underWay + next.bytes > bytesUnderWay)) return
      this.#waiting.shift()
      this.#underWay += next.bytes
      next.admit()
    }
  }

  /** Takes a picture that will be wanted soon, as it is. */
  offer({ sha256, bytes, ...rest }: OfferedPicture): void {
    if (this.#encoded.has(sha256)) return
    this.#encoded.set(sha256, { base64: inBase64(bytes), facts: factsOf({ ...rest, imageBytes: bytes.length }) })
  }

  /**
   * The prompt with its pictures in base64, as the endpoint is to be sent them, and which of them do not go out as they
   * are. Throws image-missing, and InputError for a picture that cannot be made to fit.
   */
  async encode(
    ctx: Context,
    prompt: OutgoingPrompt,
    images: Map<string, StoredImage>,
    policy: PicturePolicy,
  ): Promise<{ prompt: WirePrompt; altered: StoredSentPicture[] }> {
    const { mostPictures, bounds } = boundsOf(policy)
    const parts: WirePart[] = []
    const altered: StoredSentPicture[] = []
    let pictures = 0
    for (const part of prompt.parts) {
      if (part.kind === 'text') {
        parts.push(part)
        continue
      }
      const image = images.get(part.sha256)
      if (!image) throw imageMissing(`No picture has the hash ${part.sha256.slice(0, 12)}`)
      if (++pictures > mostPictures) {
        altered.push({ sha256: part.sha256, from: factsOf(image), to: null })
        continue
      }
      const fitted = mustBeFitted(image, bounds)
      const key = fitted ? `${part.sha256} ${JSON.stringify(bounds)}` : part.sha256
      const { base64, facts } = await this.#encoded.forceFetch(key, { context: { ctx, image, bounds } })
      parts.push({ kind: 'image', mediaType: facts.mediaType, base64 })
      if (fitted) altered.push({ sha256: part.sha256, from: factsOf(image), to: factsOf(facts) })
    }
    return { prompt: { parts }, altered }
  }
}

/** What a policy lets through: so many pictures of a question, each within bounds. */
export function boundsOf({ mostPictures = Infinity, longestSide: longestSidePx, ...others }: PicturePolicy) {
  const bounds: PictureBounds = { ...others, ...(longestSidePx !== undefined && { longestSidePx }) }
  return { mostPictures, bounds }
}

function inBase64(bytes: Uint8Array): Buffer {
  return Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'), 'latin1')
}

/** Bytes that the pictures of a prompt take in base64. */
export function encodedBytesOf(prompt: OutgoingPrompt, images: Map<string, StoredImage>): number {
  const bytes = prompt.parts.map((part) => (part.kind === 'image' ? (images.get(part.sha256)?.imageBytes ?? 0) : 0))
  return Math.ceil((bytes.reduce((sum, size) => sum + size, 0) * 4) / 3)
}
