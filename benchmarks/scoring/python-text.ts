// The published scorers are Python. These are its text rules where JavaScript's differ.

/** The characters of Python's `str.isspace`, for a regular expression's class: with 1C–1F and 85, without FEFF. */
export const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'

const space = new RegExp(`[${SPACE}]`)
const spaceRun = new RegExp(`[${SPACE}]+`)
const plain = /^[\x21-\x7e]+$/

/** Python's `str.strip()`: Unicode white space removed from both ends. */
export function strip(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && space.test(text[start]!)) start++
  while (end > start && space.test(text[end - 1]!)) end--
  return text.slice(start, end)
}

/** Python's `str.strip(characters)`: any of the characters, in any order, removed from both ends. */
export function stripCharacters(text: string, characters: string): string {
  let start = 0
  let end = text.length
  while (start < end && characters.includes(text[start]!)) start++
  while (end > start && characters.includes(text[end - 1]!)) end--
  return text.slice(start, end)
}

/** Python's `str.rstrip(characters)`. */
export function stripEnd(text: string, characters: string): string {
  let end = text.length
  while (end > 0 && characters.includes(text[end - 1]!)) end--
  return text.slice(0, end)
}

/** Python's `str.split()`: the words between runs of white space, none of them empty. */
export function splitWords(text: string): string[] {
  if (plain.test(text)) return [text]
  return text.split(spaceRun).filter((word) => word !== '')
}

/** The number of Unicode code points, which is Python's `len`. */
export function lengthInCodePoints(text: string): number {
  let surrogatePairs = 0
  for (let i = 1; i < text.length; i++) {
    if (isLowSurrogate(text.charCodeAt(i)) && isHighSurrogate(text.charCodeAt(i - 1))) surrogatePairs++
  }
  return text.length - surrogatePairs
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000
}
