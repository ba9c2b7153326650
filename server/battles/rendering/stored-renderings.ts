import type { PendingQuery, Row } from 'postgres'
import { renderings, type StoredRendering } from '#drizzle/schema/battles.ts'
import { responses } from '#drizzle/schema/responses.ts'
import { studies } from '#drizzle/schema/studies.ts'
import type { Context } from '#server/core/context.ts'
import { orNull, rowsOf, words } from '#server/core/postgres/rows.ts'
import { storable } from '#server/core/storable.ts'
import type { Answer } from '../schema.ts'
import { rendered } from './pool.ts'
import { rendererVersion, type Renderings } from './render-twice.ts'

/** What a statement gives of an answer that is to be shown; see `answerColumns`. */
export const answerShape = {
  pointsShown: studies.pointsShown,
  responseA: responses.id,
  responseB: responses.id,
  textA: words,
  textB: words,
  scaleA: responses.pointsScale,
  scaleB: responses.pointsScale,
  /** Null: not rendered yet, or by another version. */
  shownA: orNull(renderings.pointed),
  shownB: orNull(renderings.pointed),
}

/** The columns of `answerShape` for responses by the aliases `x` (A) and `y` (B), as a study with or without points shows them. */
export function answerColumns({ sql }: Context, pointsShown: PendingQuery<Row[]>) {
  const shown = (response: PendingQuery<Row[]>) => sql`(
    select case when ${pointsShown} then n.pointed else coalesce(n.pointless, n.pointed) end from renderings n
    where n.response_id = ${response} and n.renderer = ${rendererVersion}
  )`
  return sql`${pointsShown} as "pointsShown", x.id as "responseA", y.id as "responseB", coalesce(x.text, '') as "textA",
    coalesce(y.text, '') as "textB", x.points_scale as "scaleA", y.points_scale as "scaleB",
    ${shown(sql`x.id`)} as "shownA", ${shown(sql`y.id`)} as "shownB"`
}

interface AnswerRow {
  pointsShown: boolean
  responseA: string
  responseB: string
  textA: string
  textB: string
  scaleA: number
  scaleB: number
  shownA: StoredRendering | null
  shownB: StoredRendering | null
}

/** Both answers of a row as they are shown: read as they were stored, or, where they never were, rendered and stored now. */
export async function answersOf(ctx: Context, row: AnswerRow): Promise<{ answerA: Answer; answerB: Answer }> {
  const of = async (responseId: string, text: string, scale: number, shown: StoredRendering | null) => {
    const stored = shown ?? pick(await renderAndStore(ctx, { responseId, text, scale }), row.pointsShown)
    return { ...stored, text: stored.text ?? text }
  }
  const [answerA, answerB] = await Promise.all([
    of(row.responseA, row.textA, row.scaleA, row.shownA),
    of(row.responseB, row.textB, row.scaleB, row.shownB),
  ])
  return { answerA, answerB }
}

const pick = ({ pointed, pointless }: Renderings, pointsShown: boolean) =>
  pointsShown ? pointed : (pointless ?? pointed)

interface Unrendered {
  responseId: string
  text: string
  scale: number
}

type Rendered = Omit<Unrendered, 'scale'> & { made: Renderings }

/** Renders in a process of its own and keeps the result. */
async function renderAndStore(ctx: Context, { responseId, text, scale }: Unrendered): Promise<Renderings> {
  const made = await rendered(text, scale)
  await store(ctx, [{ responseId, text, made }])
  return made
}

/** Keeps renderings of responses that are not gone and do not say something else by now. */
async function store(ctx: Context, all: Rendered[]): Promise<void> {
  const asked = all.map(({ responseId, text, made }) => ({ id: responseId, text, ...made }))
  await ctx.sql`
    insert into renderings as n (response_id, renderer, pointed, pointless)
    select r.id, ${rendererVersion}, a.pointed, a.pointless
    from json_to_recordset(${JSON.stringify(storable(asked))}::text::json) as a (id uuid, text text, pointed jsonb, pointless jsonb)
    join responses r on r.id = a.id and coalesce(r.text, '') = a.text
    on conflict (response_id) do update set renderer = excluded.renderer, pointed = excluded.pointed, pointless = excluded.pointless
    where n.renderer <> excluded.renderer`
}

const unrendered = { responseId: responses.id, text: words, scale: responses.pointsScale }
const atOnce = 50

/**
 * Renders the answers of a study that may be shown and are not rendered by this version yet. Returns how many there were;
 * one that cannot be rendered now is left for whoever is shown it.
 */
export async function renderStudy(ctx: Context, studyId: string): Promise<number> {
  let done = 0
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const rows = await rowsOf(ctx, unrendered)`
      select r.id as "responseId", coalesce(r.text, '') as text, r.points_scale as scale from responses r
      where r.study_id = ${studyId} and r.status = 'ready' and r.id > ${after}
        and not exists (select 1 from renderings n where n.response_id = r.id and n.renderer = ${rendererVersion})
      order by r.id limit ${atOnce}`
    const made: Rendered[] = []
    // One after the other: a rater who waits for an answer is next.
    for (const row of rows) made.push({ ...row, made: await rendered(row.text, row.scale) })
    await store(ctx, made)
    done += rows.length
    if (rows.length < atOnce) return done
    after = rows.at(-1)!.responseId
  }
}

/** Studies with answers that may be shown and were rendered by an earlier version, or never. */
export async function unrenderedStudies(ctx: Context): Promise<string[]> {
  const rows = await rowsOf(ctx, { id: studies.id })`
    select s.id from studies s
    where s.status in ('draft', 'open') and exists (
      select 1 from responses r left join renderings n on n.response_id = r.id and n.renderer = ${rendererVersion}
      where r.study_id = s.id and r.status = 'ready' and n.response_id is null
    )`
  return rows.map(({ id }) => id)
}
