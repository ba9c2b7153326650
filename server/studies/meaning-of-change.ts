import type { StudyChange } from './schema.ts'
import type { TrainingSettings } from './training-settings.ts'

/** A study as far as a change of it matters, with its models and the votes that count. */
export interface ChangedStudy extends TrainingSettings {
  status: 'draft' | 'open' | 'closed'
  models: number
  votes: number
  name: string
  pool: string
  licence: string
  pointsShown: boolean
  followUp: 'nothing' | 'strength' | 'reasons' | 'both'
  language: 'browser' | 'en' | 'es' | 'de'
  quotaPerPair: number
  sessionGoal: number
  goldShare: number
  drawing: 'even' | 'adaptive'
  overlapShare: number
  overlapRaters: number
  leaseSeconds: number
  leastCardSeconds: number
  guidelines: string
  consent: string
  contact: string
  pay: string
  sittingMinutes: number
}

/** What a change would mean for votes already given, for quotas and for raters, in sentences; none where nothing changes. */
export function meaningOfChange(study: ChangedStudy, change: StudyChange): string[] {
  const fields = Object.keys(meanings) as (keyof typeof meanings)[]
  const changed = fields.filter((field) => change[field] !== undefined && change[field] !== study[field])
  if (changed.length === 0) return []
  if (study.status === 'draft') return ['Nobody has been asked anything yet: nothing else changes.']
  const closed = study.status === 'closed' ? ['It is closed: what concerns rating holds once it is open again.'] : []
  return [...changed.map((field) => meanings[field](study, change)).filter(Boolean), ...closed]
}

const meanings = {
  name: (_study, { name }) => `Raters and readers see the name “${name}” from now on; the address stays.`,
  pool: () => 'It has begun, and its questions stay: the pool cannot be changed.',
  licence: (_study, { licence }) => `Votes are published under ${licence} from now on, those already given among them.`,
  pointsShown: ({ votes }, { pointsShown }) =>
    `Cards handed out from now on ${pointsShown ? 'draw points on the picture' : 'show points as text only'}. ${kept(votes)}, and each says how its card was shown; the board mixes both.`,
  followUp: ({ votes }, { followUp = 'nothing' }) =>
    `After a verdict for one answer raters are ${asks[followUp]} from now on. ${kept(votes)}, and the board counts all alike.`,
  language: (_study, { language = 'browser' }) =>
    `Raters who have not chosen a language read the buttons and notes of the pages ${inLanguage[language]} from now on. The study’s own texts stay as you wrote them.`,
  quotaPerPair: ({ models, votes, quotaPerPair }, { quotaPerPair: next = quotaPerPair }) => {
    const pairs = (models * (models - 1)) / 2
    return next > quotaPerPair
      ? `${pairs === 1 ? 'The one pair' : `Each of ${pairs} pairs`} takes ${next - quotaPerPair} votes more: ${pairs * (next - quotaPerPair)} in all. ${kept(votes)}.`
      : `A pair that has ${next} votes gets no more. ${kept(votes)}, also beyond the new quota.`
  },
  sessionGoal: (_study, { sessionGoal }) => `Raters are thanked after ${sessionGoal} battles. Nothing else changes.`,
  goldShare: (_study, { goldShare = 0 }) =>
    goldShare === 0
      ? 'No rater is given gold items any more; the verdicts on them stay.'
      : `${percent(goldShare)} of each rater’s cards are gold items from now on, as long as there are items that they have not seen; queries with a gold item are asked as gold only.`,
  trainingItems: (study, change) => {
    const { trainingItems = 0, trainingBar = study.trainingBar, trainingTries = study.trainingTries } = change
    if (trainingItems === 0)
      return 'Nobody is trained any more: whoever was in the middle of it or has failed goes on to real cards. Its results stay.'
    if (study.trainingItems > 0)
      return `Rounds begun from now on have ${trainingItems} items. Whoever has passed stays through.`
    return `Before real cards raters judge ${trainingItems} training items, ${trainingBar} of them right, in at most ${tries(trainingTries)}. ${trainedBefore[change.trainingFor ?? study.trainingFor]}`
  },
  trainingBar: (study, { trainingItems = study.trainingItems, trainingBar }) => {
    if (trainingItems === 0) return 'It holds once there is a training.'
    return study.trainingItems === 0
      ? ''
      : `Rounds begun from now on ask for ${trainingBar} right verdicts. Whoever has passed stays through, and is proposed in the list of raters where that was by less.`
  },
  trainingTries: (study, { trainingItems = study.trainingItems, trainingTries = 1 }) => {
    if (trainingItems === 0) return 'It holds once there is a training.'
    return study.trainingItems === 0
      ? ''
      : `Raters may try the training in ${tries(trainingTries)}: whoever has failed in fewer may go on, whoever has in as many is let in no more. Whoever has passed stays through.`
  },
  trainingFor: (study, { trainingItems = study.trainingItems, trainingFor = 'new' }) => {
    if (trainingItems === 0) return 'It holds once there is a training.'
    return study.trainingItems === 0 ? '' : trainedBefore[trainingFor]
  },
  drawing: (_study, { drawing }) =>
    drawing === 'adaptive'
      ? 'Pairs are drawn by what a vote on each is worth to the ratings from now on, up to the same quota; votes per pair become uneven until it is full. Every vote keeps the chance of its draw.'
      : 'The pair that has the fewest votes comes first from now on.',
  overlapShare: ({ overlapRaters: old }, { overlapShare = 0, overlapRaters = old }) =>
    overlapShare === 0
      ? 'No further battle is planned for several raters. Those that are planned go on.'
      : `${percent(overlapShare)} of the battles drawn from now on go to ${overlapRaters} raters each. All of their votes count, within the quotas.`,
  overlapRaters: (_study, { overlapRaters }) =>
    `Battles that are planned for several raters from now on go to ${overlapRaters}. Those that are planned stay as they are.`,
  leaseSeconds: (_study, { leaseSeconds }) =>
    `Cards are reserved for ${leaseSeconds} seconds from now on; those in raters' hands from their next renewal.`,
  leastCardSeconds: (_study, { leastCardSeconds }) =>
    `A card takes no verdict before it was in sight for ${leastCardSeconds} seconds. Votes given faster stay counted.`,
  guidelines: ({ votes }) =>
    `Raters see the new guidelines from their next card on. ${kept(votes)}, under the version that they were given under.`,
  consent: ({ votes }) => `Every rater must open an invite link and agree again before the next card. ${kept(votes)}.`,
  contact: () => 'Raters read the new contact from now on.',
  pay: () =>
    'Raters who join from now on read the new pay first, those who have joined under Guidelines. What was promised before is yours to keep.',
  sittingMinutes: () => 'Raters are told the new length of a sitting from now on. Nothing else changes.',
} satisfies Record<keyof StudyChange, (study: ChangedStudy, change: StudyChange) => string>

const trainedBefore = {
  new: 'Whoever joined before it was switched on rates without it.',
  everybody:
    'Whoever joined before it was switched on does it, too, before their next card. Cards in their hands and the votes they gave still count.',
}

const tries = (count: number) => (count === 1 ? 'one round' : `${count} rounds`)

const asks = {
  nothing: 'asked nothing more',
  strength: 'asked how much better it is',
  reasons: 'asked why, if they like to say',
  both: 'asked how much better it is and, if they like to say, why',
}

const inLanguage = { browser: 'as their browser asks', en: 'in English', es: 'in Spanish', de: 'in German' }

const percent = (share: number) => `${Number((100 * share).toFixed(1))} %`

function kept(votes: number): string {
  return votes === 0 ? 'No vote is given yet' : votes === 1 ? 'The one vote stays' : `The ${votes} votes stay`
}
