import { enrolments, panelPlaces, panels, raters } from '#drizzle/schema/raters.ts'
import { createPerson, findPerson, openSession, recordAudit, type SignedInPerson } from '#server/accounts/service.ts'
import { hashOf } from '#server/accounts/tokens.ts'
import type { Context } from '#server/core/context.ts'
import { flag, rowsOf, whole, type RowOf } from '#server/core/postgres/rows.ts'
import { defineProblem, notFound } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { getStoredStudyById, studyOver, type StoredStudy } from '#server/studies/service.ts'
import { consentNeeded, enrol, hasAgreed, offered } from '../service.ts'
import type { PanelArrival, PanelExit, PanelOffer } from './schema.ts'

export const panelUnknown = defineProblem('panel-unknown', 404, 'This address is not valid')
export const panelOver = defineProblem('panel-over', 410, 'This study takes no more people from the panel')
export const panelIdMissing = defineProblem('panel-id-missing', 400, 'The panel did not say who you are')

const panelRow = {
  ...{ id: panels.id, studyId: panels.studyId, provider: panels.provider, cohort: panels.cohort },
  ...{ idParameter: panels.idParameter, sessionParameter: panels.sessionParameter },
  ...{ completionCode: panels.completionCode, completionUrl: panels.completionUrl },
  ...{ screenedCode: panels.screenedCode, screenedUrl: panels.screenedUrl },
  ...{ shut: flag, expired: flag, free: whole },
}
type PanelRow = RowOf<typeof panelRow>

/** How many votes a rater has given in a study; from the module that has votes. */
type CountVotes = (ctx: Context, studyId: string, raterId: string) => Promise<number>

/** What a person whom a panel sent is told before they begin. Throws panel-unknown, panel-id-missing and panel-over. */
export async function describePanel(ctx: Context, code: string, arrival: PanelArrival): Promise<PanelOffer> {
  const { panel, study, id } = await readArrival(ctx, code, arrival)
  const owner = await findParticipant(ctx, panel, id)
  if (!owner) requireRoom(panel)
  return {
    study: offered(study),
    known: owner !== undefined && (await hasAgreed(ctx, study, owner.personId)),
  }
}

/**
 * Lets a person in whom a panel sent: the same id is the same rater on any device. A sitting goes on where it was; one that
 * was returned is taken back; another sitting begins anew. Throws panel-unknown, panel-id-missing, panel-over,
 * consent-needed and study-over.
 */
export async function arrive(ctx: Context, code: string, arrival: PanelArrival, countVotes: CountVotes) {
  return inTransaction(ctx, async (ctx) => {
    const { panel, study, id, session } = await readArrival(ctx, code, arrival)
    if (study.status === 'closed') throw studyOver('It takes no more verdicts')
    // One after another: of two devices with a new id, the second finds the rater that the first has made.
    await ctx.sql`select 1 from panels where study_id = ${study.id} order by id for update`
    const owner = await findParticipant(ctx, panel, id)
    const agreed = owner !== undefined && (await hasAgreed(ctx, study, owner.personId))
    if (study.consent && !arrival.consent && !agreed) throw consentNeeded()
    const person = (owner && (await findPerson(ctx, owner.personId))) ?? (await createPerson(ctx, 'rater', 'Rater'))
    if (!agreed) await enrol(ctx, study, person.personId, panel.cohort)
    const raterId = await raterOf(ctx, person)
    await takePlace(ctx, panel, { id, session, raterId, parameters: arrival.parameters }, countVotes)
    await ctx.sql`update enrolments set paused_at = null where study_id = ${study.id} and rater_id = ${raterId}`
    const token = await openSession(ctx, person.personId)
    await recordAudit({ ...ctx, actor: { kind: 'person', ...person } }, 'panel.arrived', `panel:${panel.id}`)
    return { token, person, goTo: `/rate/${study.slug}` }
  })
}

/** Somebody whom a panel sent does not agree: their place goes to another. Returns how they leave. Throws as describePanel does. */
export async function decline(ctx: Context, code: string, arrival: PanelArrival): Promise<PanelExit> {
  const { panel, id, session } = await readArrival(ctx, code, arrival)
  await ctx.db
    .insert(panelPlaces)
    .values({
      ...{ panelId: panel.id, studyId: panel.studyId, participantId: id, sessionId: session, state: 'screened' },
      ...{ parameters: arrival.parameters, endedAt: new Date(ctx.now()) },
    })
    .onConflictDoNothing()
  return exitOf(panel, { state: 'screened', participantId: id, sessionId: session, parameters: arrival.parameters })
}

interface Arrived {
  panel: PanelRow
  study: StoredStudy
  id: string
  session: string
}

async function readArrival(ctx: Context, code: string, { parameters }: PanelArrival): Promise<Arrived> {
  const [panel] = await rowsOf(ctx, panelRow)`
    select p.id, p.study_id as "studyId", p.provider, p.cohort, p.id_parameter as "idParameter",
      p.session_parameter as "sessionParameter", p.completion_code as "completionCode",
      p.completion_url as "completionUrl", p.screened_code as "screenedCode", p.screened_url as "screenedUrl",
      p.stopped_at is not null as shut, p.expires_at <= now() as expired, p.places - (
        select count(*) from panel_places l where l.panel_id = p.id and l.state in ('active', 'completed')
      )::int as free
    from panels p where p.code_hash = ${hashOf(code)}`
  if (!panel) throw panelUnknown('Open the study from your panel again')
  const id = parameters[panel.idParameter]?.trim() ?? ''
  const session = panel.sessionParameter ? (parameters[panel.sessionParameter]?.trim() ?? '') : ''
  if (!isId(id)) throw panelIdMissing(`Its address has no ${panel.idParameter}. Open the study from your panel again`)
  if (session !== '' && !isId(session))
    throw panelIdMissing(`${panel.sessionParameter} is not filled in. Open the study from your panel again`)
  return { panel, study: await getStoredStudyById(ctx, panel.studyId), id, session }
}

/** A place that the panel should have filled in has braces or percent signs. */
const isId = (text: string) => /^[\w.@:~+=-]{1,100}$/.test(text)

function requireRoom({ shut, expired, free }: PanelRow): void {
  if (shut) throw panelOver('It has been stopped. Return your place on the panel', { reason: 'stopped' })
  if (expired) throw panelOver('Its time is over. Return your place on the panel', { reason: 'expired' })
  if (free <= 0) throw panelOver('All places are taken. Return your place on the panel', { reason: 'full' })
}

/** The rater whom this id has been in the study before, by this panel or another of the same provider. */
async function findParticipant(ctx: Context, { id: panelId, studyId, provider }: PanelRow, id: string) {
  const [row] = await rowsOf(ctx, { raterId: raters.id, personId: raters.personId })`
    select r.id as "raterId", r.person_id as "personId"
    from panel_places l join panels p on p.id = l.panel_id join raters r on r.id = l.rater_id
    where l.study_id = ${studyId} and l.participant_id = ${id}
      and (p.id = ${panelId} or (p.provider = ${provider} and p.provider <> 'other'))
    order by l.arrived_at limit 1`
  return row
}

async function raterOf(ctx: Context, { personId }: SignedInPerson): Promise<string> {
  const [rater] = await rowsOf(ctx, { id: raters.id })`select id from raters where person_id = ${personId}`
  return rater!.id
}

interface Sitting {
  id: string
  session: string
  raterId: string
  parameters: Record<string, string>
}

const standing = { id: panelPlaces.id, state: panelPlaces.state, votesBefore: panelPlaces.votesBefore }

async function takePlace(ctx: Context, panel: PanelRow, sitting: Sitting, countVotes: CountVotes): Promise<void> {
  const { id, session, raterId, parameters } = sitting
  const [same] = await rowsOf(ctx, standing)`
    select id, state, votes_before as "votesBefore" from panel_places
    where panel_id = ${panel.id} and participant_id = ${id} and session_id = ${session}`
  if (same?.state === 'active' || same?.state === 'completed') return
  // A sitting that was left open is the one that goes on, under the panel's new name for it.
  const [left] = await rowsOf(ctx, standing)`
    update panel_places set state = 'returned', ended_at = now()
    where study_id = ${panel.studyId} and rater_id = ${raterId} and state = 'active'
    returning id, state, votes_before as "votesBefore"`
  if (!left) requireRoom(panel)
  const votesBefore = same?.votesBefore ?? left?.votesBefore ?? (await countVotes(ctx, panel.studyId, raterId))
  await ctx.sql`
    insert into panel_places as l (panel_id, study_id, participant_id, session_id, parameters, rater_id, state, votes_before)
    values (${panel.id}, ${panel.studyId}, ${id}, ${session}, ${JSON.stringify(parameters)}::text::jsonb, ${raterId}, 'active',
      ${votesBefore})
    on conflict (panel_id, participant_id, session_id) do update set state = 'active', ended_at = null,
      rater_id = excluded.rater_id, votes_before = case when l.rater_id is null then excluded.votes_before else l.votes_before end`
}

const ownPlace = {
  ...panelRow,
  ...{ place: panelPlaces.id, raterId: enrolments.raterId, state: panelPlaces.state },
  ...{ participantId: panelPlaces.participantId, sessionId: panelPlaces.sessionId, parameters: panelPlaces.parameters },
  ...{ votesBefore: panelPlaces.votesBefore },
}
/** The newest sitting of a rater in a study, with its panel. */
export type OwnSitting = RowOf<typeof ownPlace>

/** The newest sitting of a person in a study; undefined for whoever came by no panel. */
export async function findSitting(ctx: Context, studyId: string, personId: string): Promise<OwnSitting | undefined> {
  const [row] = await rowsOf(ctx, ownPlace)`
    select p.id, p.study_id as "studyId", p.provider, p.cohort, p.id_parameter as "idParameter",
      p.session_parameter as "sessionParameter", p.completion_code as "completionCode",
      p.completion_url as "completionUrl", p.screened_code as "screenedCode", p.screened_url as "screenedUrl",
      p.stopped_at is not null as shut, p.expires_at <= now() as expired, 0 as free,
      l.id as place, l.rater_id as "raterId", l.state, l.participant_id as "participantId", l.session_id as "sessionId",
      l.parameters, l.votes_before as "votesBefore"
    from panel_places l join panels p on p.id = l.panel_id join raters r on r.id = l.rater_id
    where l.study_id = ${studyId} and r.person_id = ${personId} order by l.arrived_at desc, l.id limit 1`
  return row
}

/**
 * Ends a sitting, or lets it go on: `active` takes a returned one back. A rater whose place was returned gets no more cards
 * until then. Returns the rater. Throws not-found.
 */
export async function settlePlace(
  ctx: Context,
  placeId: string,
  state: 'active' | 'completed' | 'returned' | 'screened',
): Promise<{ studyId: string; raterId: string | null }> {
  return inTransaction(ctx, async (ctx) => {
    const [row] = await rowsOf(ctx, { studyId: panelPlaces.studyId, raterId: panelPlaces.raterId })`
      update panel_places set state = ${state}, ended_at = ${state === 'active' ? null : new Date(ctx.now()).toISOString()}::text::timestamptz
      where id = ${placeId} returning study_id as "studyId", rater_id as "raterId"`
    if (!row) throw notFound('There is no such place')
    await ctx.sql`
      update enrolments set paused_at = ${state === 'returned' ? new Date(ctx.now()).toISOString() : null}::text::timestamptz
      where study_id = ${row.studyId} and rater_id = ${row.raterId}`
    await recordAudit(ctx, `panel.place-${state}`, `place:${placeId}`)
    return row
  })
}

type Leaving = Pick<OwnSitting, 'participantId' | 'sessionId'> & { state: PanelExit['state']; parameters: unknown }

/** How a sitting leaves: the panel's code, and its address with what stands in braces put in. A returned place has neither. */
export function exitOf(
  panel: Pick<PanelRow, 'completionCode' | 'completionUrl' | 'screenedCode' | 'screenedUrl'>,
  { state, participantId, sessionId, parameters }: Leaving,
): PanelExit {
  if (state === 'returned') return { state, code: '', url: '' }
  const done = state === 'completed'
  const code = done ? panel.completionCode : panel.screenedCode
  const known: Record<string, string> = {
    ...(parameters as Record<string, string>),
    ...{ code, id: participantId, session: sessionId },
  }
  const url = (done ? panel.completionUrl : panel.screenedUrl).replaceAll(/\{([\w.-]{1,60})\}/g, (_, name: string) =>
    encodeURIComponent(known[name] ?? ''),
  )
  return { state, code, url }
}
