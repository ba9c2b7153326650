import * as phrases from './phrases.ts'
import type { Place } from './place.ts'

const unspacedScript = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u

/** The same where words are not set apart. */
export function saysInUnspacedScript(place: Place): boolean {
  const { text } = place.reading
  const { start, end } = place.mention
  const sentence = text.slice(Math.max(0, start - 60), start)
  const from = Math.max(...['\u3002', '!', '?', '\n', '. '].map((mark) => sentence.lastIndexOf(mark)))
  const before = sentence.slice(from + 1)
  const after = (text.slice(end, end + 40).split(/[\u3002!?\n]/)[0] ?? '').trimStart()
  if (!unspacedScript.test(before + after)) return false
  const tight = before.replaceAll(/[\s"'(]/g, '')
  if (place.isQuoted() && before.length > 1) return false
  if (phrases.labelsUnspaced.some((label) => tight.endsWith(`${label}:`)) && tight.length < 8) return true
  if (phrases.reportingUnspaced.some((word) => before.includes(word))) return false
  if (phrases.selfBefore.some((phrase) => tight.endsWith(phrase))) return true
  const clause = after.split(/[,\u3001]/)[0] ?? ''
  if (phrases.reportingUnspaced.some((word) => clause.includes(word))) return false
  if (/^(?:による|の)(?:回答|答え)/.test(after) || /^(?:로서|으로서) (?:답변|대답)/.test(after)) return true
  const speaks = phrases.selfWords.some((word) => before.includes(word) || after.includes(word))
  if (speaks && phrases.madeBy.some((word) => after.includes(word) || tight.endsWith(word))) return true
  if (tight.endsWith('我') && phrases.afterSelf.some((word) => after.startsWith(word))) return true
  return (
    phrases.textWords.some((word) => before.includes(word)) && phrases.writtenBy.some((word) => after.includes(word))
  )
}
