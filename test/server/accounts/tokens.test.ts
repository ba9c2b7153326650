import { expect, test } from 'vitest'
import { hashOf, newLinkCode, newSessionToken } from '#server/accounts/tokens.ts'

test.each([
  ['a session’s token holds 256 bits', newSessionToken, 32, 43],
  ['a link’s code holds 128 bits', newLinkCode, 16, 22],
])('%s, in characters that fit a cookie and an address, and comes once', (_what, make, bytes, characters) => {
  const made = Array.from({ length: 200 }, make)
  expect(new Set(made).size).toBe(200)
  for (const token of made) {
    expect(token).toMatch(/^[\w-]+$/)
    expect(token).toHaveLength(characters)
    expect(Buffer.from(token, 'base64url')).toHaveLength(bytes)
  }
})

test('what is stored of a token is its SHA-256 (FIPS 180-4, the example “abc”)', () => {
  expect(hashOf('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})
