import type { Context } from '../core/context.ts'
import type { CallableEndpoint } from '../endpoints/call-endpoint.ts'
import type { WirePart, WirePrompt } from '../endpoints/protocols/protocol.ts'
import { readImageBytes, type StoredImage } from '../images/service.ts'
import type { OutgoingPrompt } from './customer.ts'
import { Limiter } from './limiter.ts'

/** Picture bytes of all calls under way in a process; more wait. A single larger call goes out alone. */
const bytesUnderWay = 256 * 1024 ** 2
const cachedBytes = 32 * 1024 ** 2

/** What the plans of one process share: a limiter per endpoint, the bytes under way, and pictures encoded lately. */
export class CallResources {
  readonly #limiters = new Map<string, { limiter: Limiter; settings: string }>()
  readonly #encoded = new Map<string, Buffer>()
  #encodedBytes = 0
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

  /** The prompt with its pictures in base64. Throws image-missing. */
  async encode(ctx: Context, prompt: OutgoingPrompt, images: Map<string, StoredImage>): Promise<WirePrompt> {
    const parts: WirePart[] = []
    for (const part of prompt.parts) {
      if (part.kind === 'text') parts.push(part)
      else {
        const image = images.get(part.sha256) ?? { sha256: part.sha256, mediaType: 'image/png' }
        parts.push({ kind: 'image', mediaType: image.mediaType, base64: await this.#base64(ctx, image) })
      }
    }
    return { ...prompt, parts }
  }

  async #base64(ctx: Context, image: Pick<StoredImage, 'sha256'>): Promise<Buffer> {
    const known = this.#encoded.get(image.sha256)
    if (known) {
      this.#encoded.delete(image.sha256)
      this.#encoded.set(image.sha256, known)
      return known
    }
    const encoded = Buffer.from((await readImageBytes(ctx, image)).toString('base64'), 'latin1')
    this.#keep(image.sha256, encoded)
    return encoded
  }

  /** Keeps the pictures that were shown last. */
  #keep(sha256: string, encoded: Buffer) {
    if (encoded.length > cachedBytes / 8 || this.#encoded.has(sha256)) return
    this.#encoded.set(sha256, encoded)
    this.#encodedBytes += encoded.length
    for (const [oldest, { length }] of this.#encoded) {
      if (this.#encodedBytes <= cachedBytes) return
      this.#encoded.delete(oldest)
      this.#encodedBytes -= length
    }
  }
}

/** Bytes that the pictures of a prompt take in base64. */
export function encodedBytesOf(prompt: OutgoingPrompt, images: Map<string, StoredImage>): number {
  const bytes = prompt.parts.map((part) => (part.kind === 'image' ? (images.get(part.sha256)?.imageBytes ?? 0) : 0))
  return Math.ceil((bytes.reduce((sum, size) => sum + size, 0) * 4) / 3)
}
