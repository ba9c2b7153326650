import type { Socket } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Pool } from 'undici'
import { StartError } from '../problem.ts'

/** Proxies as the environment names them (HTTPS_PROXY, HTTP_PROXY, NO_PROXY), in upper or lower case. */
export interface ProxySettings {
  https: string | undefined
  http: string | undefined
  /** Hosts that are reached without one, separated by commas. */
  no: string
}

/** Tunnels through proxies of the house. */
export interface Proxies {
  /** The proxy's origin for a host and port of this scheme; undefined: none is in between. */
  of(protocol: string, host: string, port: number): string | undefined
  /** A connection to this host and port through the proxy. Throws an Error whose message names the proxy. */
  tunnel(proxy: string, host: string, port: number, timeoutMs: number): Promise<Socket>
  close(): Promise<void>
}

/** Reads the settings. Throws a StartError for an address of a proxy that cannot be read. */
export function createProxies({ https, http, no }: ProxySettings): Proxies {
  const byScheme: Record<string, URL | undefined> = {
    'https:': readProxy('HTTPS_PROXY', https),
    'http:': readProxy('HTTP_PROXY', http),
  }
  const around = no
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((entry) => entry.toLowerCase())
  const pools = new Map<string, Pool>()
  const poolOf = (origin: string) => {
    const pool = pools.get(origin) ?? new Pool(origin)
    pools.set(origin, pool)
    return pool
  }
  return {
    of(protocol, host, port) {
      const proxy = byScheme[protocol]
      if (!proxy || isOwn(host) || around.some((entry) => covers(entry, host, port))) return undefined
      return proxy.origin
    },
    async tunnel(origin, host, port, timeoutMs) {
      const proxy = Object.values(byScheme).find((known) => known?.origin === origin)
      const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
      const login = proxy?.username && { 'proxy-authorization': `Basic ${loginOf(proxy)}` }
      const signal = AbortSignal.timeout(timeoutMs)
      const headers = { host: authority, ...login }
      try {
        const { statusCode, socket } = await poolOf(origin).connect({ path: authority, headers, signal })
        if (statusCode === 200) return socket as unknown as Socket
        socket.destroy()
        throw new Error(`it answered ${statusCode}`)
      } catch (cause) {
        const words = signal.aborted ? `no connection within ${timeoutMs / 1000} s` : (cause as Error).message
        throw new Error(`The proxy ${origin} did not connect to ${authority}: ${words}`, { cause })
      }
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
    },
  }
}

function readProxy(variable: string, text: string | undefined): URL | undefined {
  if (!text) return undefined
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  if (url && ['http:', 'https:'].includes(url.protocol)) return url
  throw new StartError(`${variable} does not read as the address of a proxy, such as http://proxy.example.org:3128.`)
}

function loginOf({ username, password }: URL): string {
  return Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
}

/** This machine is reached without a proxy, whatever the settings say. */
function isOwn(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  return ipaddr.isValid(host) && ['loopback', 'unspecified'].includes(ipaddr.process(host).range())
}

/** Whether an entry of NO_PROXY means this place: `*`, a name with or without a dot before it, a block, each with a port or not. */
function covers(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true
  const [, place = entry, only] = /^(.*[^:]):(\d+)$/.exec(entry) ?? []
  if (only !== undefined && Number(only) !== port) return false
  if (ipaddr.isValidCIDR(place)) return ipaddr.isValid(host) && isWithin(host, place)
  const name = place.replace(/^\*?\./, '')
  return host === name || host.endsWith(`.${name}`)
}

function isWithin(host: string, block: string): boolean {
  const address = ipaddr.process(host)
  const [network, bits] = ipaddr.parseCIDR(block)
  return address.kind() === network.kind() && address.match(network, bits)
}
