// Python's number grammar and printing, where JavaScript's differ.
import { isSpace } from './python-text.ts'

const digits = '\\d+(?:_\\d+)*'
const finite = new RegExp(`^[+-]?(?:${digits}(?:\\.(?:${digits})?)?|\\.${digits})(?:[eE][+-]?${digits})?$`)
const named = /^([+-]?)(?:(inf|infinity)|nan)$/i
const whole = new RegExp(`^[+-]?${digits}$`)
// eslint-disable-next-line no-control-regex -- the whole of ASCII is what is meant
const onlyAscii = /^[\x00-\x7f]*$/
const decimalDigit = /^\p{Nd}$/u
const decimalDigits = /\p{Nd}/gu
const digitValues = new Map<string, string>()

/** CPython refuses longer whole numbers in text, `int()` and `str()` alike. */
const maxWholeDigits = 4300

/**
 * Python's `float(text)`: the number, possibly NaN or infinite, or null where Python raises.
 * Any Unicode decimal digit counts; underscores may stand between digits; hex and thousands commas do not parse.
 */
export function parseFloatLikePython(text: string): number | null {
  const trimmed = withoutOuterSpace(text)
  if (finite.test(trimmed)) return Number(trimmed.includes('_') ? trimmed.replaceAll('_', '') : trimmed)
  const ascii = toAsciiDigits(trimmed)
  if (ascii !== trimmed) return parseFloatLikePython(ascii)
  const match = named.exec(trimmed)
  if (!match) return null
  if (!match[2]) return NaN
  return match[1] === '-' ? -Infinity : Infinity
}

/** Python's `int(text)`: a whole number of any size, or null where Python raises. */
export function parseIntLikePython(text: string): bigint | null {
  const ascii = toAsciiDigits(withoutOuterSpace(text))
  if (!whole.test(ascii)) return null
  const bare = ascii.replaceAll('_', '')
  const unsigned = bare.replace(/^[+-]/, '')
  if (unsigned.length > maxWholeDigits) return null
  const size = BigInt(unsigned)
  return bare.startsWith('-') ? -size : size
}

/** Python's number grammar strips white space, but not the separators 1C–1F that `str.strip` takes. */
function withoutOuterSpace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isNumberSpace(text.charCodeAt(start))) start++
  while (end > start && isNumberSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isNumberSpace(unit: number): boolean {
  return isSpace(unit) && (unit < 0x1c || unit > 0x1f)
}

function toAsciiDigits(text: string): string {
  if (onlyAscii.test(text)) return text
  return text.replace(decimalDigits, (digit) => {
    const value = digitValues.get(digit) ?? digitValue(digit)
    digitValues.set(digit, value)
    return value
  })
}

/** Unicode keeps the ten digits of a script together and in order, so the distance to the start of the run is the value. */
function digitValue(digit: string): string {
  const code = digit.codePointAt(0)!
  let start = code
  while (decimalDigit.test(String.fromCodePoint(start - 1))) start--
  return String((code - start) % 10)
}

/** Python's `str(float)`: the shortest digits that read back, `.0` on whole numbers, exponents from 1e16 and below 1e-4. */
export function floatToText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const [mantissa, power] = Math.abs(value).toExponential().split('e')
  const significant = mantissa!.replace('.', '')
  const exponent = Number(power)
  if (exponent < -4 || exponent >= 16) {
    const fraction = significant.length > 1 ? `.${significant.slice(1)}` : ''
    const size = String(Math.abs(exponent)).padStart(2, '0')
    return `${sign}${significant[0]}${fraction}e${exponent < 0 ? '-' : '+'}${size}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${significant}`
  const whole = significant.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  return `${sign}${whole}.${significant.slice(exponent + 1) || '0'}`
}

/** Python's `round(value, decimals)`: rounded on the exact binary value, halves to the even digit. Negative decimals work. */
export function roundHalfEven(value: number, decimals: number): number {
  if (!Number.isFinite(value) || value === 0 || decimals > 323) return value
  const { mantissa, exponent } = binaryParts(Math.abs(value))
  const top = mantissa * 10n ** BigInt(Math.max(0, decimals)) * 2n ** BigInt(Math.max(0, exponent))
  const bottom = 10n ** BigInt(Math.max(0, -decimals)) * 2n ** BigInt(Math.max(0, -exponent))
  const sign = value < 0 ? '-' : ''
  return Number(`${sign}${divideHalfEven(top, bottom)}e${-decimals}`)
}

/** Python's `round(value)` without decimals: a whole number with every digit; null for NaN and infinities. */
export function roundToWhole(value: number): bigint | null {
  return Number.isFinite(value) ? BigInt(roundHalfEven(value, 0)) : null
}

/** Python's `int(float)`: truncated toward zero, with every digit; null for NaN and infinities. */
export function truncateToWhole(value: number): bigint | null {
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : null
}

function binaryParts(value: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const biased = Number(bits >> 52n)
  const fraction = bits & 0xfffffffffffffn
  if (biased === 0) return { mantissa: fraction, exponent: -1074 }
  return { mantissa: fraction | 0x10000000000000n, exponent: biased - 1075 }
}

function divideHalfEven(top: bigint, bottom: bigint): bigint {
  const quotient = top / bottom
  const twiceRest = (top % bottom) * 2n
  const roundsUp = twiceRest > bottom || (twiceRest === bottom && quotient % 2n === 1n)
  return roundsUp ? quotient + 1n : quotient
}
