import { createHash, randomBytes } from 'node:crypto'

/** A session's token: 256 random bits, 43 characters that fit a cookie. */
export function newSessionToken(): string {
  return randomBytes(32).toString('base64url')
}

/** An API token: a prefix by which scanners of code know it, and 256 random bits. */
export function newApiToken(): string {
  return `arena_${randomBytes(32).toString('base64url')}`
}

/** A link's code: 128 random bits, 22 characters that fit an address. */
export function newLinkCode(): string {
  return randomBytes(16).toString('base64url')
}

/** What is stored of a token or code: its SHA-256 in hexadecimal. They are too long to guess, so no salt is needed. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
