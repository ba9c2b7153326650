import { LRUCache } from 'lru-cache'
import { raterExclusions } from '#drizzle/schema/raters.ts'
import { models } from '#drizzle/schema/models.ts'
import { votes as table } from '#drizzle/schema/battles.ts'
import { isReported } from '#server/battles/exclusions/left-out.ts'
import { readGoldAccuracy } from '#server/battles/gold/verdicts.ts'
import type { Context } from '#server/core/context.ts'
import { listOf, orNull, rowsOf, rowsWithin, whole, words } from '#server/core/postgres/rows.ts'
import {
  judgeGates,
  studyRaters,
  type Gate,
  type RaterFigures,
  type WatchedVotes,
} from '#server/ratings/evidence/study-raters.ts'
import { lookThrough } from '#server/snapshots/filter-votes.ts'

/** The figures of a study's raters by id, of the votes that stood when they were read. */
export interface StudyFigures {
  hastyBelow: number
  agreement: number | null
  figures: Map<string, RaterFigures>
  gates: Gate[]
  /** By rater, those without a vote that counts among them: the gold items judged, and those judged right. */
  gold: Map<string, RaterFigures['gold']>
  /** Names in the order in which the tests number models. */
  models: string[]
}

/** Beyond this many votes the figures of an open study may be a minute old: judging takes a second of the processor. */
const alwaysFresh = 50_000
const minuteMs = 60_000

interface Kept {
  state: string
  exclusions: string
  votes: number
  at: number
  found: StudyFigures
}
const kept = new LRUCache<string, Kept>({ max: 20 })

/** Figures of the votes as they stand; with very many votes those of at most a minute ago, never of before an exclusion. Throws too-slow. */
export async function readFigures(ctx: Context, studyId: string): Promise<StudyFigures> {
  const key = `${ctx.config.dataDir} ${studyId}`
  const { state, exclusions, votes } = await readState(ctx, studyId)
  const before = kept.get(key)
  if (before && before.exclusions === exclusions) {
    if (before.state === state || (votes > alwaysFresh && ctx.now() - before.at < minuteMs)) return before.found
  }
  const found = await lookThrough(ctx, (ctx) => judgeStudy(ctx, studyId))
  kept.set(key, { state, exclusions, votes, at: ctx.now(), found })
  return found
}

/** What the figures depend on, as cheaply as it can be told. */
async function readState(ctx: Context, studyId: string) {
  const [row] = await rowsOf(ctx, { state: words, exclusions: words, votes: whole })`
    select concat_ws(' ', sum(votes), sum(excluded), sum(reported), sum(withdrawn), max(last_vote_id), (
        select concat_ws(' ', count(*), count(withdrawn_at)) from votes where study_id = ${studyId} and purpose = 'gold'
      ), (select concat_ws(' ', count(*), max(changed_at)) from gold_items where study_id = ${studyId}), (
        select concat_ws(' ', count(*), count(undone_at)) from battle_exclusions x join battles b on b.id = x.battle_id
        where b.study_id = ${studyId} and b.purpose = 'gold'
      )) as state,
      coalesce(sum(votes + excluded), 0)::int as votes, (
        select concat_ws(' ', count(*), max(at), max(undone_at)) from rater_exclusions where study_id = ${studyId}
      ) as exclusions
    from pair_counts where study_id = ${studyId}`
  return row!
}

async function judgeStudy(ctx: Context, studyId: string): Promise<StudyFigures> {
  const { raters, models, excluded, votes } = await readWatchedVotes(ctx, studyId)
  const out = new Set(excluded)
  const gold = await readGoldAccuracy(ctx, studyId)
  const outside = new Set(raters.flatMap((id, rater) => (out.has(id) ? [rater] : [])))
  const names = models.map(({ name }) => name)
  if (votes.a.length === 0)
    return { hastyBelow: 0, agreement: null, figures: new Map(), gates: [], gold, models: names }
  const known = raters.map((id) => gold.get(id) ?? { count: 0, of: 0 })
  const { floor, agreement, raters: figures } = studyRaters(votes, outside, known)
  return {
    hastyBelow: floor,
    gold,
    agreement: Number.isNaN(agreement) ? null : agreement,
    figures: new Map(figures.map((one) => [raters[one.rater]!, one])),
    gates: judgeGates(figures.filter(({ rater }) => !outside.has(rater))),
    models: names,
  }
}

const watched = {
  raters: listOf(table.raterId),
  models: rowsWithin({ id: models.id, name: models.name }),
  excluded: listOf(raterExclusions.raterId),
  /** Seven numbers a vote. */
  votes: orNull(words),
}
const columns = 7

/** The votes that say something about strength and are not left out by themselves, those of excluded raters among them. */
async function readWatchedVotes(ctx: Context, studyId: string) {
  const [row] = await rowsOf(ctx, watched)`
    with entered as materialized (
      select m.id, m.name, row_number() over (order by m.slug collate "C") - 1 as number
      from study_models sm join models m on m.id = sm.model_id where sm.study_id = ${studyId}
    ), cast_votes as materialized (
      select v.id, v.rater_id, dense_rank() over (order by v.rater_id) - 1 as rater, ma.number as a, mb.number as b,
        array_position(array['model_a', 'model_b', 'tie', 'both_bad'], v.verdict::text) - 1 as verdict,
        dense_rank() over (order by v.query_id) - 1 as item, coalesce(v.dwell_ms, -1) as dwell,
        sign(char_length(coalesce(x.text, '')) - char_length(coalesce(y.text, ''))) as longer
      from votes v join entered ma on ma.id = v.model_a join entered mb on mb.id = v.model_b
      join battles b on b.id = v.battle_id
      join responses x on x.id = b.response_a join responses y on y.id = b.response_b
      where v.study_id = ${studyId} and v.counted and v.withdrawn_at is null and v.verdict <> 'unsure'
        and not ${isReported(ctx, ctx.sql`v.battle_id`)}
    )
    select (select coalesce(array_agg(distinct rater_id order by rater_id), '{}') from cast_votes) as raters,
      (select coalesce(json_agg(json_build_object('id', id, 'name', name) order by number), '[]') from entered) as models,
      (select coalesce(array_agg(rater_id), '{}') from rater_exclusions
        where study_id = ${studyId} and undone_at is null) as excluded,
      (select string_agg(concat_ws(' ', rater, a, b, verdict, item, dwell, longer), ' ' order by id) from cast_votes) as votes`
  const { votes, ...rest } = row!
  return { ...rest, votes: watchedColumns(votes ?? '', rest.models.length) }
}

function watchedColumns(text: string, models: number): WatchedVotes {
  const numbers = Int32Array.from(text === '' ? [] : text.split(' '), Number)
  const column = (offset: number) => numbers.filter((_, k) => k % columns === offset)
  return {
    models,
    a: column(1),
    b: column(2),
    verdict: Uint8Array.from(column(3)),
    rater: column(0),
    item: column(4),
    seconds: Float64Array.from(column(5), (ms) => (ms < 0 ? NaN : ms / 1000)),
    longer: Int8Array.from(column(6)),
  }
}
