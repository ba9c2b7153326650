import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import pino from 'pino'
import { expect, test } from 'vitest'
import { openSeal, repeats, scrub, seal, SealBroken, Secret } from '#server/core/secrets.ts'

const master = randomBytes(32)
const binding = { table: 'endpoints', row: 'a', field: 'sealed_key', origin: 'https://api.example.com' }

test('a secret shows itself to nobody who prints it', () => {
  const secret = new Secret('sk-very-secret')
  const logged: string[] = []
  pino({}, { write: (line: string) => void logged.push(line) }).info({ secret }, `${secret}`)
  const shown = [
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }, { showHidden: true }),
    ...logged,
    JSON.stringify(Object.entries(secret)),
  ]
  expect(shown.join()).not.toContain('very')
  expect(secret.reveal()).toBe('sk-very-secret')
})

test('a sealed key opens again for its own place, and each seal is different', () => {
  const first = seal(master, new Secret('ключ'), binding)
  expect(openSeal(master, first, binding).reveal()).toBe('ключ')
  expect(seal(master, new Secret('ключ'), binding)).not.toBe(first)
})

test.each([
  ['another row', { row: 'b' }],
  ['another table', { table: 'people' }],
  ['another field', { field: 'name' }],
  ['another origin', { origin: 'https://evil.example' }],
  ['another port', { origin: 'https://api.example.com:8443' }],
])('a sealed key moved to %s does not open', (_name, moved) => {
  const sealed = seal(master, new Secret('key'), binding)
  expect(() => openSeal(master, sealed, { ...binding, ...moved })).toThrow(SealBroken)
})

test('another master key, a flipped bit and a text that is no seal are refused', () => {
  const sealed = seal(master, new Secret('key'), binding)
  expect(() => openSeal(randomBytes(32), sealed, binding)).toThrow(/another master key/)
  const parts = sealed.split('.')
  const bytes = Buffer.from(parts[3]!, 'base64url')
  bytes[0]! ^= 1
  expect(() => openSeal(master, [...parts.slice(0, 3), bytes.toString('base64url')].join('.'), binding)).toThrow(
    SealBroken,
  )
  expect(() => openSeal(master, 'nonsense', binding)).toThrow(SealBroken)
})

/** Each character of a key as an escape. */
const escapedBy = (escape: (code: number) => string) => (key: string) =>
  Array.from(key, (character) => escape(character.charCodeAt(0))).join('')
const keys = fc.stringMatching(/^[A-Za-z0-9_+/=.-]{16,64}$/)
const spellings = [
  (key: string) => key,
  (key: string) => Buffer.from(key).toString('base64'),
  (key: string) => Buffer.from(`Bearer ${key}`).toString('base64'),
  (key: string) => Buffer.from(`x:${key}`).toString('base64'),
  (key: string) => encodeURIComponent(key),
  (key: string) => JSON.stringify({ key }),
  (key: string) => Buffer.from(key).toString('hex'),
  (key: string) => Buffer.from(key).toString('hex').toUpperCase(),
  escapedBy((code) => `\\u${code.toString(16).padStart(4, '0')}`),
  escapedBy((code) => `\\\\u${code.toString(16).toUpperCase().padStart(4, '0')}`),
  escapedBy((code) => `%${code.toString(16)}`),
  escapedBy((code) => `&#x${code.toString(16)};`),
  escapedBy((code) => `&#${code};`),
]

test('no piece of twelve characters of a key survives the scrubber, in whatever spelling and wherever it stands', () => {
  fc.assert(
    fc.property(keys, fc.string(), fc.string(), fc.constantFrom(...spellings), (key, before, after, spell) => {
      const clean = scrub(`${before} ${spell(key)} ${after}`, [new Secret(key)])
      for (let at = 0; at + 12 <= key.length; at++) expect(clean).not.toContain(key.slice(at, at + 12))
      expect(clean).not.toContain(spell(key))
    }),
    { numRuns: 3_000 },
  )
})

test('a key that is cut or broken in two is taken out in pieces, down to eight characters', () => {
  fc.assert(
    fc.property(keys, fc.nat(), fc.string(), (key, at, between) => {
      const cut = 8 + (at % (key.length - 15))
      const clean = scrub(`<${key.slice(0, cut)}${between}${key.slice(cut)}>`, [new Secret(key)])
      for (const piece of [key.slice(0, 12), key.slice(-12)]) if (piece !== between) expect(clean).not.toContain(piece)
    }),
    { numRuns: 3_000 },
  )
})

test('what looks like a key is taken out even when it is not one of ours', () => {
  const text =
    'Incorrect API key provided: sk-proj-abc***xyz1. Authorization: Bearer abcdefgh12345678, "api_key": "zzzzzzzzzz"'
  const clean = scrub(text)
  for (const leak of ['sk-proj', 'xyz1', 'abcdefgh', 'zzzzzz']) expect(clean).not.toContain(leak)
  expect(clean).toContain('Incorrect API key provided')
})

test('texts are cut at 2 KB and hold no NUL', () => {
  expect(scrub('é'.repeat(5_000))).toHaveLength(2_048)
  expect(scrub('a\0b')).toBe('a\ufffdb')
  expect(scrub('An ordinary sentence about tokens: 12 of 40.')).toBe('An ordinary sentence about tokens: 12 of 40.')
})

test.each(spellings.map((spell, index) => ({ spell, index })))(
  'a key in spelling $index is told, whole and by half',
  ({ spell }) => {
    const key = 'q3Zk9vLw2XbT7rPn5MdC8sHf'
    expect(repeats(`{"echo": "${spell(key)}"}`, new Secret(key))).toBe(true)
  },
)

test('halves of twelve characters are told; a maker’s prefix and a text with escapes of its own are no key', () => {
  const secret = new Secret('sk-ant-api03-q3Zk9vLw2XbT7rPn5MdC')
  expect(repeats('first q3Zk9vLw2XbT, then 7rPn5MdC', secret)).toBe(true)
  expect(repeats('\\u0071\\u0033Zk9vLw2XbT', secret)).toBe(true)
  expect(repeats('keys of theirs begin with sk-ant-api03-', secret)).toBe(false)
  expect(repeats('first q3Zk9vLw2Xb, then T7rPn5MdC', secret)).toBe(false)
  expect(scrub('100% of caf\\u00e9s &#233;', [secret])).toBe('100% of caf\\u00e9s &#233;')
})

test('a text that repeats the whole key is told from one that does not', () => {
  const secret = new Secret('0123456789abcdef')
  expect(repeats('… 0123456789abcdef …', secret)).toBe(true)
  expect(repeats(Buffer.from('Bearer 0123456789abcdef').toString('base64'), secret)).toBe(true)
  expect(repeats('01234567 and 89abcdef', secret)).toBe(false)
  expect(repeats('EMPTY', new Secret('EMPTY'))).toBe(false)
})
