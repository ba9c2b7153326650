import ipaddr from 'ipaddr.js'
import { plainHost } from '../address-rule.ts'
import type { Config } from '../config.ts'

/**
 * Whether a Host header can name this server: loopback, a literal address, or a name that the operator gave in PUBLIC_URL,
 * ALLOWED_HOSTS or HOST. Any other name may be one that somebody has pointed here, such as a page that wants to read what
 * it may not; no page has a literal address of this server for its own.
 */
export function isOwnHost(
  { publicUrl, allowedHosts, host: listened }: Pick<Config, 'publicUrl' | 'allowedHosts' | 'host'>,
  host: string,
): boolean {
  if (!URL.canParse(`http://${host}`)) return false
  const { hostname, pathname } = new URL(`http://${host}`)
  if (pathname !== '/') return false
  const name = plainHost(hostname)
  if (ipaddr.isValid(name) || name === 'localhost' || name.endsWith('.localhost')) return true
  const told = publicUrl === undefined ? [] : [plainHost(new URL(publicUrl).hostname)]
  return [...told, ...allowedHosts, listened.toLowerCase()].includes(name)
}
