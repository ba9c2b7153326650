import type { Context } from '#server/core/context.ts'
import { notFound } from '#server/core/problem.ts'
import { quantile } from '#server/ratings/chance/distributions.ts'
import { raterRules } from '#server/ratings/evidence/study-raters.ts'
import { getStoredStudy, type StoredStudy } from '#server/studies/service.ts'
import { readFigures, type StudyFigures } from './read-figures.ts'
import { readPeople, type StudyPerson } from './read-people.ts'
import { readTraining } from '#server/battles/training/results.ts'
import type { TrainingFigure } from '#server/battles/training/schema.ts'
import { exclusionAlarm, gateAlarms, proposalWords, trainingWords } from './rater-words.ts'
import type { Cohort, RaterList, RaterQuery, RaterSort, StudyRater } from './schema.ts'

const ratersAPage = 200

/** The raters of a study with what their votes look like, a page of them. Throws not-found and too-slow. */
export async function listRaters(ctx: Context, slug: string, { show, sort, page }: RaterQuery): Promise<RaterList> {
  const { raters, figures } = await readAll(ctx, slug)
  const shown = raters.filter((one) => show === 'all' || isIn(one, show)).sort(inOrder[sort])
  const pages = Math.max(1, Math.ceil(shown.length / ratersAPage))
  return {
    raters: shown.slice((page - 1) * ratersAPage, page * ratersAPage),
    total: shown.length,
    page,
    pages,
    proposed: raters.filter((one) => isIn(one, 'proposed')).length,
    excluded: raters.filter((one) => isIn(one, 'excluded')).length,
    hastyBelow: figures.hastyBelow,
    leastVotes: raterRules.leastVotes,
    agreement: figures.agreement,
    alarms: alarmsOf(raters, figures),
    cohorts: cohortsOf(raters),
  }
}

/** All raters of a study, unpaged, in the order in which they joined. Throws not-found and too-slow. */
export async function listAllRaters(ctx: Context, slug: string): Promise<StudyRater[]> {
  return (await readAll(ctx, slug)).raters
}

/** One rater as the list has them, and below how many seconds a card was hasty. Throws not-found and too-slow. */
export async function getRater(ctx: Context, slug: string, id: string) {
  const { raters, figures, study } = await readAll(ctx, slug)
  const rater = raters.find((one) => one.id === id)
  if (!rater) throw notFound('There is no such rater in this study')
  return { rater, study, hastyBelow: figures.hastyBelow }
}

async function readAll(ctx: Context, slug: string) {
  const study = await getStoredStudy(ctx, slug)
  const figures = await readFigures(ctx, study.id)
  const people = await readPeople(ctx, study)
  const training = await readTraining(ctx, study)
  const raters = people.map((person) => asRater(study, person, figures, training.get(person.id) ?? untrained))
  return { study, figures, raters }
}

const none = { count: 0, of: 0 }
const untrained: TrainingFigure = { state: 'none', rounds: 0, ...none }

function asRater(study: StoredStudy, person: StudyPerson, told: StudyFigures, training: TrainingFigure): StudyRater {
  const { id, number, cohort, votes, counted, unsure, reports } = person
  const figures = told.figures.get(id)
  const judged = figures?.judged ?? null
  const excluded = person.excludedAt !== null
  const reasons = [...(judged?.flagged ? proposalWords(figures!, told) : []), ...trainingWords(training, study, votes)]
  return {
    ...{ id, number, cohort, votes, counted, unsure, reports },
    joinedAt: person.joinedAt.toISOString(),
    lastVoteAt: person.lastVoteAt?.toISOString() ?? null,
    state: excluded ? 'excluded' : study.status === 'closed' || person.sawAll ? 'finished' : 'active',
    medianSeconds: known(figures?.medianSeconds),
    hasty: figures?.hasty ?? none,
    left: figures?.left ?? none,
    leftP: figures && figures.left.of > 0 ? figures.leftP : null,
    ties: figures?.ties ?? none,
    longer: figures?.longer ?? none,
    agreement: figures?.agreement ?? none,
    gold: told.gold.get(id) ?? none,
    training,
    repeats: { count: person.sameAgain, of: person.repeats },
    test: judged && { reason: judged.reason, z: known(judged.z), pValue: judged.pValue },
    proposal: reasons.length > 0 && !excluded ? reasons : null,
    exclusion: excluded
      ? { at: person.excludedAt!.toISOString(), by: person.excludedBy, reason: person.reason!, note: person.note ?? '' }
      : null,
  }
}

const known = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? null : value)

function isIn({ proposal, state }: StudyRater, group: 'proposed' | 'excluded'): boolean {
  return group === 'proposed' ? proposal !== null : state === 'excluded'
}

const shareOf = ({ count, of }: { count: number; of: number }) => (of === 0 ? null : count / of)
/** Compares by a value, those without it last, then by number. */
const by = (value: (rater: StudyRater) => number | null) => (one: StudyRater, other: StudyRater) =>
  (value(one) ?? Infinity) - (value(other) ?? Infinity) || one.number - other.number
const negative = (value: number | null) => (value === null ? null : -value)

/** Those first who stand out most. */
const inOrder: Record<RaterSort, (one: StudyRater, other: StudyRater) => number> = {
  test: by(({ test, proposal }) => (proposal ? -1 : 0) + (test?.pValue ?? 2)),
  number: by(({ number }) => number),
  votes: by(({ votes }) => -votes),
  seconds: by(({ medianSeconds }) => medianSeconds),
  hasty: by(({ hasty }) => negative(shareOf(hasty))),
  left: by(({ left }) => negative(left.of === 0 ? null : Math.abs(left.count / left.of - 0.5))),
  ties: by(({ ties }) => negative(shareOf(ties))),
  agreement: by(({ agreement }) => shareOf(agreement)),
  gold: by(({ gold }) => shareOf(gold)),
  training: by(({ training }) => shareOf(training)),
  reports: by(({ reports }) => -reports),
}

function alarmsOf(raters: StudyRater[], { gates }: StudyFigures): string[] {
  const votes = (of: StudyRater[]) => of.reduce((sum, one) => sum + one.votes, 0)
  const excluded = raters.filter((one) => isIn(one, 'excluded'))
  const share = exclusionAlarm(votes(excluded), votes(raters), { planned: false })
  return [...gateAlarms(gates), ...(share === null ? [] : [share])]
}

/** One line each for the people of one cohort of invite links. */
function cohortsOf(raters: StudyRater[]): Cohort[] {
  return [...Map.groupBy(raters, ({ cohort }) => cohort)]
    .map(([cohort, own]) => {
      const sum = (value: (one: StudyRater) => number) => own.reduce((all, one) => all + value(one), 0)
      const seconds = own.flatMap(({ medianSeconds }) => medianSeconds ?? [])
      return {
        cohort,
        raters: own.length,
        votes: sum(({ votes }) => votes),
        counted: sum(({ counted }) => counted),
        medianSeconds: known(quantile(Float64Array.from(seconds).sort(), 0.5)),
        proposed: own.filter((one) => isIn(one, 'proposed')).length,
        excluded: own.filter((one) => isIn(one, 'excluded')).length,
      }
    })
    .sort((one, other) => other.votes - one.votes || (one.cohort < other.cohort ? -1 : 1))
}
