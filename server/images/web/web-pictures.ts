import { imageLinks } from '#drizzle/schema/images.ts'
import type { Context } from '#server/core/context.ts'
import { waitOut } from '#server/core/http/waits.ts'
import { rowsOf } from '#server/core/postgres/rows.ts'
import { InputError } from '#server/core/problem.ts'
import { describeImages, findUpright, isSound, pictureHash, storeUpright } from '../service.ts'
import { fetchPicture, NoPicture } from './fetch-picture.ts'
import { Turns } from './turns.ts'

/** A picture of the web that is kept here. */
export interface TakenPicture {
  /** SHA-256 of the bytes as they came. */
  bytesSha256: string
  /** Its name here: another where it was turned upright. */
  sha256: string
}

interface Host {
  turns: Turns
  /** It asked for a pause until then, in milliseconds since 1970. */
  pausedUntil: number
  /** Tries in a row to which nobody answered. */
  unanswered: number
}

const atOnce = 12
const atOncePerHost = 3
const tries = 3
const mostUnanswered = 6
const longestAddress = 2_000

/**
 * Takes pictures from the web for one import: twelve at once and three of one host, which is left in peace as long as it
 * asks for, and for good when nobody answers there six times in a row. What was taken before is not asked for again.
 */
export class WebPictures {
  readonly #ctx: Context
  readonly #signal: AbortSignal
  readonly #all = new Turns(atOnce)
  readonly #hosts = new Map<string, Host>()
  /** By address and hash: those under way, and those that cannot be had. */
  readonly #asked = new Map<string, Promise<TakenPicture>>()

  constructor(ctx: Context, signal: AbortSignal) {
    this.#ctx = ctx
    this.#signal = signal
  }

  /**
   * Keeps the picture at an address; with `sha256`, only bytes of that hash. Throws InputError with why it cannot be had,
   * and what the signal was aborted with.
   */
  async take(address: string, sha256: string | null): Promise<TakenPicture> {
    const url = readAddress(address)
    const name = `${sha256 ?? ''} ${url.href}`
    const known = this.#asked.get(name)
    if (known) return known
    const asked = this.#take(url, sha256)
    this.#asked.set(name, asked)
    asked.then(
      () => this.#asked.delete(name),
      () => {},
    )
    return asked
  }

  /** When nothing is under way any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#asked.values())
  }

  async #take(url: URL, sha256: string | null): Promise<TakenPicture> {
    const here = await this.#findTaken(url, sha256)
    if (here) return here
    const host = this.#hostOf(url)
    return host.turns.run(async () => {
      const bytes = await this.#fetch(url, host)
      return this.#all.run(() => this.#keep(url, bytes, sha256))
    })
  }

  async #findTaken(url: URL, sha256: string | null): Promise<TakenPicture | null> {
    const shape = { bytesSha256: imageLinks.bytesSha256, sha256: imageLinks.imageSha256 }
    const [taken] = await rowsOf(this.#ctx, shape)`
      select bytes_sha256 as "bytesSha256", image_sha256 as sha256 from image_links where url = ${url.href}`
    if (taken && (sha256 === null || sha256 === taken.bytesSha256)) {
      const image = (await describeImages(this.#ctx, [taken.sha256])).get(taken.sha256)
      if (image && (await isSound(this.#ctx, image))) return taken
    }
    const image = sha256 === null ? undefined : await findUpright(this.#ctx, sha256)
    return image ? { bytesSha256: image.sha256, sha256: image.sha256 } : null
  }

  #hostOf({ host: name }: URL): Host {
    const host = this.#hosts.get(name) ?? { turns: new Turns(atOncePerHost), pausedUntil: 0, unanswered: 0 }
    this.#hosts.set(name, host)
    return host
  }

  async #fetch(url: URL, host: Host): Promise<Buffer> {
    for (let failures = 0; ;) {
      this.#signal.throwIfAborted()
      if (host.unanswered >= mostUnanswered)
        throw unfetched(`nobody answered at ${url.host} ${mostUnanswered} times in a row`)
      await waitOut(Math.max(0, host.pausedUntil - this.#ctx.now()), this.#signal)
      try {
        const bytes = await this.#all.run(() => fetchPicture(this.#ctx, url, this.#signal, failures))
        host.unanswered = 0
        return bytes
      } catch (error) {
        if (!(error instanceof NoPicture)) throw error
        host.unanswered = error.unreachable ? host.unanswered + 1 : 0
        if (error.waitMs === null || ++failures === tries) throw unfetched(error.message)
        host.pausedUntil = Math.max(host.pausedUntil, this.#ctx.now() + error.waitMs)
      }
    }
  }

  async #keep(url: URL, bytes: Buffer, sha256: string | null): Promise<TakenPicture> {
    const bytesSha256 = pictureHash(bytes)
    if (sha256 !== null && bytesSha256 !== sha256)
      throw new InputError('the picture at this address is another one now: its SHA-256 does not fit')
    const image = await storeUpright(this.#ctx, bytes, `what ${url.host} sent`)
    await this.#ctx.sql`
      insert into image_links (url, bytes_sha256, image_sha256) values (${url.href}, ${bytesSha256}, ${image.sha256})
      on conflict (url) do update set bytes_sha256 = excluded.bytes_sha256, image_sha256 = excluded.image_sha256,
        fetched_at = now()`
    return { bytesSha256, sha256: image.sha256 }
  }
}

const unfetched = (reason: string) => new InputError(`the picture cannot be fetched: ${reason}`)

function readAddress(address: string): URL {
  const text = address.trim()
  if (!URL.canParse(text)) throw new InputError('the address of the picture is no URL')
  const url = new URL(text)
  url.hash = ''
  if (url.href.length > longestAddress)
    throw new InputError(`the address of the picture is longer than ${longestAddress} characters`)
  return url
}
