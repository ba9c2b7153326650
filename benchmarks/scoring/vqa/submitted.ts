import { splitWords } from '../text/python-text.ts'
import { flatten, normaliseVqa } from './normaliser.ts'

const digitOf = new Map(
  ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'].map((word, digit) => [
    word,
    String(digit),
  ]),
)

/**
 * An answer for the VQA server, which compares it as it is where all annotators agree and normalised where they do not:
 * lower case, without a final full stop, number words as digits, as annotators write. Articles, hyphens and `none` stay:
 * what the normaliser makes of them, annotators do not write. Where the normaliser would read the two differently, the
 * answer stays as it was given. Rule: the official evaluation code, Antol et al. 2015.
 */
export function cleanForServer(response: string): string {
  const given = flatten(response)
  const lower = given.toLowerCase()
  const bare = lower.endsWith('.') && !lower.endsWith('..') ? lower.slice(0, -1) : lower
  const clean = splitWords(bare)
    .map((word) => digitOf.get(word) ?? word)
    .join(' ')
  return normaliseVqa(clean) === normaliseVqa(given) ? clean : given
}
