// Python's number grammar and printing, where JavaScript's differ.

const outerSpace =
  /^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g
const digits = '\\d+(?:_\\d+)*'
const finite = new RegExp(`^[+-]?(?:${digits}(?:\\.(?:${digits})?)?|\\.${digits})(?:[eE][+-]?${digits})?$`)
const named = /^([+-]?)(?:(inf|infinity)|nan)$/i
const whole = new RegExp(`^[+-]?${digits}$`)
const decimalDigit = /^\p{Nd}$/u

/** CPython refuses longer whole numbers in text, `int()` and `str()` alike. */
const maxWholeDigits = 4300

/**
 * Python's `float(text)`: the number, possibly NaN or infinite, or null where Python raises.
 * Any Unicode decimal digit counts; underscores may stand between digits; hex and thousands commas do not parse.
 */
export function parseFloatLikePython(text: string): number | null {
  const ascii = toAsciiDigits(withoutOuterSpace(text))
  if (finite.test(ascii)) return Number(ascii.replaceAll('_', ''))
  const match = named.exec(ascii)
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
  return text.replace(outerSpace, '')
}

function toAsciiDigits(text: string): string {
  // eslint-disable-next-line no-control-regex -- the whole of ASCII is what is meant
  if (/^[\x00-\x7f]*$/.test(text)) return text
  return Array.from(text, (character) => (decimalDigit.test(character) ? digitValue(character) : character)).join('')
}

/** Unicode keeps the ten digits of a script together and in order, so the distance to the start of the run is the value. */
function digitValue(digit: string): string {
  const code = digit.codePointAt(0)!
  let start = code
  while (decimalDigit.test(String.fromCodePoint(start - 1))) start--
  return String((code - start) % 10)
}
