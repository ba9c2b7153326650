import { battles } from '#drizzle/schema/battles.ts'
import type { Context } from '#server/core/context.ts'
import { flag, listOf, rowsOf, whole } from '#server/core/postgres/rows.ts'
import type { Enrolment } from '#server/raters/service.ts'
import type { StoredStudy } from '#server/studies/service.ts'
import { notGiven, ownModels } from '../served.ts'

/** Cards of a rater so far, and which of the last ones were gold, the newest first. */
export interface GoldTurn {
  given: number
  recent: boolean[]
}

/** Gold is spread evenly: every so many cards of a rater hold their share of it, at places drawn by chance. */
const blockSize = 20

/**
 * The chance with which a rater's next card is gold, so that each block of cards holds its share: where the share of a
 * block is no whole number, blocks with more and with fewer take turns.
 */
export function goldChance({ given, recent }: GoldTurn, share: number): number {
  const block = Math.floor(given / blockSize)
  const place = given % blockSize
  const until = (blocks: number) => Math.floor(blockSize * share * blocks + 0.5)
  const missing = until(block + 1) - until(block) - recent.slice(0, place).filter(Boolean).length
  return Math.min(1, Math.max(0, missing / (blockSize - place)))
}

/** How far raters of a study are; of raters without a card, nothing. */
export async function readGoldTurns(ctx: Context, studyId: string, raterIds: string[]): Promise<Map<string, GoldTurn>> {
  const shape = { rater: battles.raterId, given: whole, recent: listOf(flag) }
  const rows = await rowsOf(ctx, shape)`
    select r.id as rater, (
        select count(*) from battles where study_id = ${studyId} and rater_id = r.id and released_at is null
      )::int as given, array(
        select purpose = 'gold' from battles where study_id = ${studyId} and rater_id = r.id and released_at is null
        order by leased_at desc, id limit ${blockSize - 1}
      ) as recent
    from unnest((select ${raterIds}::uuid[])) as r (id)`
  return new Map(rows.map(({ rater, ...turn }) => [rater, turn]))
}

type Shares = Pick<StoredStudy, 'id' | 'goldShare' | 'trainingItems'>

/** A further condition on `query`: no item that is in use keeps it for gold, or for a training that the study has. */
export function isNotKept(
  { sql }: Context,
  { id, goldShare, trainingItems }: Shares,
  query: ReturnType<Context['sql']>,
) {
  if (goldShare === 0 && trainingItems === 0) return sql``
  return sql`and not exists (
    select 1 from gold_items kg where kg.study_id = ${id} and kg.query_id = ${query} and kg.retired_at is null
      and case kg.use when 'hidden' then ${goldShare > 0} else ${trainingItems > 0} end)`
}

/**
 * Leases a gold item to a rater who has not seen its query: of those given least often one by chance, its answers on the
 * sides on which they stood less often. `chance` is that of gold now. Undefined: there is none for this rater.
 */
export async function leaseGold(
  ctx: Context,
  { raterId, study, teamId }: Enrolment,
  { holder, chance }: { holder: string | null; chance: number },
): Promise<string | undefined> {
  const seed = String(ctx.random())
  const firstOnTie = ctx.random() < 0.5
  const [leased] = await rowsOf(ctx, { id: battles.id })`
    with fit as materialized (
      select g.id, g.query_id, q.category, g.first, g.second, (
          select count(*) from battles b where b.gold_item_id = g.id
        ) as given, (
          select coalesce(sum(case when b.response_a = g.first then 1 else -1 end), 0) from battles b where b.gold_item_id = g.id
        ) as lean
      from gold_items g join queries q on q.id = g.query_id and q.held_at is null
      join responses x on x.id = g.first and x.status = 'ready' join responses y on y.id = g.second and y.status = 'ready'
      where g.study_id = ${study.id} and g.use = 'hidden' and g.retired_at is null
        and ${notGiven(ctx, study.id, raterId, ctx.sql`g.query_id`)}
        and not exists (select 1 from models m where m.id in (x.model_id, y.model_id) and m.withdrawn_at is not null)
        ${teamId === null ? ctx.sql`` : ctx.sql`and not exists (${ownModels(ctx, teamId)} intersect select unnest(array[x.model_id, y.model_id]))`}
    ), least_given as (
      select *, count(*) over () as equals, (lean < 0 or lean = 0 and ${firstOnTie}) as first_left
      from fit where given = (select min(given) from fit)
      order by md5(${seed} || id) limit 1
    )
    insert into battles (study_id, rater_id, query_id, category, response_a, response_b, purpose, gold_item_id, points_shown,
      guidelines_version, draw_probability, holders, leased_at, leased_until)
    select ${study.id}, ${raterId}, query_id, category, case when first_left then first else second end,
      case when first_left then second else first end, 'gold', id, ${study.pointsShown}, ${study.guidelinesVersion},
      ${chance}::float8 / equals, array_remove(array[${holder}::uuid], null), clock_timestamp(),
      now() + make_interval(secs => ${study.leaseSeconds})
    from least_given returning id`
  return leased?.id
}
