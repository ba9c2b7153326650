import ipaddr from 'ipaddr.js'
import { plainHost } from '../address-rule.ts'
import type { Config } from '../config.ts'

/**
 * Whether a Host header can name this server: the address that the operator gave, loopback, a literal address, or a name
 * that only the local network knows. Any other name is one that somebody has pointed here, such as a page that wants to
 * read what it may not. Behind a proxy without an address of its own to compare with, the proxy decides.
 */
export function isOwnHost({ publicUrl, trustProxy }: Pick<Config, 'publicUrl' | 'trustProxy'>, host: string): boolean {
  if (!URL.canParse(`http://${host}`)) return false
  const { hostname, pathname } = new URL(`http://${host}`)
  if (pathname !== '/') return false
  const name = plainHost(hostname)
  if (ipaddr.isValid(name) || !name.includes('.') || /\.(localhost|local|internal|lan|home\.arpa)$/.test(name))
    return true
  if (publicUrl === undefined) return trustProxy !== false
  return name === plainHost(new URL(publicUrl).hostname)
}
