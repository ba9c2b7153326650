import { lookup as systemLookup } from 'node:dns/promises'
import type { Socket } from 'node:net'
import ipaddr from 'ipaddr.js'
import { buildConnector, errors, Pool } from 'undici'
import { mayConnect, plainHost, readAllowEntry, type AllowEntry } from './address-rule.ts'
import type { Config } from './config.ts'
import { createProxies, type Proxies } from './http/proxy.ts'
import { unpack, Unpackable } from './http/unpack.ts'
import { StartError } from './problem.ts'

/** One request to a place outside. */
export interface OutgoingRequest {
  url: string
  method: 'GET' | 'POST'
  headers: Record<string, string>
  /** Sent one after the other with their total length. */
  body?: Uint8Array[]
  /** From now to the last byte of the reply, connecting and the model's thinking included. */
  timeoutMs: number
  signal?: AbortSignal
  /** Whose connections are used: an endpoint's id. Nobody else's requests wait behind them. */
  pool: string
  /** `public`: public addresses only. `listed`: also what the operator listed and this program started itself. */
  reach: 'public' | 'listed'
}

export interface IncomingReply {
  status: number
  /** Names in lower case; a header that came twice has its values joined by a comma. */
  headers: Record<string, string>
  body: Buffer
}

/** A reply whose body is read while it comes: read it to the end, leave the loop, or discard it. */
export interface OpenReply extends Omit<IncomingReply, 'body'> {
  body: AsyncIterable<Uint8Array>
  discard(): void
}

/** The only way out of the program over HTTP. */
export interface Egress {
  /**
   * Sends it to an address that the rules allow and reads the whole reply, unpacked. Follows no redirect. Throws
   * EgressError.
   */
  request(request: OutgoingRequest): Promise<IncomingReply>
  /**
   * Sends a request whose reply may be of any length, as files are: `timeoutMs` ends with the reply's headers, after
   * which no pause may be longer than 30 s. Reading the body throws EgressError too.
   */
  open(request: OutgoingRequest): Promise<OpenReply>
  /** Why the URL can never be called, in words; null when its form and, for a literal address, its place are allowed. */
  faultOf(url: string, reach: OutgoingRequest['reach']): string | null
  /** Opens one origin to requests of reach `listed`: a server that this program started, or one typed at its shell. */
  allow(origin: string): void
  /** Opens exactly these hosts and ports to requests of reach `listed`, and closes what an earlier call opened beside them. */
  openOnly(places: readonly HostAndPort[]): void
  close(): Promise<void>
}

interface HostAndPort {
  /** As in a URL, without the brackets of IPv6. */
  host: string
  port: number
}

const egressLimits = {
  headerBytes: 16 * 1024,
  bodyBytes: 8 * 1024 ** 2,
  idleMs: 30_000,
  connectMs: 8_000,
} as const

const anyLength = -1

/**
 * No reply came. `refused`: the rules forbid the address; `connection`: nobody there, or the connection broke;
 * `timeout`: too slow; `too_large`: the reply passes the limits; `aborted`: the caller gave up.
 */
export class EgressError extends Error {
  readonly kind: 'refused' | 'connection' | 'timeout' | 'too_large' | 'aborted'
  constructor(kind: EgressError['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

export type Lookup = (host: string) => Promise<{ address: string }[]>

/** Opens the way out. Throws a StartError when an entry of `config.egressAllow` cannot be read. */
export function createEgress(
  config: Pick<Config, 'egressAllow'> & Partial<Pick<Config, 'proxies' | 'codeVersion'>>,
  lookup: Lookup = (host) => systemLookup(host, { all: true, verbatim: true }),
): Egress {
  const listed = config.egressAllow.map(entryOrStartError)
  let opened: AllowEntry[] = []
  const open = (reach: OutgoingRequest['reach']) => (reach === 'listed' ? [...listed, ...opened] : [])
  const proxies = createProxies(config.proxies ?? { https: undefined, http: undefined, no: '' })
  const userAgent = `vlm-arena/${config.codeVersion ?? '0'}`
  const pools = new Map<string, Pool>()

  function poolOf({ pool, reach }: OutgoingRequest, origin: string, mostBytes: number): Pool {
    const name = `${pool} ${reach} ${mostBytes} ${origin}`
    let found = pools.get(name)
    if (!found) {
      found = new Pool(origin, {
        connect: connector(lookup, proxies, () => (reach === 'listed' ? open(reach) : null)),
        allowH2: false,
        maxHeaderSize: egressLimits.headerBytes,
        maxResponseSize: mostBytes,
        // The first byte may take as long as the model thinks: the deadline of the whole request covers it.
        headersTimeout: 0,
        bodyTimeout: egressLimits.idleMs,
      })
      pools.set(name, found)
    }
    return found
  }

  const named = (request: OutgoingRequest) => ({ ...request, headers: { 'user-agent': userAgent, ...request.headers } })

  function judged(request: OutgoingRequest): URL {
    const fault = urlFault(request.url, open(request.reach))
    if (fault) throw new EgressError('refused', fault)
    return new URL(request.url)
  }

  return {
    faultOf: (url, reach) => urlFault(url, open(reach)),
    allow(origin) {
      const { hostname, port, protocol } = new URL(origin)
      const entry = { kind: 'host', host: plainHost(hostname), port: portOf(protocol, port) } as const
      if (!listed.some((known) => known.kind === 'host' && known.host === entry.host && known.port === entry.port)) {
        listed.push(entry)
      }
    },
    openOnly(places) {
      opened = places.map(({ host, port }) => ({ kind: 'host', host: plainHost(host), port }))
    },
    async request(request) {
      const url = judged(request)
      return await exchange(poolOf(request, url.origin, egressLimits.bodyBytes), url, named(request))
    },
    async open(request) {
      const url = judged(request)
      return await openReply(poolOf(request, url.origin, anyLength), url, named(request))
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
      pools.clear()
      await proxies.close()
    },
  }
}

function entryOrStartError(text: string): AllowEntry {
  const entry = readAllowEntry(text)
  if (entry) return entry
  throw new StartError(
    `EGRESS_ALLOW has "${text}", which is neither host:port nor block/bits:port, such as 127.0.0.1:8000.`,
  )
}

/** The rule on what a URL says: scheme, no user, and for a literal address its place. Names are judged when they resolve. */
function urlFault(text: string, listed: readonly AllowEntry[]): string | null {
  if (!URL.canParse(text)) return 'It is not a URL'
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'Only http and https addresses can be called'
  if (url.username || url.password) return 'The address must not hold a user name or password'
  const host = plainHost(url.hostname)
  if (host === '') return 'The address has no host'
  const port = portOf(url.protocol, url.port)
  const literal = /^[\d.]+$|:/.test(host)
  if (literal && !mayConnect(host, host, port, listed)) return notAllowed(host, port)
  const named = listed.some((entry) => entry.port === port)
  if (port !== 80 && port !== 443 && !named) return notAllowed(host, port)
  return null
}

function portOf(protocol: string, port: string): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
}

function notAllowed(host: string, port: number): string {
  return `${host}:${port} is not a public address on port 80 or 443, and the operator's EGRESS_ALLOW does not list it`
}

/**
 * Connects to exactly the addresses that were judged, one after the other; a name with one forbidden address is refused.
 * `listed` is null for those who may reach public addresses only. A proxy of the house resolves names itself for the
 * others, and is handed judged addresses for these.
 */
function connector(
  lookup: Lookup,
  proxies: Proxies,
  listed: () => readonly AllowEntry[] | null,
): buildConnector.connector {
  const connect = buildConnector({ timeout: egressLimits.connectMs, allowH2: false })
  return (options, callback) => {
    const host = plainHost(options.hostname)
    const port = portOf(options.protocol, options.port)
    const proxy = proxies.of(options.protocol, host, port)
    void (async () => {
      const entries = listed()
      let failure: Error = new EgressError('connection', `${host} has no address`)
      const places = proxy && entries ? [host] : await judgedAddresses(lookup, host, port, entries ?? [])
      for (const place of places) {
        try {
          const socket = proxy
            ? await connectThrough(proxies, proxy, connect, options, host, place)
            : await connectTo(connect, options, host, place)
          return callback(null, socket)
        } catch (error) {
          failure = error as Error
        }
      }
      throw failure
    })().catch((error: Error) => callback(error, null))
  }
}

/** A connection through a proxy; for https the certificate is that of the host behind it. */
async function connectThrough(
  proxies: Proxies,
  proxy: string,
  connect: buildConnector.connector,
  options: buildConnector.Options,
  host: string,
  place: string,
) {
  const port = portOf(options.protocol, options.port)
  let tunnel: Socket
  try {
    tunnel = await proxies.tunnel(proxy, place, port, egressLimits.connectMs)
  } catch (error) {
    throw new EgressError('connection', (error as Error).message, { cause: error })
  }
  if (options.protocol !== 'https:') return tunnel
  return new Promise<Parameters<buildConnector.Callback>[1] & object>((resolve, reject) => {
    const servername = options.servername ?? (ipaddr.isValid(host) ? '' : host)
    connect({ ...options, servername, httpSocket: tunnel }, (error, socket) =>
      error ? reject(error) : resolve(socket!),
    )
  })
}

async function judgedAddresses(lookup: Lookup, host: string, port: number, listed: readonly AllowEntry[]) {
  const literal = /^[\d.]+$|:/.test(host)
  const addresses = literal ? [host] : (await lookup(host)).map(({ address }) => address)
  if (!addresses.every((address) => mayConnect(host, address, port, listed))) {
    throw new EgressError('refused', notAllowed(host, port))
  }
  return addresses.map((address) => ownAddress[address] ?? address)
}

/** What a server prints that listens on every address of this machine is reached at its loopback address. */
const ownAddress: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

function connectTo(connect: buildConnector.connector, options: buildConnector.Options, host: string, address: string) {
  // A server name for TLS only: for plain http undici would hand it to the resolver once more.
  const servername = options.protocol === 'https:' && host !== address ? { servername: options.servername ?? host } : {}
  const { servername: _, ...rest } = options
  return new Promise<Parameters<buildConnector.Callback>[1] & object>((resolve, reject) => {
    connect({ ...rest, ...servername, hostname: address }, (error, socket) => {
      if (error) return reject(error)
      const reached = plainAddress(socket!.remoteAddress)
      if (reached === plainAddress(address)) return resolve(socket!)
      socket!.destroy()
      reject(new EgressError('refused', 'The connection went to another address than the one that was allowed'))
    })
  })
}

function plainAddress(address: string | undefined): string | undefined {
  return address === undefined
    ? undefined
    : plainHost(new URL(`http://${address.includes(':') ? `[${address}]` : address}`).hostname)
}

async function exchange(pool: Pool, url: URL, request: OutgoingRequest): Promise<IncomingReply> {
  const deadline = deadlineOf(request)
  try {
    const reply = await send(pool, url, request, deadline.signal)
    const packed = Buffer.from(await reply.body.arrayBuffer())
    const headers = plainHeaders(reply.headers)
    const body = await unpack(packed, headers['content-encoding'], egressLimits.bodyBytes)
    return { status: reply.statusCode, headers, body }
  } catch (error) {
    throw asEgressError(deadline.signal.aborted ? deadline.signal.reason : error)
  } finally {
    deadline.over()
  }
}

async function openReply(pool: Pool, url: URL, request: OutgoingRequest): Promise<OpenReply> {
  const deadline = deadlineOf(request)
  const failed = (error: unknown) => asEgressError(deadline.signal.aborted ? deadline.signal.reason : error)
  const reply = await send(pool, url, request, deadline.signal).catch((error: unknown) => {
    deadline.over()
    throw failed(error)
  })
  deadline.stopClock()
  return {
    status: reply.statusCode,
    headers: plainHeaders(reply.headers),
    body: pieces(),
    discard() {
      deadline.over()
      // Nobody reads on: that the connection ends early is what is wanted.
      reply.body.on('error', () => {}).destroy()
    },
  }

  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      yield* reply.body as AsyncIterable<Uint8Array>
    } catch (error) {
      throw failed(error)
    } finally {
      deadline.over()
    }
  }
}

function send(pool: Pool, url: URL, { method, headers, body }: OutgoingRequest, signal: AbortSignal) {
  const path = url.pathname + url.search
  return pool.request({ path, method, headers, body: body ? Buffer.concat(body) : null, signal })
}

/** Aborted when the time is up or the caller gives up. */
function deadlineOf({ timeoutMs, signal }: OutgoingRequest) {
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(new EgressError('timeout', timeoutWords(timeoutMs))), timeoutMs)
  const giveUp = () => deadline.abort(new EgressError('aborted', 'The call was given up'))
  if (signal?.aborted) giveUp()
  signal?.addEventListener('abort', giveUp, { once: true })
  return {
    signal: deadline.signal,
    stopClock: () => clearTimeout(timer),
    over() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', giveUp)
    },
  }
}

function timeoutWords(timeoutMs: number): string {
  return `No whole reply within ${timeoutMs / 1000} s`
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

function asEgressError(error: unknown): EgressError {
  if (error instanceof EgressError) return error
  const cause = error as Error & { code?: string }
  const failed = (kind: EgressError['kind'], message: string) => new EgressError(kind, message, { cause })
  if (cause instanceof errors.ConnectTimeoutError)
    return failed('timeout', `No connection within ${egressLimits.connectMs / 1000} s`)
  if (cause instanceof errors.BodyTimeoutError) return failed('timeout', 'The reply stood still for 30 s')
  if (cause instanceof errors.ResponseExceededMaxSizeError) return failed('too_large', 'The reply is larger than 8 MB')
  if (cause instanceof Unpackable) {
    return cause.kind === 'too_large'
      ? failed('too_large', 'The reply is larger than 8 MB, unpacked')
      : failed('connection', cause.message)
  }
  if (cause instanceof errors.HeadersOverflowError)
    return failed('too_large', "The reply's headers are larger than 16 KB")
  if (cause instanceof errors.HTTPParserError) return failed('connection', brokenRule(cause.message))
  switch (cause.code) {
    case 'ECONNREFUSED':
      return failed('connection', 'The connection was refused: nothing listens there')
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return failed('connection', 'The host name has no address')
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return failed('connection', 'No way leads to that address')
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return failed(
        'connection',
        `This machine does not know who signed its certificate (${cause.code}): start with NODE_EXTRA_CA_CERTS naming the file of that authority`,
      )
    case 'CERT_HAS_EXPIRED':
      return failed('connection', 'Its certificate has expired')
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return failed('connection', 'Its certificate is for another host name')
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return failed('connection', 'It does not speak TLS there: is its address http:// rather than https://?')
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
    case 'EPIPE':
      return failed('connection', 'The connection broke before the reply was whole')
    default:
      return failed('connection', `No connection (${cause.code ?? cause.name})`)
  }
}

/** In words what a parser of HTTP says: `Response does not match the HTTP/1.1 protocol (Expected HTTP/…)`. */
function brokenRule(message: string): string {
  if (message.includes('Expected HTTP/'))
    return 'What answers there does not speak HTTP: is its address https:// rather than http://?'
  const rule = /\(([^()]{1,80})\)/.exec(message)?.[1]
  return `The reply breaks the rules of HTTP${rule === undefined ? '' : `: ${rule}`}`
}
