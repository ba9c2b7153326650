import { isYear, shareNamed, type Figure } from './page-text.ts'
import { termsOf, type Question } from '../question.ts'

/** An answer worked out from labelled figures, and where it comes from in words. */
export interface FigureAnswer {
  short: string
  because: string
}

const most = /\b(most|highest|largest|biggest|greatest|maximum|max|top|tallest|longest|leading|peak)\b/
const least = /\b(least|lowest|smallest|fewest|minimum|min|shortest|bottom)\b/
const over = /\b(more|greater|larger|higher|bigger|above|over|exceeds?|exceeded|at least|longer|taller)\b/
const under = /\b(less|fewer|smaller|lower|below|under|shorter|at most)\b/

/**
 * Works out the answer to a question from labelled figures: look-up, extremes, sums, differences, counts, comparisons;
 * null if it cannot.
 */
export function workOut(question: Question, figures: Figure[]): FigureAnswer | null {
  if (figures.length === 0) return null
  const ask = question.ask.toLowerCase()
  const named = figuresNamed(question, figures)
  const sorted = figures.toSorted((a, b) => b.value - a.value)
  if (question.kind === 'yes-no') return compare(ask, named)
  if (/\bhow many\b|\bnumber of\b/.test(ask)) {
    const counted = countBeyond(ask, figures)
    if (counted) return counted
  }
  if (/\bdifference\b|\bgap between\b|\bhow (much|many) (more|less|fewer)\b/.test(ask)) {
    const [a, b] = named.length >= 2 ? named : [sorted[0]!, sorted.at(-1)!]
    return { short: printed(Math.abs(a!.value - b!.value)), because: `${a!.text} and ${b!.text} differ by that` }
  }
  if (/\bratio\b/.test(ask) && named.length >= 2)
    return {
      short: printed(named[0]!.value / named[1]!.value),
      because: `${named[0]!.text} divided by ${named[1]!.text}`,
    }
  const part = named.length >= 2 ? named : figures
  const sum = part.reduce((total, { value }) => total + value, 0)
  if (/\b(average|mean)\b/.test(ask))
    return { short: printed(sum / part.length), because: `the mean of ${part.length} figures` }
  if (/\bmedian\b/.test(ask)) return { short: printed(medianOf(part)), because: `the middle of ${part.length} figures` }
  const totals = figures.filter(({ labels }) => labels.some((label) => /\btotal\b/i.test(label)))
  if (/\btotal\b/.test(ask) && totals.length === 1)
    return { short: totals[0]!.text, because: 'it is printed as the total' }
  if (
    /\b(sum|combined|together|altogether|in total|add up)\b/.test(ask) ||
    (/\btotal\b/.test(ask) && named.length !== 1)
  )
    return { short: printed(sum), because: `the sum of ${part.length} figures` }
  if (most.test(ask) || least.test(ask)) return extreme(ask, most.test(ask) ? sorted : sorted.toReversed())
  const byValue = figures.find(({ value }) => /^(which|what|who)\b/.test(ask) && termsOf(ask).includes(String(value)))
  if (byValue?.labels[0] && named.length === 0)
    return { short: byValue.labels[0], because: `it stands with ${byValue.text}` }
  if (named[0]) return { short: named[0].text, because: `it stands with “${named[0].labels[0]}”` }
  return null
}

/** Figures whose labels the question names, in the order of the question; the fuller the match, the surer. */
function figuresNamed(question: Question, figures: Figure[]): Figure[] {
  const scored = figures.map((figure) => {
    const shares = figure.labels.map((label) => shareNamed(label, question.terms))
    return { figure, score: shares.reduce((sum, share) => sum + (share > 0.45 ? share : 0), 0) }
  })
  const best = Math.max(...scored.map(({ score }) => score))
  const placeOf = ({ labels }: Figure) => {
    const places = labels.flatMap((label) => termsOf(label)).map((term) => question.ask.toLowerCase().indexOf(term))
    return Math.min(...places.filter((place) => place >= 0))
  }
  return scored
    .filter(({ score }) => score > 0 && score >= best - 0.01)
    .map(({ figure }) => figure)
    .sort((a, b) => placeOf(a) - placeOf(b))
}

function compare(ask: string, named: Figure[]): FigureAnswer | null {
  const limit = /\b(?:than|exceeds?|over|under|above|below|least|most|to)\s+[$€£]?(\d[\d,.]*)/.exec(ask)
  const [left, second] = named
  const right = limit ? Number(limit[1]!.replaceAll(',', '').replace(/\.$/, '')) : second?.value
  if (!left || right === undefined) return null
  const direction = over.test(ask)
    ? left.value > right
    : under.test(ask)
      ? left.value < right
      : /\b(equal|same|as)\b/.test(ask)
        ? left.value === right
        : null
  return direction === null
    ? null
    : { short: direction ? 'Yes' : 'No', because: `${left.text} against ${printed(right)}` }
}

function countBeyond(ask: string, figures: Figure[]): FigureAnswer | null {
  const limit = /(?:than|exceeds?|exceeded|over|under|above|below|least|most|of|to)\s+[$€£]?(\d[\d,.]*)/.exec(ask)
  if (!limit || !(over.test(ask) || under.test(ask))) return null
  const border = Number(limit[1]!.replaceAll(',', '').replace(/\.$/, ''))
  const inclusive = /at (least|most)/.test(ask)
  const matching = figures.filter(
    ({ value }) => (inclusive && value === border) || (over.test(ask) ? value > border : value < border),
  )
  return {
    short: String(matching.length),
    because: `of ${figures.length} figures, the ones ${over.test(ask) ? 'above' : 'below'} ${border}`,
  }
}

function extreme(ask: string, sorted: Figure[]): FigureAnswer {
  const figure = sorted[/\bsecond\b/.test(ask) ? 1 : /\bthird\b/.test(ask) ? 2 : 0] ?? sorted[0]!
  const wantsValue =
    /^(what|how) (is|was|are|were|much|many)\b.*\b(value|percentage|share|number|amount|price|score|figure|count|much|many|highest|lowest|maximum|minimum)\b/.test(
      ask,
    )
  const label = (/\byear\b/.test(ask) && figure.labels.find(isYear)) || figure.labels[0]
  return wantsValue || !label
    ? { short: figure.text, because: `it stands with “${label ?? 'no label'}”` }
    : { short: label, because: `its figure is ${figure.text}` }
}

function medianOf(figures: Figure[]): number {
  const values = figures.map(({ value }) => value).sort((a, b) => a - b)
  const half = values.length / 2
  return Number.isInteger(half) ? (values[half - 1]! + values[half]!) / 2 : values[Math.floor(half)]!
}

/** At most two decimals, none where they are zeros. */
function printed(value: number): string {
  return String(Number(value.toFixed(2)))
}
