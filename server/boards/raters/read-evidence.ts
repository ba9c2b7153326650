import { reports, votes as table } from '#drizzle/schema/battles.ts'
import { models } from '#drizzle/schema/models.ts'
import { queries } from '#drizzle/schema/queries.ts'
import { isReported } from '#server/battles/exclusions/left-out.ts'
import type { Context } from '#server/core/context.ts'
import { flag, orNull, rowsOf, whole, words, type RowOf } from '#server/core/postgres/rows.ts'
import { madeUpName } from '#server/responses/made-up-answers.ts'
import { getRater } from './list-raters.ts'
import type { RaterEvidence, RaterVote, RaterVoteQuery, VoteKind } from './schema.ts'

const voteRow = {
  id: table.id,
  at: table.castAt,
  category: table.category,
  question: queries.question,
  sha256: queries.imageSha256,
  slugA: orNull(models.slug),
  nameA: words,
  slugB: orNull(models.slug),
  nameB: words,
  verdict: table.verdict,
  dwellMs: orNull(whole),
  lengthA: whole,
  lengthB: whole,
  leftOut: table.leftOut,
  reported: flag,
  expected: orNull(table.verdict),
  othersA: whole,
  othersB: whole,
  othersTied: whole,
}

/** One rater's votes, newest first, as evidence of what the list says of them. Throws not-found and too-slow. */
export async function readEvidence(
  ctx: Context,
  slug: string,
  raterId: string,
  { show, before, limit }: RaterVoteQuery,
): Promise<RaterEvidence> {
  const { rater, study, hastyBelow } = await getRater(ctx, slug, raterId)
  const { sql } = ctx
  const others = (winner: ReturnType<typeof sql>) => sql`coalesce((
    select o.votes from others o
    where o.query_id = v.query_id and o.low = least(v.model_a, v.model_b) and o.high = greatest(v.model_a, v.model_b)
      and o.winner is not distinct from ${winner}
  ), 0)`
  const rows = await rowsOf(ctx, voteRow)`
    with own as materialized (
      select * from votes v where v.study_id = ${study.id} and v.rater_id = ${raterId} and v.withdrawn_at is null
    ), others as materialized (
      select query_id, least(model_a, model_b) as low, greatest(model_a, model_b) as high,
        case verdict when 'model_a' then model_a when 'model_b' then model_b end as winner, count(*)::int as votes
      from votes
      where study_id = ${study.id} and rater_id <> ${raterId} and counted and withdrawn_at is null and verdict <> 'unsure'
        and query_id in (select query_id from own)
      group by 1, 2, 3, 4
    )
    select * from (
      select v.id, v.cast_at as at, v.category, q.question, q.image_sha256 as sha256, ma.slug as "slugA",
        coalesce(ma.name, ${madeUpName}) as "nameA", mb.slug as "slugB", coalesce(mb.name, ${madeUpName}) as "nameB", v.verdict, v.dwell_ms as "dwellMs",
        char_length(coalesce(x.text, ''))::int as "lengthA", char_length(coalesce(y.text, ''))::int as "lengthB",
        v.left_out as "leftOut", case g.expected when 'first' then case when b.response_a = g.first then 'model_a' else 'model_b' end
          when 'second' then case when b.response_b = g.first then 'model_a' else 'model_b' end else g.expected end as expected,
        ${isReported(ctx, sql`v.battle_id`)} as reported, ${others(sql`v.model_a`)} as "othersA", ${others(sql`v.model_b`)} as "othersB",
        ${others(sql`null`)} as "othersTied"
      from own v join queries q on q.id = v.query_id
      join battles b on b.id = v.battle_id left join gold_items g on g.id = b.gold_item_id
      join responses x on x.id = b.response_a join responses y on y.id = b.response_b
      left join models ma on ma.id = x.model_id left join models mb on mb.id = y.model_id
      where v.id < ${before ?? Number.MAX_SAFE_INTEGER}
    ) shown
    where ${kindOfVote(ctx, show, hastyBelow)} order by id desc limit ${limit + 1}`
  const votes = rows.slice(0, limit).map(asVote)
  return {
    rater,
    votes,
    next: rows.length > limit ? votes.at(-1)!.id : null,
    reports: await readReports(ctx, study.id, raterId),
    hastyBelow,
  }
}

function kindOfVote({ sql }: Context, show: VoteKind, hastyBelow: number) {
  switch (show) {
    case 'all':
      return sql`true`
    case 'hasty':
      return sql`"dwellMs" < ${Math.ceil(hastyBelow * 1000)}::int`
    case 'left':
      return sql`verdict = 'model_a' and "leftOut" is distinct from 'gold'`
    case 'right':
      return sql`verdict = 'model_b' and "leftOut" is distinct from 'gold'`
    case 'ties':
      return sql`verdict in ('tie', 'both_bad') and "leftOut" is distinct from 'gold'`
    case 'unsure':
      return sql`verdict = 'unsure'`
    case 'shared':
      return sql`"othersA" + "othersB" + "othersTied" > 0`
    case 'gold':
      return sql`"leftOut" = 'gold'`
    case 'repeats':
      return sql`"leftOut" = 'duplicate'`
  }
}

function asVote(row: RowOf<typeof voteRow>): RaterVote {
  const { id, category, question, verdict, dwellMs, lengthA, lengthB, leftOut, reported, expected } = row
  return {
    ...{
      id,
      category,
      question,
      verdict,
      lengthA,
      lengthB,
      leftOut: reported ? ('report' as const) : leftOut,
      expected,
    },
    at: row.at.toISOString(),
    image: `/api/v1/images/${row.sha256}?w=320`,
    modelA: { slug: row.slugA, name: row.nameA },
    modelB: { slug: row.slugB, name: row.nameB },
    seconds: dwellMs === null ? null : dwellMs / 1000,
    others: { a: row.othersA, b: row.othersB, ties: row.othersTied },
  }
}

async function readReports(ctx: Context, studyId: string, raterId: string): Promise<RaterEvidence['reports']> {
  const rows = await rowsOf(ctx, { at: reports.at, reason: reports.reason, note: reports.note })`
    select p.at, p.reason, p.note from reports p join battles t on t.id = p.battle_id
    where t.study_id = ${studyId} and p.rater_id = ${raterId} order by p.at desc limit 200`
  return rows.map(({ at, ...report }) => ({ ...report, at: at.toISOString() }))
}
