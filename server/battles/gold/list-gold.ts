import { goldItems } from '#drizzle/schema/battles.ts'
import { images } from '#drizzle/schema/images.ts'
import { models } from '#drizzle/schema/models.ts'
import { queries } from '#drizzle/schema/queries.ts'
import type { Context } from '#server/core/context.ts'
import { orNull, rowsOf, whole, words, type RowOf } from '#server/core/postgres/rows.ts'
import { notFound } from '#server/core/problem.ts'
import { csv } from '#server/formats/csv-writer.ts'
import { getStoredStudy } from '#server/studies/service.ts'
import { isReported } from '../exclusions/left-out.ts'
import type { GoldItem, GoldList, GoldQuery } from './schema.ts'
import { saidOfGold } from './verdicts.ts'

const itemsAPage = 50

const itemRow = {
  id: goldItems.id,
  key: queries.key,
  question: queries.question,
  sha256: images.sha256,
  slug1: orNull(models.slug),
  name1: orNull(models.name),
  text1: words,
  slug2: orNull(models.slug),
  name2: orNull(models.name),
  text2: words,
  expected: goldItems.expected,
  note: goldItems.note,
  use: goldItems.use,
  retiredAt: goldItems.retiredAt,
  why: orNull(words),
  createdAt: goldItems.createdAt,
  given: whole,
  right: whole,
  wrong: whole,
  unsure: whole,
}

/** A page of a study's gold items with what raters said of each. Throws not-found. */
export async function listGold(ctx: Context, slug: string, { show, page }: GoldQuery): Promise<GoldList> {
  const study = await getStoredStudy(ctx, slug)
  const all = await readItems(ctx, study.id)
  const shown = all.filter(({ state, use }) => show === 'all' || (show === 'training' ? use === show : state === show))
  const pages = Math.max(1, Math.ceil(shown.length / itemsAPage))
  const active = countActive(all, 'hidden')
  const training = countActive(all, 'training')
  return {
    items: shown.slice((page - 1) * itemsAPage, page * itemsAPage),
    total: shown.length,
    page,
    pages,
    active,
    training,
    share: study.goldShare,
    remarks: [
      ...remarksOn(study, active, all.filter(({ use }) => use === 'hidden').length),
      ...trainingRemarks(study, training, all.length - all.filter(({ use }) => use === 'hidden').length),
    ],
  }
}

/** All gold items of a study, unpaged. Throws not-found. */
export async function listAllGold(ctx: Context, slug: string): Promise<GoldItem[]> {
  const study = await getStoredStudy(ctx, slug)
  return readItems(ctx, study.id)
}

/** One gold item. Throws not-found. */
export async function getGold(ctx: Context, slug: string, id: string): Promise<GoldItem> {
  const study = await getStoredStudy(ctx, slug)
  const [item] = await readItems(ctx, study.id, id)
  if (!item) throw notFound('This study has no such gold item')
  return item
}

async function readItems(ctx: Context, studyId: string, id?: string): Promise<GoldItem[]> {
  const { sql } = ctx
  const rows = await rowsOf(ctx, itemRow)`
    with said as (
      select g.id, count(*) filter (where ${saidOfGold(ctx)} = g.expected)::int as right,
        count(*) filter (where ${saidOfGold(ctx)} <> g.expected)::int as wrong,
        count(*) filter (where v.verdict = 'unsure')::int as unsure
      from votes v join battles b on b.id = v.battle_id join gold_items g on g.id = b.gold_item_id
      where v.study_id = ${studyId} and v.purpose = 'gold' and v.left_out = 'gold' and v.withdrawn_at is null
        and not ${isReported(ctx, sql`v.battle_id`)} group by 1
    ), given as (
      select gold_item_id as id, count(distinct rater_id)::int as raters from battles
      where study_id = ${studyId} and gold_item_id is not null and (released_at is null or consumed_at is not null) group by 1
    ), trained as (
      select gold_item_id as id, count(distinct rater_id)::int as raters, count(*) filter (where is_right)::int as right,
        count(*) filter (where not is_right and verdict <> 'unsure')::int as wrong,
        count(*) filter (where verdict = 'unsure')::int as unsure
      from training_cards where study_id = ${studyId} and gold_item_id is not null group by 1
    )
    select g.id, q.key, q.question, q.image_sha256 as sha256, a.slug as slug1, a.name as name1,
      coalesce(x.text, '') as text1, b.slug as slug2, b.name as name2, coalesce(y.text, '') as text2, g.expected, g.note, g.use,
      g.retired_at as "retiredAt", case
        when q.held_at is not null then 'its query is held'
        when x.status <> 'ready' then 'its first answer is held'
        when y.status <> 'ready' then 'its second answer is held'
        when a.withdrawn_at is not null then a.name || ' is withdrawn'
        when b.withdrawn_at is not null then b.name || ' is withdrawn' end as why,
      g.created_at as "createdAt", coalesce(case g.use when 'hidden' then n.raters else t.raters end, 0) as given,
      coalesce(case g.use when 'hidden' then s.right else t.right end, 0) as right,
      coalesce(case g.use when 'hidden' then s.wrong else t.wrong end, 0) as wrong,
      coalesce(case g.use when 'hidden' then s.unsure else t.unsure end, 0) as unsure
    from gold_items g join queries q on q.id = g.query_id
    join responses x on x.id = g.first join responses y on y.id = g.second
    left join models a on a.id = x.model_id left join models b on b.id = y.model_id
    left join said s on s.id = g.id left join given n on n.id = g.id left join trained t on t.id = g.id
    where g.study_id = ${studyId} ${id === undefined ? sql`` : sql`and g.id = ${id}`}
    order by g.created_at desc, g.id`
  return rows.map(asItem)
}

function asItem(row: RowOf<typeof itemRow>): GoldItem {
  const { id, key, question, sha256, expected, note, use, given, right, wrong, unsure } = row
  const answer = (slug: string | null, name: string | null, text: string) => {
    return { model: slug === null || name === null ? null : { slug, name }, text }
  }
  return {
    ...{ id, expected, note, use, given, right, wrong, unsure },
    query: { key, question, image: `/api/v1/images/${sha256}?w=640` },
    first: answer(row.slug1, row.name1, row.text1),
    second: answer(row.slug2, row.name2, row.text2),
    state: row.retiredAt ? 'retired' : row.why === null ? 'active' : 'waiting',
    why: row.why,
    createdAt: row.createdAt.toISOString(),
    meaning: meaningOf(use, right + wrong + unsure),
  }
}

function meaningOf(use: GoldItem['use'], verdicts: number): GoldItem['meaning'] {
  if (use === 'training') {
    const told =
      'What raters were told of it stays as it was, and so does who passed; reset a rater to train them again.'
    return { change: told, delete: told }
  }
  if (verdicts === 0)
    return { change: 'No rater has judged it yet.', delete: 'No rater has judged it yet; nothing else goes.' }
  const them = verdicts === 1 ? 'The one verdict on it' : `The ${verdicts} verdicts on it`
  return {
    change: `${them} ${verdicts === 1 ? 'is' : 'are'} judged anew, by what is right now.`,
    delete: `${them} ${verdicts === 1 ? 'stays' : 'stay'} stored and ${verdicts === 1 ? 'says' : 'say'} nothing of ${verdicts === 1 ? 'its rater' : 'their raters'} any more. Retire it instead to keep what was learnt.`,
  }
}

/** A rater meets an item once: with fewer items than that, a diligent one runs out. */
const fewItems = 10

function remarksOn(
  { goldShare, status }: { goldShare: number; status: string },
  active: number,
  all: number,
): string[] {
  if (all === 0) return []
  if (goldShare === 0) return ['The gold share of this study is 0 %: no rater is given any. Change it under Settings.']
  if (status !== 'open') return []
  if (active === 0) return ['No item is in use: raters are given none.']
  return active < fewItems
    ? [
        `Only ${active} ${active === 1 ? 'item is' : 'items are'} in use. A rater is given each once, so gold ends after about ${Math.round(active / goldShare)} cards.`,
      ]
    : []
}

const countActive = (items: GoldItem[], wanted: GoldItem['use']) =>
  items.filter(({ state, use }) => state === 'active' && use === wanted).length

function trainingRemarks({ trainingItems }: { trainingItems: number }, active: number, all: number): string[] {
  if (trainingItems === 0)
    return all === 0 ? [] : ['This study has no training: nobody is shown its items. Change it under Settings.']
  if (active === 0)
    return ['The training has no item in use: whoever must pass it waits. Add items, or switch the training off.']
  if (active < trainingItems)
    return [
      `Only ${active} training ${active === 1 ? 'item is' : 'items are'} in use: a round ends after ${active === 1 ? 'it' : 'them'}, though the study asks for ${trainingItems}. The same share must be right.`,
    ]
  return active < 2 * trainingItems
    ? [`With ${active} training items in use, whoever tries again meets some of them again.`]
    : []
}

/** One line an item, in the columns that an import reads, with what raters said. */
export function goldCsv(items: GoldItem[]): string {
  const head = ['key', 'first_model', 'first', 'second_model', 'second', 'expected', 'note', 'use', 'id', 'state']
  const figures = ['given', 'right', 'wrong', 'unsure']
  const lines = items.map(({ query, first, second, ...item }) => [
    ...[query.key, ...cellsOf(first), ...cellsOf(second), item.expected, item.note, item.use, item.id, item.state],
    ...[item.given, item.right, item.wrong, item.unsure],
  ])
  return csv([[...head, ...figures], ...lines])
}

/** A model's answer is named, not repeated. */
const cellsOf = ({ model, text }: GoldItem['first']) => (model ? [model.slug, ''] : ['', text])
