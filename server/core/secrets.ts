import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { storable } from './storable.ts'

/** A value that never shows itself: printed, logged or put into JSON it reads [redacted]. */
export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
  }
  /** The value in clear; only for what sends or seals it. */
  reveal(): string {
    return this.#value
  }
  toString(): string {
    return '[redacted]'
  }
  toJSON(): string {
    return '[redacted]'
  }
  [inspect.custom](): string {
    return '[redacted]'
  }
}

/** The place that a sealed value belongs to; opened for any other place it is refused. */
export interface SealBinding {
  table: string
  row: string
  field: string
  /** Scheme, host and port to which the value may be sent. */
  origin: string
}

/** The value was sealed with another master key, for another place, or was altered. */
export class SealBroken extends Error {}

/** Encrypts with AES-256-GCM under a fresh nonce: `1.keyId.nonce.ciphertext`, the last two in base64url. */
export function seal(masterKey: Buffer, secret: Secret, binding: SealBinding): string {
  const nonce = randomBytes(12)
  const keyId = keyIdOf(masterKey)
  const cipher = createCipheriv('aes-256-gcm', masterKey, nonce).setAAD(bindingBytes(binding, keyId))
  const sealed = Buffer.concat([cipher.update(secret.reveal(), 'utf8'), cipher.final(), cipher.getAuthTag()])
  return ['1', keyId, nonce.toString('base64url'), sealed.toString('base64url')].join('.')
}

/** Decrypts what `seal` made for the same place. Throws SealBroken. */
export function openSeal(masterKey: Buffer, sealed: string, binding: SealBinding): Secret {
  const [version, keyId, nonce, text] = sealed.split('.')
  if (version !== '1' || !keyId || !nonce || !text) throw new SealBroken('The stored key cannot be read')
  if (keyId !== keyIdOf(masterKey)) throw new SealBroken('The stored key was sealed with another master key')
  const bytes = Buffer.from(text, 'base64url')
  try {
    const decipher = createDecipheriv('aes-256-gcm', masterKey, Buffer.from(nonce, 'base64url'))
      .setAAD(bindingBytes(binding, keyId))
      .setAuthTag(bytes.subarray(-16))
    return new Secret(Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString('utf8'))
  } catch (cause) {
    throw new SealBroken('The stored key belongs to another place or was altered', { cause })
  }
}

function keyIdOf(masterKey: Buffer): string {
  return createHash('sha256').update('key id').update(masterKey).digest('hex').slice(0, 8)
}

function bindingBytes({ table, row, field, origin }: SealBinding, keyId: string): Buffer {
  return Buffer.from(JSON.stringify([table, row, field, keyId, origin]))
}

/** What is kept of a text from outside, in UTF-16 units; and how much of it is looked at. */
const keptLength = 2048
const readLength = 64 * 1024
const redacted = '[redacted]'

/** Patterns of text that looks like a key wherever it occurs. */
const keyLike: [RegExp, string][] = [
  [/\bsk-[\w*.-]{6,}/g, redacted],
  [/\b(Bearer|Basic)\s+[\w.~+/*=-]{6,}/gi, `$1 ${redacted}`],
  [
    /((?:api[-_ ]?key|authorization|token|secret)["']?\s*[:=]\s*["']?)(?!Bearer|Basic)[^\s"'&,}]{6,}/gi,
    `$1${redacted}`,
  ],
]

/**
 * Makes a text from outside fit to be stored and shown: the secrets that were sent are taken out in every usual
 * spelling, also piecewise from eight characters on, with all that looks like a key; no NUL; at most 2 KB.
 */
export function scrub(text: string, secrets: readonly Secret[] = []): string {
  let clean = text.slice(0, readLength)
  const plain = unescaped(clean)
  // Escapes are written out only where they hide something: a message is to read as it came.
  if (plain !== clean && secrets.some((secret) => repeats(plain, secret))) clean = plain
  for (const secret of secrets) {
    for (const spelling of spellingsOf(secret.reveal())) clean = withoutPieces(clean, spelling)
  }
  for (const [pattern, replacement] of keyLike) clean = clean.replace(pattern, replacement)
  return storable(clean.length > keptLength ? `${clean.slice(0, keptLength - 1)}…` : clean)
}

/**
 * Whether the text holds the whole secret in any usual spelling, or twelve characters of it on end, as they are or escaped
 * for JSON, a URL or HTML.
 */
export function repeats(text: string, secret: Secret): boolean {
  const value = secret.reveal()
  if (value.length < pieceLength) return false
  const spellings = spellingsOf(value)
  const telling = tellingPieces(value)
  const plain = unescaped(text)
  return (plain === text ? [text] : [text, plain]).some(
    (reading) =>
      spellings.some((spelling) => reading.includes(spelling)) || telling.some((piece) => reading.includes(piece)),
  )
}

const pieceLength = 8
const tellingLength = 12

/** Every twelve characters of a secret, but those of a maker's prefix, which many keys share: `sk-ant-api03-`. */
function tellingPieces(value: string): string[] {
  const prefix =
    value.length < 2 * tellingLength ? 0 : Math.max(...['-', '_'].map((mark) => value.lastIndexOf(mark, 15) + 1))
  const pieces: string[] = []
  for (let at = 0; at + tellingLength <= value.length; at++) {
    if (at + tellingLength > prefix) pieces.push(value.slice(at, at + tellingLength))
  }
  return pieces
}

/** A text with the escapes of JSON, URLs and HTML for single characters written out. */
function unescaped(text: string): string {
  let plain = text
  if (plain.includes('\\')) {
    // JSON within JSON has its backslashes twice, and once more for each further one.
    for (let depth = 0; depth < 3 && plain.includes('\\\\u'); depth++) plain = plain.replaceAll('\\\\u', '\\u')
    plain = plain.replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => characterOf(code, 16)).replaceAll('\\/', '/')
  }
  if (plain.includes('%')) plain = plain.replace(/%([0-9a-f]{2})/gi, (_, code: string) => characterOf(code, 16))
  if (!plain.includes('&#')) return plain
  return plain.replace(/&#(x?)([0-9a-f]{1,6});/gi, (_, hex: string, code: string) => characterOf(code, hex ? 16 : 10))
}

function characterOf(code: string, base: number): string {
  const point = Number.parseInt(code, base)
  return point <= 0xffff ? String.fromCharCode(point) : ''
}

function spellingsOf(value: string): string[] {
  const bytes = Buffer.from(value)
  // Within a longer text, base64 of the same bytes reads in three ways, by where they begin.
  const base64 = [0, 1, 2].map((shift) => {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
    const whole = padded.slice(shift === 0 ? 0 : 4, Math.floor((shift + bytes.length) / 3) * 4)
    return whole
  })
  const spellings = [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...base64,
  ]
  return [...new Set([...spellings, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))])].filter(
    (spelling) => spelling.length >= 4,
  )
}

/** Replaces every stretch of `text` that is made of pieces of `spelling`. */
function withoutPieces(text: string, spelling: string): string {
  const length = Math.min(pieceLength, spelling.length)
  const pieces = new Set<string>()
  for (let at = 0; at + length <= spelling.length; at++) pieces.add(spelling.slice(at, at + length))
  let clean = ''
  let done = 0
  for (let at = 0; at + length <= text.length; at++) {
    if (!pieces.has(text.slice(at, at + length))) continue
    let end = at + length
    while (end < text.length && pieces.has(text.slice(end + 1 - length, end + 1))) end++
    clean += text.slice(done, at) + redacted
    done = end
    at = end - 1
  }
  return clean + text.slice(done)
}
