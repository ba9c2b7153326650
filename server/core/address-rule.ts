import ipaddr from 'ipaddr.js'

/** One line of the operator's list: a host or address with a port, or a block of addresses with a port. */
export type AllowEntry =
  | { kind: 'host'; host: string; port: number }
  | { kind: 'block'; block: [ipaddr.IPv4 | ipaddr.IPv6, number]; port: number }

/** Ports on which public addresses may be called without being listed. */
const publicPorts = new Set([80, 443])

/**
 * Where clouds answer with the machine's own credentials. A block or a host name of the list never opens them, only the
 * exact address does.
 */
const metadataBlocks = [
  '169.254.0.0/16',
  'fe80::/10',
  'fd00:ec2::254/128',
  '100.100.100.200/32',
  '168.63.129.16/32',
].map((block) => ipaddr.parseCIDR(block))

/** What every address of the public Internet lies in (RFC 4291, section 2.4 with IANA's allocation). */
const globalUnicast6 = ipaddr.IPv6.parseCIDR('2000::/3')

/** Addresses that the registries call special and the library does not know, or calls ordinary. */
const specialBlocks = [
  '168.63.129.16/32',
  '192.88.99.0/24',
  '2001:db8::/32',
  '2001::/23',
  '3fff::/20',
  '5f00::/16',
].map((block) => ipaddr.parseCIDR(block))

/** Reads `host:port`, `[address]:port` or `block/bits:port`. Returns null when it is none of them. */
export function readAllowEntry(text: string): AllowEntry | null {
  const match = /^(\[[^\]]+\](?:\/\d+)?|[^:[\]]+|[0-9a-f:.]+\/\d+):(\d{1,5})$/i.exec(text.trim())
  const port = Number(match?.[2])
  if (!match || port < 1 || port > 65_535) return null
  const place = match[1]!.replace(/[[\]]/g, '')
  if (place.includes('/')) {
    return ipaddr.isValidCIDR(place) ? { kind: 'block', block: ipaddr.parseCIDR(place), port } : null
  }
  const host = hostOf(`http://${ipaddr.IPv6.isValid(place) ? `[${place}]` : place}/`)
  return host === null ? null : { kind: 'host', host, port }
}

function hostOf(url: string): string | null {
  return URL.canParse(url) ? plainHost(new URL(url).hostname) : null
}

/** A URL's host as resolvers take it: without the brackets of IPv6 and without the dot of the root. */
export function plainHost(hostname: string): string {
  return hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
}

/** Whether the address belongs to the public Internet: global unicast, and not a way round to an address that does not. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address) || address.includes('%')) return false
  const parsed = ipaddr.parse(address)
  if (specialBlocks.some((block) => within(parsed, block))) return false
  if (parsed.range() !== 'unicast') return false
  return parsed.kind() === 'ipv4' || within(parsed, globalUnicast6)
}

/**
 * Whether a connection to this address and port may be made for this host of a URL. `listed`: the entries that apply
 * to the caller; none for those who may reach public addresses only.
 */
export function mayConnect(host: string, address: string, port: number, listed: readonly AllowEntry[]): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  const text = parsed.toString()
  const entries = listed.filter((entry) => entry.port === port)
  if (entries.some((entry) => entry.kind === 'host' && sameAddress(entry.host, text))) return true
  if (metadataBlocks.some((block) => within(parsed, block))) return false
  if (entries.some((entry) => entry.kind === 'host' && entry.host === host)) return true
  if (entries.some((entry) => entry.kind === 'block' && within(parsed, entry.block))) return true
  return publicPorts.has(port) && isPublicAddress(address)
}

/**
 * Why an admin may not open this host to calls from the machine it runs on, in words; null when they may: an address of
 * the machine or of a private network, or a name. What clouds answer with the machine's credentials is never opened.
 */
export function openingFault(host: string): string | null {
  if (!ipaddr.isValid(host)) return null
  const address = ipaddr.process(host)
  if (metadataBlocks.some((block) => within(address, block))) return `${host} may hold the machine's own credentials`
  if (['loopback', 'private', 'uniqueLocal'].includes(address.range())) return null
  return `${host} is neither of this machine nor of a private network`
}

function sameAddress(host: string, address: string): boolean {
  return ipaddr.isValid(host) && ipaddr.process(host).toString() === address
}

function within(address: ipaddr.IPv4 | ipaddr.IPv6, block: [ipaddr.IPv4 | ipaddr.IPv6, number]): boolean {
  return address.kind() === block[0].kind() && address.match(block)
}
