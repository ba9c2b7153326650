// The published scorers are Python. These are its text rules where JavaScript's differ.
// Case, digits, letters and white space are those of CPython 3.11 for every code point of its Unicode 14; what was
// assigned later is left to the engine.

/** The characters of Python's `str.isspace`, for a regular expression's class: with 1C–1F and 85, without FEFF. */
export const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'

const surrogate = /[\ud800-\udfff]/
const wideSpaces = new Set([0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000])

/** Whether a UTF-16 unit is white space by Python's `str.isspace`; none lies beyond the first plane. */
export function isSpace(unit: number): boolean {
  if (unit <= 0x20) return unit >= 0x1c || (unit >= 0x09 && unit <= 0x0d)
  return unit >= 0x85 && ((unit >= 0x2000 && unit <= 0x200a) || wideSpaces.has(unit))
}

/** Python's `str.strip()`: Unicode white space removed from both ends. */
export function strip(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace(text.charCodeAt(start))) start++
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
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
  const words: string[] = []
  let start = -1
  for (let i = 0; i < text.length; i++) {
    if (!isSpace(text.charCodeAt(i))) {
      if (start < 0) start = i
    } else if (start >= 0) {
      words.push(text.slice(start, i))
      start = -1
    }
  }
  if (start >= 0) words.push(text.slice(start))
  return words
}

/** Whether Python's `text.split()` gives more words than a number, read no further than needed. */
export function hasMoreWordsThan(text: string, number: number): boolean {
  let words = 0
  let inWord = false
  for (let i = 0; i < text.length && words <= number; i++) {
    const space = isSpace(text.charCodeAt(i))
    if (!space && !inWord) words++
    inWord = !space
  }
  return words > number
}

/** Python's `' '.join(text.split())`: white space trimmed, and every run inside it one space. */
export function collapseSpace(text: string): string {
  return isCollapsed(text) ? text : splitWords(text).join(' ')
}

function isCollapsed(text: string): boolean {
  let afterSpace = true
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    const space = isSpace(unit)
    if (space && (afterSpace || unit !== 0x20)) return false
    afterSpace = space
  }
  return !afterSpace
}

/** Python's `len`: the number of Unicode code points. */
export function lengthInCodePoints(text: string): number {
  if (!surrogate.test(text)) return text.length
  let count = text.length
  for (let i = 1; i < text.length; i++) if (isSurrogatePair(text, i - 1)) count--
  return count
}

function isSurrogatePair(text: string, index: number): boolean {
  return (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00 && (text.charCodeAt(index) & 0xfc00) === 0xd800
}
