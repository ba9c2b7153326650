import * as phrases from './phrases.ts'
import { hasFirstPerson, Place } from './place.ts'
import type { Reading } from './reading.ts'

/** "NAME's answer", "my NAME vision", "a NAME model like me", "OpenAI's policy does not let me". */
export function isOwner(place: Place): boolean {
  const { first, last } = place.mention
  const { text } = place.reading
  const after = place.after(12)
  const own = after.findIndex((word, at) => word === 'my' && after[at + 1] === 'name')
  const me = after.findIndex((word, at) => word === 'me' && ['be', 'is', 's'].includes(after[at - 1] ?? ''))
  if ((own >= 0 && own < 5) || (me >= 0 && me < 6)) return !place.isQuoted()
  if (place.isSomebodyElse() || place.isReported()) return false
  if (place.word(first - 1) === 'my' && !place.isStart(first) && phrases.ownNouns.has(after[0] ?? '')) return true
  const like = after.findIndex((word, at) => word === 'like' && after[at + 1] === 'me')
  if (like > 0 && after.slice(0, like).some((word) => phrases.modelNouns.has(word))) return true
  const possessive = text.slice(place.mention.end, place.mention.end + 2) === "'s"
  if (!possessive) return after.slice(0, 3).some((word) => phrases.policyNouns.has(word)) && hasFirstPerson(place)
  const owned = after.slice(1, 4)
  const shown = [...place.before(), ...after].some((word) => phrases.showing.has(word))
  if (owned.some((word) => phrases.policyNouns.has(word))) return hasFirstPerson(place)
  const opens =
    place.isStart(first) ||
    ['is', 'from', 'by', 'to'].includes(place.word(first - 1)) ||
    (place.word(first - 1) === 'in' && place.isStart(first - 1))
  return (
    opens && !shown && place.word(last + 1) === 's' && owned.slice(0, 2).some((word) => phrases.answerNouns.has(word))
  )
}

/** "NAME trained me", "the people of NAME taught me". */
export function madeMe(place: Place): boolean {
  if (place.isReported()) return false
  const after = place.after(8)
  const object = after.findIndex((word) => phrases.meWords.has(word))
  if (object > 0 && object < 6 && phrases.instructing.has(after[0] ?? '')) return true
  const before = place.before().slice(-4)
  if (before.at(-1) === 'is' && before.includes('me')) return true
  const around = [...before, ...after]
  const me = around.findIndex((word) => phrases.meWords.has(word))
  return me >= 0 && around.some((word, at) => Math.abs(at - me) <= 3 && phrases.makingVerbs.has(word))
}

const greetings = new Set([
  'hello',
  'hi',
  'hey',
  'greetings',
  'morning',
  'evening',
  'question',
  'hallo',
  'hola',
  'salut',
  'ciao',
])

/** "Let NAME have a look", "NAME here: …", "ask, and NAME will have another look". */
export function addressed(place: Place): boolean {
  const { first } = place.mention
  if (place.isSomebodyElse() || place.isReported()) return false
  const [one = '', two = '', three = ''] = place.after(4)
  if (one === 'at' && two === 'your' && three === 'service') return true
  if (
    place.word(first - 1) === 'ask' &&
    place.isStart(first - 1) &&
    ['again', 'anything', 'if', 'about', 'for', 'to'].includes(one)
  )
    return true
  if (
    (place.word(first - 1) === 'this' || place.word(first - 2) === 'this') &&
    place.isStart(place.word(first - 1) === 'this' ? first - 1 : first - 2) &&
    phrases.lookingVerbs.has(one) &&
    helping([one, two, three]) !== false
  )
    return true
  if (
    place.word(first - 1) === 'let' &&
    ['have', 'take', 'see', 'count', 'help', 'explain', 'think', 'look', 'check'].includes(one)
  )
    return true
  if (one === 'here' && (two === '' || /^["']?[,:;!-]/.test(place.gap(place.mention.last + 2))))
    return place.isStart(first) || greetings.has(place.word(first - 1))
  if (one === 'will' && ['have', 'take', 'look', 'help', 'gladly', 'be'].includes(two))
    return ['look', 'another', 'a', 'happy', 'glad', 'you'].includes(three)
  const [before, what] = [place.word(first - 2), place.word(first - 1)]
  return what === 'what' && before === 'is' && phrases.lookingVerbs.has(one)
}

/** "NAME sees three boats" as a sentence of its own. */
export function looks(place: Place): boolean {
  const { first, weak } = place.mention
  if (!place.isStart(first) || place.isSomebodyElse()) return false
  const after = place.after(16)
  const verb = after[0] === 'can' || after[0] === 'could' ? (after[1] ?? '') : (after[0] ?? '')
  const isLooking =
    helping(after) ?? (phrases.lookingVerbs.has(verb) || ['see', 'count', 'detect', 'identify'].includes(verb))
  const isSaying = phrases.sayingVerbs.has(after[0] ?? '')
  if (!isLooking && !isSaying) return false
  if (place.isQuoted() || place.isReported(first)) return false
  const shown = after.some((word) => phrases.showing.has(word) || word === 'screen')
  if (isLooking) return !weak || first === 0
  return !weak && !shown
}

/** Of verbs that anything can do, only what an assistant does; undefined: another verb. */
function helping([verb = '', two = '', three = '', four = '']: string[]): boolean | undefined {
  switch (verb) {
    case 'is':
      return (
        two === 'sorry' ||
        (['happy', 'glad', 'pleased', 'unable', 'here', 'not'].includes(two) && ['to', 'able', 'that'].includes(three))
      )
    case 'has':
      return ['read', 'looked', 'counted', 'analyzed', 'analysed', 'checked', 'examined'].includes(two)
    case 'hopes':
      return ['this', 'that', 'it'].includes(two)
    case 'looked':
      return two === 'at' && ['your', 'this', 'the'].includes(three)
    case 'can':
      return two === 't'
        ? ['be', 'identify', 'tell', 'see', 'say', 'read', 'determine', 'help', 'make'].includes(three)
        : undefined
    case 'cannot':
      return ['identify', 'tell', 'help', 'see', 'determine', 'say'].includes(two)
    case 'ne':
    case 'kann':
    case 'no':
    case 'nao':
    case 'non':
      return [two, three, four].some((word) => /^(?:identifi|erkenn|aider|helf|ayudar|ajudar|aiutare)/.test(word))
    default:
      return undefined
  }
}

/** How many names a text has do something that those who answer do. */
export function namesThatLook(reading: Reading): number {
  const names = reading.mentions.filter((mention) => {
    const [verb = ''] = new Place(reading, mention).after(1)
    return phrases.lookingVerbs.has(verb) || phrases.sayingVerbs.has(verb)
  })
  return new Set(names.map(({ first }) => reading.words[first]!.text)).size
}
