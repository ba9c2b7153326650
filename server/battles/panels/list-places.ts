import { enrolments, panelPlaces } from '#drizzle/schema/raters.ts'
import type { Context } from '#server/core/context.ts'
import { flag, fraction, orNull, rowsOf, whole } from '#server/core/postgres/rows.ts'
import { csv } from '#server/formats/csv-writer.ts'
import { getPanel } from '#server/raters/panels/panels.ts'
import type { BonusQuery, PanelPlaces } from '#server/raters/panels/schema.ts'
import { getStoredStudy } from '#server/studies/service.ts'

const line = {
  ...{ id: panelPlaces.id, participantId: panelPlaces.participantId, sessionId: panelPlaces.sessionId },
  ...{ state: panelPlaces.state, raterId: orNull(enrolments.raterId), number: orNull(whole) },
  ...{ votes: whole, counted: whole, seconds: fraction, excluded: flag },
  ...{ arrivedAt: panelPlaces.arrivedAt, endedAt: panelPlaces.endedAt },
}

/** The sittings of a panel in the order in which they began, with the votes that each gave until the next. Throws not-found. */
export async function listPlaces(ctx: Context, slug: string, panelId: string): Promise<PanelPlaces> {
  const study = await getStoredStudy(ctx, slug)
  await getPanel(ctx, slug, panelId)
  const rows = await rowsOf(ctx, line)`
    with numbered as (
      select rater_id, (row_number() over (order by created_at, rater_id))::int as number
      from enrolments where study_id = ${study.id}
    ), sittings as (
      select l.*, lead(arrived_at) over (partition by rater_id order by arrived_at, id) as next
      from panel_places l where study_id = ${study.id}
    )
    select s.id, s.participant_id as "participantId", s.session_id as "sessionId", s.state, n.rater_id as "raterId",
      n.number, g.votes, g.counted, g.seconds, s.arrived_at as "arrivedAt", s.ended_at as "endedAt",
      exists (
        select 1 from rater_exclusions x
        where x.study_id = s.study_id and x.rater_id = s.rater_id and x.undone_at is null
      ) as excluded
    from sittings s left join numbered n on n.rater_id = s.rater_id
    cross join lateral (
      select count(*)::int as votes, count(*) filter (where counted)::int as counted,
        coalesce(sum(least(dwell_ms / 1000.0, ${study.leaseSeconds}::int)), 0)::float8 as seconds
      from votes v where v.study_id = s.study_id and v.rater_id = s.rater_id and v.withdrawn_at is null
        and v.cast_at >= s.arrived_at and (s.next is null or v.cast_at < s.next)
    ) g
    where s.panel_id = ${panelId} order by s.arrived_at, s.id`
  return {
    places: rows.map(({ raterId, number, seconds, counted, excluded, arrivedAt, endedAt, ...place }) => ({
      ...place,
      rater: raterId === null ? null : { id: raterId, number: number! },
      counted: excluded ? 0 : counted,
      minutes: seconds / 60,
      excluded,
      arrivedAt: arrivedAt.toISOString(),
      endedAt: endedAt && endedAt.toISOString(),
    })),
  }
}

/** One line a sitting: who completed, who is to be paid or not, and by what. */
export function placesCsv({ places }: PanelPlaces): string {
  const head = ['participant_id', 'session_id', 'state', 'rater', 'votes', 'counted_votes', 'minutes', 'excluded']
  const lines = places.map((place) => [
    ...[place.participantId, place.sessionId, place.state, place.rater?.number ?? '', place.votes, place.counted],
    ...[place.minutes.toFixed(1), place.excluded ? 'yes' : 'no', place.arrivedAt, place.endedAt ?? ''],
  ])
  return csv([[...head, 'arrived_at', 'ended_at'], ...lines])
}

/**
 * Bonuses as panels take them: a line each of id and amount, without a heading, two decimals. Each person stands once, with
 * the sum of their completed sittings; nobody excluded, and nobody who gets nothing. `goal`: votes that a sitting's own pay covers.
 */
export function bonusCsv({ places }: PanelPlaces, goal: number, { perVote, fixed }: BonusQuery): string {
  const cents = new Map<string, number>()
  for (const { participantId, state, excluded, counted } of places) {
    if (state !== 'completed' || excluded) continue
    const amount = Math.round(100 * (fixed + perVote * Math.max(0, counted - goal)))
    cents.set(participantId, (cents.get(participantId) ?? 0) + amount)
  }
  return csv([...cents].filter(([, amount]) => amount > 0).map(([id, amount]) => [id, (amount / 100).toFixed(2)]))
}
