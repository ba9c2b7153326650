import type { Context } from '#server/core/context.ts'
import { EgressError, type OpenReply } from '#server/core/egress.ts'
import { askedWaitMs, growingWaitMs } from '#server/core/http/waits.ts'
import { imageLimits } from '#server/formats/image-header.ts'

const mostRedirects = 5
const headersWithinMs = 20_000
const wholeWithinMs = 60_000
/** When a server asks for a longer wait than this, trying again is left to a person. */
const longestWaitMs = 60_000

/** Why no picture came, and after how many milliseconds another try may help; null: never in this import. */
export class NoPicture extends Error {
  readonly waitMs: number | null
  /** Nobody answered at all. */
  readonly unreachable: boolean
  constructor(words: string, waitMs: number | null = null, unreachable = false) {
    super(words)
    this.waitMs = waitMs
    this.unreachable = unreachable
  }
}

/**
 * Fetches a picture by its address, through at most five redirects, each judged as an address of its own: at most 20 MB
 * within a minute. `failures` tries came before this one. Throws NoPicture, and what the signal was aborted with.
 */
export async function fetchPicture(
  { egress, now }: Pick<Context, 'egress' | 'now'>,
  address: URL,
  signal: AbortSignal,
  failures: number,
): Promise<Buffer> {
  const whole = AbortSignal.any([signal, AbortSignal.timeout(wholeWithinMs)])
  try {
    let url = address
    for (let redirects = 0; ; redirects++) {
      const reply = await egress.open({
        url: url.href,
        method: 'GET',
        headers: { accept: 'image/*', 'accept-encoding': 'identity' },
        timeoutMs: headersWithinMs,
        signal: whole,
        pool: 'pictures of the web',
        reach: 'listed',
      })
      if (reply.status === 200) return await wholeBody(reply)
      reply.discard()
      const { location } = reply.headers
      if (reply.status < 300 || reply.status > 399 || !location) throw answered(url, reply, failures, now())
      if (redirects === mostRedirects) throw new NoPicture(`${url.host} redirects more than ${mostRedirects} times`)
      if (!URL.canParse(location, url)) throw new NoPicture(`${url.host} redirects to what is no address`)
      url = new URL(location, url)
    }
  } catch (error) {
    signal.throwIfAborted()
    if (whole.aborted) throw new NoPicture(`it did not come within ${wholeWithinMs / 1000} s`)
    if (!(error instanceof EgressError)) throw error
    const passing = error.kind === 'connection' || error.kind === 'timeout'
    const words = `${error.message[0]!.toLowerCase()}${error.message.slice(1)}`
    throw new NoPicture(words, passing ? growingWaitMs(failures, 250, 5_000) : null, passing)
  }
}

function answered({ host }: URL, { status, headers }: OpenReply, failures: number, now: number): NoPicture {
  const words = `${host} answered ${status}`
  if (status !== 429 && status < 500) return new NoPicture(words)
  const waitMs = askedWaitMs(headers, now) ?? growingWaitMs(failures, 500, 10_000)
  if (waitMs <= longestWaitMs) return new NoPicture(words, waitMs)
  return new NoPicture(`${words} and asks for a pause of ${Math.ceil(waitMs / 1000)} s; import again after it`)
}

async function wholeBody({ headers, body, discard }: OpenReply): Promise<Buffer> {
  const tooLarge = () => new NoPicture('it is larger than 20 MB')
  if (Number(headers['content-length'] ?? 0) > imageLimits.bytes) {
    discard()
    throw tooLarge()
  }
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of body) {
    length += piece.length
    if (length > imageLimits.bytes) throw tooLarge()
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
