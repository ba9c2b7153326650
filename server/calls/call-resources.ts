import { LRUCache } from 'lru-cache'
import type { Context } from '../core/context.ts'
import type { CallableEndpoint } from '../endpoints/call-endpoint.ts'
import type { WirePart, WirePrompt } from '../endpoints/protocols/protocol.ts'
import { imageMissing, readImageBytes, type StoredImage } from '../images/service.ts'
import type { OutgoingPrompt } from './customer.ts'
import { Limiter } from './limiter.ts'

/** Picture bytes of all calls under way in a process; more wait. A single larger call goes out alone. */
const bytesUnderWay = 256 * 1024 ** 2
const cachedBytes = 32 * 1024 ** 2

/** What the plans of one process share: a limiter per endpoint, the bytes under way, and recently encoded pictures. */
export class CallResources {
  readonly #limiters = new Map<string, { limiter: Limiter; settings: string }>()
  /** Pictures in base64 by their hash, the most recently used. */
  readonly #encoded = new LRUCache<string, Buffer, { ctx: Context; image: StoredImage }>({
    maxSize: cachedBytes,
    maxEntrySize: cachedBytes / 8,
    sizeCalculation: ({ length }) => length,
    ignoreFetchAbort: true,
    fetchMethod: async (_sha256, _before, { context: { ctx, image } }) => inBase64(await readImageBytes(ctx, image)),
  })
  #underWay = 0
  readonly #waiting: { bytes: number; admit: () => void }[] = []

  /** The endpoint's limiter; a new one when its limits were changed. */
  limiterOf(endpoint: CallableEndpoint, concurrency: number): Limiter {
    const settings = `${concurrency} ${endpoint.requestsPerMinute}`
    const known = this.#limiters.get(endpoint.id)
    if (known?.settings === settings) return known.limiter
    const limiter = new Limiter({ concurrency, requestsPerMinute: endpoint.requestsPerMinute })
    this.#limiters.set(endpoint.id, { limiter, settings })
    return limiter
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

  /** Takes a picture that will be wanted soon. */
  offer(sha256: string, bytes: Uint8Array): void {
    if (!this.#encoded.has(sha256)) this.#encoded.set(sha256, inBase64(bytes))
  }

  /** The prompt with its pictures in base64. Throws image-missing. */
  async encode(ctx: Context, prompt: OutgoingPrompt, images: Map<string, StoredImage>): Promise<WirePrompt> {
    const parts: WirePart[] = []
    for (const part of prompt.parts) {
      if (part.kind === 'text') parts.push(part)
      else {
        const image = images.get(part.sha256)
        if (!image) throw imageMissing(`No picture has the hash ${part.sha256.slice(0, 12)}`)
        const base64 = await this.#encoded.forceFetch(part.sha256, { context: { ctx, image } })
        parts.push({ kind: 'image', mediaType: image.mediaType, base64 })
      }
    }
    return { parts }
  }
}

function inBase64(bytes: Uint8Array): Buffer {
  return Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'), 'latin1')
}

/** Bytes that the pictures of a prompt take in base64. */
export function encodedBytesOf(prompt: OutgoingPrompt, images: Map<string, StoredImage>): number {
  const bytes = prompt.parts.map((part) => (part.kind === 'image' ? (images.get(part.sha256)?.imageBytes ?? 0) : 0))
  return Math.ceil((bytes.reduce((sum, size) => sum + size, 0) * 4) / 3)
}
