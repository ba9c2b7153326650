import { claimIn } from './authorship/claims.ts'
import { folded, openly } from './authorship/fold.ts'
import type { KnownModel } from './authorship/known-names.ts'
import { isToldAt } from './authorship/place.ts'
import { Reading } from './authorship/reading.ts'
import { mentionsIn, namesFor, wordsOf, type NameIndex } from './authorship/mentions.ts'

/** More names than any answer about a picture has: nobody can say what they are for. */
const mostMentions = 400

/**
 * Looks for words by which a rater could tell who answered: the author introduces itself, names its maker, signs, or lets
 * a model of this study or any known one speak for it, in any spelling and many languages. What is in the picture or
 * merely talked about is no leak. Returns the reason in words, or undefined.
 */
export function findLeak(text: string, models: KnownModel[]): string | undefined {
  const answer = folded(text)
  const words = wordsOf(answer)
  const open = openly(text)
  const mentions = mentionsIn(answer, words, indexOf(models), mostMentions).map((mention) => ({
    ...mention,
    hidden: mention.hidden || !open.includes(answer.slice(mention.start, mention.end).replaceAll(/\s/g, ' ')),
  }))
  if (mentions.length === mostMentions) return `names makers or models ${mostMentions} times`
  const reading = new Reading(answer, words, mentions)
  const claim = claimIn(reading)
  if (claim) {
    return `names “${answer.slice(claim.start, claim.end).slice(0, 80)}” as its author`
  }
  const introduction = introductions
    .map((pattern) => pattern.exec(answer))
    .find((found) => found && !isToldAt(reading, found.index))
  return introduction ? `introduces itself: “${introduction[0].slice(0, 80)}”` : undefined
}

let last: { models: KnownModel[]; names: NameIndex } | undefined

/** A study's answers come one after the other. */
function indexOf(models: KnownModel[]): NameIndex {
  if (last?.models !== models) last = { models, names: namesFor(models) }
  return last.names
}

/** "I am Nimbus, a vision assistant", "I was trained by …": the speaker says who it is, by a name that nobody knows. */
const introductions = [
  /\b(?:I am|I'm|my name is|you can call me)\s+"?[A-Z][\w.-]*"?(?:\s+[A-Z\d][\w.-]*"?)?,?\s+(?:an?|the)\s+(?:[\w-]+\s+){0,5}(?:AI|assistant|model|chatbot|LLM|VLM)\b/u,
  /\b(?:I am|I'm|I was|(?:as )?an?(?: \w+){0,3} (?:AI|model|assistant|chatbot)(?: \w+){0,2})\s*(?:,\s*)?(?:(?:that|which|who) (?:was|is)\s+)?(?:created|developed|made|built|trained|designed|released)\s+(?:and \w+ )?by\s+(?:the |a team at )?[A-Z]/u,
]
