import { cleanUpForEvaluation } from '../text/molmo-clean-up.ts'
import { strip } from '../text/python-text.ts'
import { goldOf, type Scorer } from '../scorer.ts'
import { flatten, lmmsEvalDialect, normaliseLowered, normaliseVqa, vlmevalkitDialect } from './normaliser.ts'

/** What a rule compares: the processed prediction and references, and whether they were normalised. */
interface VqaComparison {
  prediction: string
  references: string[]
  normalised: boolean
}

/** One published reading of VQA accuracy: how texts are processed, and what k agreeing annotators of n are worth. */
export interface VqaRule {
  process(prediction: string, references: readonly string[]): VqaComparison
  worth(agreeing: number, annotators: number): number
}

/**
 * VQA v2's own evaluation: texts are normalised only when the annotators disagree. When all ten gave one string, the
 * comparison is exact and case-sensitive. Rule: Antol et al. 2015, Goyal et al. 2017.
 */
export const vqaOfficial: VqaRule = {
  process(prediction, references) {
    const flat = references.map(flatten)
    const flatPrediction = flatten(prediction)
    if (flat.every((reference) => reference === flat[0]))
      return { prediction: flatPrediction, references: flat, normalised: false }
    return {
      prediction: normaliseVqa(flatPrediction),
      references: flat.map((reference) => normaliseVqa(reference)),
      normalised: true,
    }
  },
  worth: leaveOneOut,
}

/** TextVQA's M4C evaluation: commas and question marks deleted, `'s` split off, always normalised. Rule: Singh et al. 2019. */
export const vqaM4c = alwaysNormalised((text) => {
  const split = text.toLowerCase().replace(/[,?]/g, '').replaceAll("'s", " 's")
  return normaliseVqa(flatten(strip(split)))
})

/** lmms-eval's VQA v2: as official, but always normalised, and `1,,000` counts as a number with commas. */
export const vqaOfLmmsEval = alwaysNormalised((text) => normaliseVqa(flatten(text), lmmsEvalDialect))

/** VLMEvalKit's TextVQA: as lmms-eval, but a full stop beside a digit stays. */
export const vqaOfVlmevalkit = alwaysNormalised((text) => normaliseVqa(flatten(text), vlmevalkitDialect))

/** Molmo's local rule: always normalised, and three agreeing annotators are worth a full point. */
export const vqaOfMolmo: VqaRule = {
  ...alwaysNormalised(normaliseLowered),
  worth: (agreeing) => Math.min(1, agreeing / 3),
}

/** VQA accuracy as a scorer; the gold answers are those of all annotators, repeats included. */
export function vqaAccuracy(rule: VqaRule, clean: (response: string) => string = flatten): Scorer<string[]> {
  return {
    extract: (response) => clean(response),
    score(answer, question) {
      const { prediction, references, normalised } = rule.process(answer, goldOf(question))
      const agreeing = references.filter((reference) => reference === prediction).length
      const value = rule.worth(agreeing, references.length)
      const read = normalised
        ? `read as “${prediction}”`
        : `all annotators agree, so “${prediction}” is compared as it stands`
      return { value, steps: [read, `${agreeing} of ${references.length} annotators said so → ${value.toFixed(2)}`] }
    },
  }
}

/** Molmo's rule with its clean-up of the response before it. */
export const molmoVqaAccuracy = vqaAccuracy(vqaOfMolmo, cleanUpForEvaluation)

/**
 * The mean over annotators of min(1, agreeing others / 3). With ten annotators: 0, 0.3, 0.6, 0.9, then 1.
 */
function leaveOneOut(agreeing: number, annotators: number): number {
  if (annotators === 0) return 0
  const seenByAgreeing = Math.min(3, Math.max(0, agreeing - 1))
  const seenByOthers = Math.min(3, agreeing)
  return (agreeing * seenByAgreeing + (annotators - agreeing) * seenByOthers) / (3 * annotators)
}

function alwaysNormalised(normalise: (text: string) => string): VqaRule {
  return {
    process: (prediction, references) => ({
      prediction: normalise(prediction),
      references: references.map(normalise),
      normalised: true,
    }),
    worth: leaveOneOut,
  }
}
