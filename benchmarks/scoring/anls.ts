import { levenshtein } from './text/levenshtein.ts'
import { collapseSpace, lengthInCodePoints, strip } from './text/python-text.ts'
import { goldOf, type Scorer } from './scorer.ts'

/** How similar a prediction is to one reference, before any threshold: a number up to 1. */
type Likeness = (reference: string, prediction: string) => number

/** One published reading of ANLS: the likeness, and whether exactly 0.5 survives. */
interface AnlsRule {
  likeness: Likeness
  keepsHalf: boolean
}

/**
 * The competition's own script: both sides lower-cased with white space collapsed, the distance divided by the length of
 * the longer raw, upper-cased string, and exactly 0.5 kept. lmms-eval and VLMEvalKit give the same numbers.
 * Rule: Biten et al. 2019 as the Robust Reading Competition distributes it.
 */
export const anlsOfRrc: AnlsRule = {
  keepsHalf: true,
  likeness: (reference, prediction) =>
    likenessOver(
      longer(reference.toUpperCase(), prediction.toUpperCase()),
      collapseSpace(reference.toLowerCase()),
      collapseSpace(prediction.toLowerCase()),
    ),
}

/** Molmo: lower-cased, nothing trimmed, the lengths those of the raw strings, exactly 0.5 lost. */
export const anlsOfMolmo: AnlsRule = {
  keepsHalf: false,
  likeness: (reference, prediction) =>
    likenessOver(longer(reference, prediction), reference.toLowerCase(), prediction.toLowerCase()),
}

/** pix2struct: as Molmo, with the lengths of the lower-cased strings. */
export const anlsOfPix2struct: AnlsRule = {
  keepsHalf: false,
  likeness(reference, prediction) {
    const [a, b] = [reference.toLowerCase(), prediction.toLowerCase()]
    return likenessOver(longer(a, b), a, b)
  },
}

/** MMF's ST-VQA: lower-cased and trimmed, exactly 0.5 kept. */
export const anlsOfMmf: AnlsRule = {
  keepsHalf: true,
  likeness(reference, prediction) {
    const [a, b] = [strip(reference.toLowerCase()), strip(prediction.toLowerCase())]
    return likenessOver(longer(a, b), a, b)
  },
}

/** The ANLS of one question in [0, 1]: the best likeness over the references, 0 when it is below one half. */
export function anlsScore(rule: AnlsRule, references: readonly string[], prediction: string): number {
  return thresholded(rule, bestLikeness(rule, references, prediction).likeness)
}

/** ANLS as a scorer; the whole response is the answer. */
export function anls(rule: AnlsRule, clean: (response: string) => string = (response) => response): Scorer<string[]> {
  return {
    extract: (response) => clean(response),
    score(answer, question) {
      const { likeness, reference } = bestLikeness(rule, goldOf(question), answer)
      const value = thresholded(rule, likeness)
      const verdict = value > 0 ? `counts as ${value.toFixed(4)}` : 'too little, counts as 0'
      return { value, steps: [`nearest gold answer “${reference}”: likeness ${likeness.toFixed(4)}, ${verdict}`] }
    },
  }
}

/** Two empty strings count as equal; the other tools divide by zero. */
function likenessOver(length: number, a: string, b: string): number {
  return length === 0 ? 1 : 1 - levenshtein(a, b) / length
}

function longer(a: string, b: string): number {
  return Math.max(lengthInCodePoints(a), lengthInCodePoints(b))
}

function bestLikeness(rule: AnlsRule, references: readonly string[], prediction: string) {
  let best = { likeness: 0, reference: references[0] ?? '' }
  for (const reference of references) {
    const likeness = rule.likeness(reference, prediction)
    if (likeness > best.likeness) best = { likeness, reference }
  }
  return best
}

function thresholded({ keepsHalf }: AnlsRule, likeness: number): number {
  return likeness > 0.5 || (keepsHalf && likeness === 0.5) ? likeness : 0
}
