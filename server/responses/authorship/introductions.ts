import * as phrases from './phrases.ts'
import { reach, type Place } from './place.ts'

/** "I am NAME", "as a model made by NAME": small words may stand between. */
export function introduced(place: Place): boolean {
  const { first } = place.mention
  if (place.isSomebodyElse()) return false
  if (isApposition(place)) return !place.isReported()
  let at = first
  let ownMakers = false
  for (let steps = 0; at > 0 && steps < reach; steps++) {
    if (place.isStart(at)) return false
    at--
    const one = place.word(at)
    if (introducesAt(place, at, steps)) return !place.isReported(at)
    if (one === 'my' || one === 'our') return ownMakers && !place.isReported(at)
    if (phrases.makerNouns.has(one)) ownMakers = true
    else if (!phrases.fillers.has(one)) return false
  }
  return false
}

/** "I am a large language model that was, as you may know, trained by NAME": other words may stand between. */
export function isModelMadeBy(place: Place): boolean {
  const { first } = place.mention
  if (place.isSomebodyElse() || place.isStart(first)) return behindIt(place)
  const near = place.before(Math.max(place.sentenceStart, first - 5))
  const made = near.some((word) => phrases.ofMaking.test(word))
  if (!made && !near.some((word) => phrases.byWords.has(word))) return behindIt(place)
  let isModel = false
  for (let at = first - 1; at >= 0 && first - at < 24; at--) {
    isModel ||= phrases.modelNouns.has(place.word(at))
    if (introducesAt(place, at, first - at - 1) && (isModel || (made && ['i', 'was', 'am'].includes(place.word(at)))))
      return !place.isReported(at)
    if (place.isStart(at)) break
  }
  return behindIt(place)
}

/** The same in languages that say "am" last. */
function behindIt(place: Place): boolean {
  const after = place.after(12)
  const am = after.findIndex((word) => phrases.copulasBehind.has(word))
  return (
    am >= 0 &&
    after.slice(0, am).some((word) => phrases.ofMaking.test(word) || phrases.modelNouns.has(word)) &&
    !place.isReported()
  )
}

/** "I, NAME, …", "your assistant NAME", "NAME is my name". */
function isApposition(place: Place): boolean {
  const { first, last } = place.mention
  const one = place.word(first - 1)
  if (
    ['i', 'ich', 'yo', 'eu', 'io', 'moi', 'я'].includes(one) &&
    /^,\s*"?$/.test(place.gap(first)) &&
    /^"?,/.test(place.gap(last + 1))
  )
    return true
  if (!place.isStart(first) && phrases.modelNouns.has(one) && isYours(place, first)) return true
  if (
    ['neighbourhood', 'neighborhood', 'friendly', 'trusty', 'faithful', 'humble', 'helpful', 'friend'].includes(one) &&
    isYours(place, first)
  )
    return true
  const after = place.after(8)
  if (phrases.copulasBehind.has(after[0] ?? '')) return true
  return after.some(
    (word, at) =>
      word === 'your' &&
      phrases.modelNouns.has(after[at + 1] ?? '') &&
      /assistant|model|ai|bot/.test(after.slice(at + 1, at + 3).join(' ')),
  )
}

/** "your helpful AI assistant" before a word. */
function isYours(place: Place, end: number): boolean {
  for (let at = end - 1; at >= end - 4 && at >= 0; at--) {
    if (place.word(at) === 'your') return !place.isReported(at)
    if (place.isStart(at)) return false
  }
  return false
}

/** Whether an introduction ends with this word; `between`: how many words stand before the name. */
function introducesAt(place: Place, at: number, between: number): boolean {
  const [three, two, one] = [place.word(at - 2), place.word(at - 1), place.word(at)]
  const four = place.word(at - 3)
  if (`${two} ${one}` === 'this is' || `${two} ${one}` === 'here is') {
    const [next = ''] = place.after(1)
    if (isOfModel(place)) return true
    return next === 'speaking' || (!place.mention.weak && between === 0 && next === '')
  }
  const said = [one, `${two} ${one}`, `${three} ${two} ${one}`, `${four} ${three} ${two} ${one}`]
  if (said.some((phrase) => phrases.introductions.has(phrase))) return true
  if (phrases.clauseOpeners.has(one)) return place.isStart(at)
  return (one === 'as' || asWords.has(one)) && opensClause(place, at) && speaksOfItself(place, between)
}

const asWords = new Set(['als', 'como', 'come', 'comme', 'som', 'jako', 'как', 'sebagai', 'olarak', 'ca'])

const opensClause = (place: Place, at: number) =>
  place.isStart(at) ||
  /[,;:(-]/.test(place.gap(at)) ||
  ['and', 'but', 'so', 'speaking', 'well', 'sorry'].includes(place.word(at - 1))

/** "As NAME, …" and "as a model of NAME": not "as NAME shows". */
function speaksOfItself(place: Place, between: number): boolean {
  const after = place.after(24)
  if (after.slice(0, 12).some((word) => phrases.firstPerson.has(word))) return true
  const { first, last } = place.mention
  const said = place.before(first - between)
  const inserted =
    /,/.test(place.gap(first - between - 1)) && place.before().some((word) => phrases.firstPerson.has(word))
  const comma = /^[\s"')]*,/.test(place.gap(last + 1))
  const ofModel = said.some((word) => phrases.modelNouns.has(word)) || phrases.modelNouns.has(after[0] ?? '')
  return comma && (!place.mention.weak || ofModel || inserted)
}

/** The words that follow it: an AI, a model. */
const isOfModel = (place: Place) => place.after(6).some((word) => phrases.modelNouns.has(word))
