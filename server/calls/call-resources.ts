import { LRUCache } from 'lru-cache'
import type { Context } from '../core/context.ts'
import type { CallableEndpoint } from '../endpoints/call-endpoint.ts'
import type { WirePart, WirePrompt } from '../endpoints/protocols/protocol.ts'
import { readImageBytes, type StoredImage } from '../images/service.ts'
import type { OutgoingPrompt } from './customer.ts'
import { Limiter } from './limits/limiter.ts'
import { SharedTraffic } from './limits/shared-traffic.ts'

/** Picture bytes of all calls under way in a process; more wait. A single larger call goes out alone. */
const bytesUnderWay = 256 * 1024 ** 2
const cachedBytes = 32 * 1024 ** 2

/** What the plans of one process share: a limiter per endpoint, the bytes under way, and recently encoded pictures. */
export class CallResources {
  readonly #limiters = new Map<string, Limiter>()
  readonly #traffic = new Map<string, { shared: SharedTraffic; plans: number }>()
  /** Pictures in base64 by their hash, the most recently used. */
  readonly #encoded = new LRUCache<string, Buffer, Context>({
    maxSize: cachedBytes,
    maxEntrySize: cachedBytes / 8,
    sizeCalculation: ({ length }) => length,
    ignoreFetchAbort: true,
    fetchMethod: async (sha256, _before, { context }) =>
      Buffer.from((await readImageBytes(context, { sha256 })).toString('base64'), 'latin1'),
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

  /** The prompt with its pictures in base64. Throws image-missing. */
  async encode(ctx: Context, prompt: OutgoingPrompt, images: Map<string, StoredImage>): Promise<WirePrompt> {
    const parts: WirePart[] = []
    for (const part of prompt.parts) {
      if (part.kind === 'text') parts.push(part)
      else {
        const mediaType = images.get(part.sha256)?.mediaType ?? 'image/png'
        parts.push({ kind: 'image', mediaType, base64: await this.#encoded.forceFetch(part.sha256, { context: ctx }) })
      }
    }
    return { parts }
  }
}

/** Bytes that the pictures of a prompt take in base64. */
export function encodedBytesOf(prompt: OutgoingPrompt, images: Map<string, StoredImage>): number {
  const bytes = prompt.parts.map((part) => (part.kind === 'image' ? (images.get(part.sha256)?.imageBytes ?? 0) : 0))
  return Math.ceil((bytes.reduce((sum, size) => sum + size, 0) * 4) / 3)
}
