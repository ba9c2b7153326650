import type { TrainingFigure } from '#server/battles/training/schema.ts'
import { raterRules, type Gate, type RaterFigures } from '#server/ratings/evidence/study-raters.ts'
import type { RaterTest } from '#server/ratings/evidence/flag-raters.ts'

type Reason = RaterTest['reason']

const ruleNames: Record<Reason, string> = {
  side: 'The side',
  fit: 'What others prefer',
  model: 'One model',
  length: 'The length',
  speed: 'The speed',
  agreement: 'Agreement on shared items',
  gold: 'Gold items',
}

interface Told {
  hastyBelow: number
  agreement: number | null
  models: string[]
}

/** A further test is told of somebody proposed when its p-value, corrected for the number of tests, is no more than this. */
const clearAlone = 0.01

/** Why a rater is proposed to be excluded, the strongest reason first; every test that would be clear alone is told. */
export function proposalWords(figures: RaterFigures, told: Told): string[] {
  const { judged } = figures
  if (!judged?.flagged) return []
  const strong = judged.tests
    .filter((test) => test.reason === judged.reason || test.pValue * judged.tests.length <= clearAlone)
    .sort((one, other) => one.pValue - other.pValue)
  return strong.map((test) => `${testWords(test, figures, told)} ${chanceWords(test.pValue)}`)
}

function testWords({ reason, z, model }: RaterTest, figures: RaterFigures, told: Told): string {
  const { left, longer, hasty, agreement, gold } = figures
  switch (reason) {
    case 'side':
      return z > 0
        ? `Chose the left answer in ${part(left)} decided verdicts.`
        : `Chose the right answer in ${part({ count: left.of - left.count, of: left.of })} decided verdicts.`
    case 'length':
      return z > 0
        ? `Chose the longer answer in ${part(longer)} decided verdicts, beyond the others.`
        : `Chose the shorter answer in ${part({ count: longer.of - longer.count, of: longer.of })} decided verdicts, beyond the others.`
    case 'speed':
      return `Took less than ${told.hastyBelow.toFixed(1)} seconds on ${part(hasty)} cards.`
    case 'agreement':
      return `Agrees with the others on ${part(agreement)} items that several judged; all together do on ${percent(told.agreement ?? 0)}.`
    case 'gold':
      return `Judged ${part(gold)} gold items right; whoever looks judges ${percent(raterRules.goldAccuracy)} right.`
    case 'fit':
      return 'Prefers what the others prefer too seldom.'
    case 'model':
      return `${z > 0 ? 'Favours' : 'Marks down'} ${told.models[model ?? -1] ?? 'one model'} beyond the others.`
  }
}

const percent = (share: number) => `${Math.round(share * 100)} %`
const part = ({ count, of }: { count: number; of: number }) => `${percent(count / of)} of ${of}`

function chanceWords(pValue: number): string {
  if (pValue < 1e-9) return 'By chance alone that happens less than once in a billion.'
  return `By chance alone that happens about once in ${Number((1 / pValue).toPrecision(2)).toLocaleString('en-US')}.`
}

interface Bar {
  trainingItems: number
  trainingBar: number
}

/**
 * Why the training speaks against somebody who has given votes: they failed it after that, or passed by a lower bar than
 * the one that holds now.
 */
export function trainingWords(
  { state, count, of }: TrainingFigure,
  { trainingItems, trainingBar }: Bar,
  votes: number,
): string[] {
  if (votes === 0 || trainingItems === 0 || of === 0) return []
  if (state === 'failed') return [`Failed the training: judged ${count} of ${of} items right in the last round.`]
  return state === 'passed' && count / of < trainingBar / trainingItems
    ? [`Passed the training with ${count} of ${of} items right; it asks for ${trainingBar} of ${trainingItems} now.`]
    : []
}

/** What the rules propose beyond what is to be expected. */
export function gateAlarms(gates: Gate[]): string[] {
  return gates
    .filter(({ alarm }) => alarm)
    .map(({ reason, proposed, judged, expected }) => {
      const who = reason === null ? 'The rules together propose' : `${ruleNames[reason]}: this rule alone proposes`
      return `${who} ${proposed} of ${judged} raters, more than the ${percent(expected)} that are careless in most studies. Look at the study, its guidelines and the page before you exclude anybody: when this many stand out, the rule may be at fault.`
    })
}

/**
 * Said where the votes left out by decision, or that would be once one is made (`planned`), are more than careless people
 * give in most studies; else null.
 */
export function exclusionAlarm(excluded: number, all: number, { planned }: { planned: boolean }): string | null {
  const expected = raterRules.expectedByAll
  if (all === 0 || excluded / all <= expected) return null
  return `${percent(excluded / all)} of all votes are ${planned ? 'then ' : ''}left out by decision, more than the ${percent(expected)} that careless people give in most studies. Be sure that what you leave out is careless and not another opinion.`
}
