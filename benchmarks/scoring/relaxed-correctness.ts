import { parseFloatLikePython } from './text/python-number.ts'
import { strip, stripEnd } from './text/python-text.ts'
import { goldOf, type Scorer } from './scorer.ts'

/** The number a chart answer stands for, `45%` being 0.45; null when it is not a number. Rule: ChartQA, as pix2struct has it. */
export function relaxedNumber(text: string): number | null {
  if (!text.endsWith('%')) return parseFloatLikePython(text)
  const percent = parseFloatLikePython(stripEnd(text, '%'))
  return percent === null ? null : percent / 100
}

/**
 * Whether a prediction matches one target: numbers within 5% of the target, years included, anything else equal but for
 * case. Plain doubles without an epsilon, so 0.63 misses 0.6. Rule: Methani et al. 2020, as ChartQA and pix2struct apply it.
 */
export function isRelaxedMatch(target: string, prediction: string): boolean {
  return compare(target, prediction, relaxedNumber(prediction)).matches
}

/**
 * Relaxed correctness against the best of several targets. `trim` removes white space around the prediction first;
 * `firstTargetOnly` ignores further targets, as lmms-eval does; `clean` rewrites the response before anything else.
 */
export function relaxedCorrectness(options: {
  trim: boolean
  firstTargetOnly?: boolean
  clean?: (response: string) => string
}): Scorer<string[]> {
  return {
    extract(response) {
      const cleaned = options.clean ? options.clean(response) : response
      return options.trim ? strip(cleaned) : cleaned
    },
    score(answer, question) {
      const gold = goldOf(question)
      const targets = options.firstTargetOnly ? gold.slice(0, 1) : gold
      const number = relaxedNumber(answer)
      const steps: string[] = []
      for (const target of targets) {
        const { matches, step } = compare(target, answer, number)
        steps.push(`${step} → ${matches ? 'right' : 'wrong'}`)
        if (matches) return { value: 1, steps }
      }
      return { value: 0, steps }
    },
  }
}

function compare(target: string, prediction: string, predicted: number | null): { matches: boolean; step: string } {
  const wanted = relaxedNumber(target)
  if (predicted !== null && wanted !== null && wanted !== 0) {
    const error = Math.abs(predicted - wanted) / Math.abs(wanted)
    const matches = error <= 0.05
    const relation = matches ? '≤' : Number.isNaN(error) ? 'is not ≤' : '>'
    return { matches, step: `|${prediction} − ${target}| / |${target}| = ${shown(error)} ${relation} 0.05` }
  }
  const matches = prediction.toLowerCase() === target.toLowerCase()
  return { matches, step: `“${prediction}” ${matches ? 'equals' : 'is not'} “${target}”, letter case aside` }
}

/** Four decimals, or all of them where rounding would hide on which side of 0.05 the error lies. */
function shown(error: number): string {
  const short = Math.round(error * 1e4) / 1e4
  return String(short <= 0.05 === error <= 0.05 ? short : error)
}
