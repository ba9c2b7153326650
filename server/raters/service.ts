import { enrolments, raters } from '#drizzle/schema/raters.ts'
import { studies } from '#drizzle/schema/studies.ts'
import {
  createPerson,
  findFormerRater,
  findPerson,
  openSession,
  recordAudit,
  type SignedInPerson,
} from '../accounts/service.ts'
import type { Me } from '../accounts/schema.ts'
import { findTeam, getTeam } from '../accounts/teams/teams.ts'
import { asSystem, type Context } from '../core/context.ts'
import { teamOf } from '../core/policy.ts'
import { flag, orNull, rowsOf, whole } from '../core/postgres/rows.ts'
import { defineProblem, notAllowed, notFound, signInNeeded } from '../core/problem.ts'
import { inTransaction } from '../core/transaction.ts'
import type { LinkOffer, OfferedStudy } from '../links/schema.ts'
import { bindLink, createReturnLink } from '../links/personal-links.ts'
import { linkUnknown, readLink, returnLink, takeLink, type UsedLink } from '../links/service.ts'
import { shownTexts, toldFacts } from '../studies/default-texts.ts'
import { isExcluded } from './exclusions.ts'
import { isUntrained } from './qualification.ts'
import { getStoredStudyById, getStoredStudy, studyOver, studyPaused, type StoredStudy } from '../studies/service.ts'

export const consentNeeded = defineProblem('consent-needed', 403, 'Agree to the study’s conditions first')
export const notEnrolled = defineProblem('not-enrolled', 403, 'This account does not belong to the study')
export const operatorsTry = defineProblem(
  'operators-try',
  409,
  'Whoever runs the arena tries a study, and rates in none',
)
export const linkPersonal = defineProblem('link-personal', 409, 'This link is for one rater')
const raterExcluded = defineProblem('rater-excluded', 403, 'Your work in this study is done')
export const trainingNeeded = defineProblem('training-needed', 403, 'The training comes first')
const raterPaused = defineProblem('rater-paused', 403, 'Rating is paused for this account')

/** What a link offers this browser, told before it is used; `lastToken` is that of its last session. Throws link-unknown or link-spent. */
export async function describeLink(ctx: Context, code: string, lastToken?: string): Promise<LinkOffer> {
  const link = await readLink(ctx, code)
  const study = link.studyId ? await getStoredStudyById(ctx, link.studyId) : null
  const owner = ownerOf(link)
  return {
    role: link.role,
    study: study && offered(study),
    team: link.teamId ? { name: (await teamOfLink(ctx, link.teamId)).name } : null,
    asksName: link.personId === null && link.studyId === null,
    expiresAt: link.expiresAt,
    returning: ctx.actor.kind !== 'person' && !owner && (await findReturning(ctx, study, lastToken)) !== undefined,
    personal: link.kind !== 'shared',
    known: study !== null && owner !== null && (await hasAgreed(ctx, study, owner)),
    signedIn: whoIsHere(ctx, owner, study),
  }
}

/** What people are told of a study before they agree to rate in it. */
export function offered(study: StoredStudy): OfferedStudy {
  const { slug, name, language, sessionGoal } = study
  return { slug, name, language, sessionGoal, ...shownTexts(study), ...toldFacts(study) }
}

/** The rater whom a link of the kinds that belong to one person leads to; null while nobody has opened it. */
const ownerOf = ({ kind, personId }: UsedLink) => (kind === 'shared' ? null : personId)

function whoIsHere({ actor }: Context, owner: string | null, study: StoredStudy | null): LinkOffer['signedIn'] {
  if (actor.kind !== 'person') return 'nobody'
  if (actor.role !== 'rater') return study && !study.sample && actor.role === 'admin' ? 'operator' : 'staff'
  return actor.personId === owner ? 'owner' : 'rater'
}

/** Whether a person belongs to the study and agreed to what it says today. */
export async function hasAgreed(ctx: Context, study: StoredStudy, personId: string): Promise<boolean> {
  const found = await findEnrolment(ctx, study.slug, personId)
  return found !== undefined && (found.consented || !study.consent)
}

/** The team of a link: whoever holds the link may know its name. */
function teamOfLink(ctx: Context, teamId: string) {
  return getTeam(asSystem(ctx), teamId)
}

/** The rater of the study whose session in this browser is over. */
async function findReturning(
  ctx: Context,
  study: StoredStudy | null,
  lastToken: string | undefined,
): Promise<SignedInPerson | undefined> {
  if (!study || lastToken === undefined) return undefined
  const former = await findFormerRater(ctx, lastToken)
  return former && (await findEnrolment(ctx, study.slug, former.personId)) ? former : undefined
}

interface Joined {
  /** The new session's token, for the cookie; stored nowhere. */
  token: string
  person: SignedInPerson
  goTo: string
  /** The address at which somebody new to a study is found again, told this once; null for everybody else. */
  returnAddress: string | null
}

interface Visit {
  consent: boolean
  returning?: boolean
  somebodyElse?: boolean
  name?: string | undefined
}

/** What opened the last session of this browser, and where people reach the pages; without that no return address is made. */
interface Browser {
  lastToken?: string | undefined
  origin?: string
}

/**
 * Uses a link: makes or finds the person, enrols them in the link's study and opens a session, all or nothing. Whoever is
 * signed in already joins as themselves, unless `somebodyElse` does; with `returning` the rater of this browser's last
 * session goes on as themselves. A link of one rater lets that rater in, whoever was signed in before, also once the study
 * has closed. A person who is in the study already uses nothing up. Throws link-unknown, link-spent, consent-needed,
 * study-over, link-personal or operators-try.
 */
export async function redeemLink(ctx: Context, code: string, visit: Visit, browser: Browser = {}): Promise<Joined> {
  return inTransaction(ctx, async (ctx) => {
    const link = await takeLink(ctx, code)
    const study = link.studyId ? await getStoredStudyById(ctx, link.studyId) : null
    const owner = ownerOf(link)
    const settled = study !== null && owner !== null && (await hasAgreed(ctx, study, owner))
    if (study && !study.sample && link.kind === 'shared' && isOperator(ctx)) throw operatorsTry(tryInstead)
    if (study?.consent && !visit.consent && !settled) throw consentNeeded()
    if (study?.status === 'closed' && !settled) throw studyOver('It takes no more raters')
    const person = link.teamId
      ? await memberOf(ctx, link.teamId, visit.name)
      : await personOf(ctx, link, visit, study, browser)
    if (link.kind !== 'shared') await bindLink(ctx, link.id, person.personId)
    const isNew =
      study && !settled
        ? await enrol(ctx, study, person.personId, link.cohort)
        : link.teamId === null || !isActor(ctx, person)
    if (!isNew) await returnLink(ctx, link.id)
    const token = await openSession(ctx, person.personId, link.kind === 'shared' ? null : link.id)
    await recordAudit({ ...ctx, actor: { kind: 'person', ...person } }, 'link.redeemed', `link:${link.id}`, {
      role: link.role,
    })
    const found = study && isNew && link.kind === 'shared' && person.role === 'rater' && browser.origin
    const address = found
      ? await createReturnLink(ctx, { studyId: study.id, personId: person.personId }, found, { instead: false })
      : null
    return {
      ...{ token, person },
      goTo: study ? `/rate/${study.slug}` : link.teamId ? '/endpoints' : '/',
      returnAddress: address && address.url,
    }
  })
}

const tryInstead = 'Press “Try it yourself” on its page, or open the link in a private window to come as a rater'

const isOperator = ({ actor }: Context) => actor.kind === 'person' && actor.role === 'admin'

/** Whoever asks, when they are of the team already; else somebody new of it. */
async function memberOf(ctx: Context, teamId: string, name: string | undefined): Promise<SignedInPerson> {
  if (ctx.actor.kind === 'person' && ctx.actor.teamId === teamId) return ctx.actor
  return createPerson(ctx, 'team', name ?? `Somebody of ${(await teamOfLink(ctx, teamId)).name}`, teamId)
}

function isActor({ actor }: Context, { personId }: SignedInPerson): boolean {
  return actor.kind === 'person' && actor.personId === personId
}

/** The link's own person, else whoever is signed in, else who returns, else somebody new. */
async function personOf(
  ctx: Context,
  link: UsedLink,
  { returning, somebodyElse, name }: Visit,
  study: StoredStudy | null,
  { lastToken }: Browser,
): Promise<SignedInPerson> {
  const { actor } = ctx
  if (link.personId) {
    const known = await findPerson(ctx, link.personId)
    if (!known) throw linkUnknown('The account it belongs to has been closed')
    return known
  }
  if (link.kind !== 'shared' && actor.kind === 'person' && actor.role !== 'rater')
    throw linkPersonal('You are signed in as one of those who run the arena. Open it in a private window to try it')
  // Whoever is signed in keeps their account: a link that gives a role makes another one.
  if (!study) return createPerson(ctx, link.role, name ?? (link.role === 'admin' ? 'Admin' : 'Researcher'))
  if (actor.kind === 'person' && !(somebodyElse && actor.role === 'rater')) return actor
  return (returning && (await findReturning(ctx, study, lastToken))) || createPerson(ctx, link.role, 'Rater')
}

/** Enrols a person who agreed to the study's present conditions. Returns whether they are new to it. */
export async function enrol(ctx: Context, study: StoredStudy, personId: string, cohort: string): Promise<boolean> {
  const [rater] = await rowsOf(ctx, { id: raters.id })`
    insert into raters (person_id) values (${personId})
    on conflict (person_id) do update set person_id = excluded.person_id returning id`
  const [row] = await rowsOf(ctx, { added: flag })`
    insert into enrolments (study_id, rater_id, cohort, consent_version, consented_at)
    values (${study.id}, ${rater!.id}, ${cohort}, ${study.consentVersion}, now())
    on conflict (study_id, rater_id) do update set consent_version = excluded.consent_version, consented_at = now()
    returning xmax = 0 as added`
  return row!.added
}

/** The person who asks, the open studies they may rate in, and those of theirs that are over; whoever runs the arena may try its sample studies. */
export async function readMe(ctx: Context): Promise<Omit<Me, 'language'>> {
  const { actor } = ctx
  if (actor.kind !== 'person')
    return {
      ...{ person: null, studies: [], over: [], blindIn: null },
      takenBack: actor.kind === 'anonymous' && actor.takenBack === true,
    }
  const maySample = actor.role !== 'rater'
  const mine = await rowsOf(ctx, {
    ...{ slug: studies.slug, name: studies.name, language: studies.language, status: studies.status, consented: flag },
  })`
    select s.slug, s.name, s.language, s.status, coalesce(e.consent_version = s.consent_version, false) as consented
    from studies s
    left join (enrolments e join raters r on r.id = e.rater_id and r.person_id = ${actor.personId}) on e.study_id = s.id
    where s.status = 'open' and e.paused_at is null and (e.rater_id is not null or (s.sample and ${maySample}))
      or s.status = 'closed' and e.rater_id is not null
    order by e.created_at desc nulls last, s.slug`
  const team = actor.teamId === null ? undefined : await findTeam(ctx, actor.teamId)
  const person = {
    id: actor.personId,
    name: actor.name,
    role: actor.role,
    team: team ? { id: team.id, name: team.name } : null,
  }
  return {
    person,
    studies: mine.flatMap(({ status, ...study }) => (status === 'open' ? study : [])),
    over: mine.flatMap(({ status, slug, name, language }) => (status === 'closed' ? { slug, name, language } : [])),
    blindIn: (await findBlindStudy(ctx)) ?? null,
    takenBack: false,
  }
}

export interface Enrolment {
  raterId: string
  study: StoredStudy
  /** The rater's votes before the sitting for which a panel sent them; null for everybody else. */
  sittingFrom: number | null
  /** The team whose own models this rater never judges; null for everybody who is of no team. */
  teamId: string | null
}

/**
 * The enrolment under which the person who asks may rate now. Throws training-needed, and what requireTrainee throws.
 */
export async function requireEnrolment(ctx: Context, slug: string): Promise<Enrolment> {
  const { untrained, ...enrolment } = await requireTrainee(ctx, slug)
  if (untrained)
    throw trainingNeeded('Its items are like those that follow, and you are told of each what was expected')
  return enrolment
}

/** What requireTrainee throws. */
export const traineeProblems = [
  ...[notFound, notAllowed, notEnrolled, consentNeeded],
  ...[raterExcluded, raterPaused, studyOver, studyPaused],
]

/** As an enrolment, whether or not the study's training was passed; `untrained`: it must be before real cards. */
interface Trainee extends Enrolment {
  untrained: boolean
}

/**
 * The enrolment under which the person who asks may be trained or rate now. Whoever runs the arena may try a sample study
 * without an invitation. Throws not-enrolled, rater-excluded, rater-paused, consent-needed, study-paused or study-over.
 */
export async function requireTrainee(ctx: Context, slug: string): Promise<Trainee> {
  const { actor } = ctx
  if (actor.kind !== 'person') throw signInNeeded()
  const [study, found] = await Promise.all([getStoredStudy(ctx, slug), findEnrolment(ctx, slug, actor.personId)])
  if (study.status === 'closed') throw studyOver('Thank you for your votes')
  if (study.status === 'draft') throw notAllowed('The study has not begun')
  if (study.paused) throw studyPaused('Your votes are kept, and it goes on later')
  if (!found && study.sample && actor.role !== 'rater') {
    await enrol(ctx, study, actor.personId, 'staff')
    return requireTrainee(ctx, slug)
  }
  if (!study.sample && isOperator(ctx)) throw notEnrolled(tryInstead)
  if (!found) throw notEnrolled('Open its invite link again')
  if (found.excluded)
    throw raterExcluded('Thank you. Nothing more is asked of you; a vote sent later is kept, but does not count')
  if (found.paused) throw raterPaused()
  if (study.consent && !found.consented) throw consentNeeded('They have changed; open the invite link again')
  return {
    ...{ raterId: found.raterId, study, sittingFrom: found.sittingFrom, untrained: found.untrained },
    teamId: teamOf(actor),
  }
}

/** The place in a study of whoever asks, whatever the state of both. Throws not-found and not-enrolled. */
export async function requireMembership(ctx: Context, slug: string): Promise<{ raterId: string; study: StoredStudy }> {
  const { actor } = ctx
  if (actor.kind !== 'person') throw signInNeeded()
  const [study, found] = await Promise.all([getStoredStudy(ctx, slug), findEnrolment(ctx, slug, actor.personId)])
  if (!found) throw notEnrolled('Open its invite link again')
  return { raterId: found.raterId, study }
}

/** Someone who agreed to earlier conditions has not consented to the present ones. */
async function findEnrolment(ctx: Context, slug: string, personId: string) {
  const [row] = await rowsOf(ctx, {
    raterId: raters.id,
    excluded: flag,
    paused: flag,
    consented: flag,
    untrained: flag,
    sittingFrom: orNull(whole),
  })`
    select r.id as "raterId", ${isExcluded(ctx, ctx.sql`e`)} as excluded, e.paused_at is not null as paused,
      coalesce(e.consent_version = s.consent_version, false) as consented,
      ${isUntrained(ctx, ctx.sql`e`)} as untrained, (
        select l.votes_before from panel_places l
        where l.rater_id = r.id and l.study_id = e.study_id order by l.arrived_at desc, l.id limit 1
      ) as "sittingFrom"
    from raters r join enrolments e on e.rater_id = r.id join studies s on s.id = e.study_id
    where r.person_id = ${personId} and s.slug = ${slug}`
  return row
}

/** People enrolled, by study id; studies without any are left out. */
export async function countRaters(ctx: Context, studyIds: string[]): Promise<Map<string, number>> {
  const rows = await rowsOf(ctx, { id: enrolments.studyId, raters: whole })`
    select study_id as id, count(*)::int as raters from enrolments
    where study_id = any(${studyIds}::uuid[]) group by 1`
  return new Map(rows.map(({ id, raters }) => [id, raters]))
}

/**
 * The name of an open study in which the person who asks has a place: they must not see names while they rate, whatever their
 * role and whether or not they are paused. A researcher or a team who was excluded from it sees them again, as their votes
 * count no more; sample studies blind raters alone.
 */
export async function findBlindStudy(ctx: Context): Promise<string | undefined> {
  const { actor } = ctx
  if (actor.kind !== 'person' || actor.role === 'admin') return undefined
  const always = actor.role === 'rater'
  const [study] = await rowsOf(ctx, { name: studies.name })`
    select s.name from raters r join enrolments e on e.rater_id = r.id join studies s on s.id = e.study_id
    where r.person_id = ${actor.personId} and s.status = 'open'
      and (${always} or not s.sample and not ${isExcluded(ctx, ctx.sql`e`)}) limit 1`
  return study?.name
}
