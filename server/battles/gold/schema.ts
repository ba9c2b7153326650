import { z } from 'zod'
import { shapes } from '../../core/schema.ts'
import { StudySlug } from '../../studies/schema.ts'

const count = z.number().int()

/** The verdict that is right, whichever side the answers stand on. `tie`: both are good. */
export const ExpectedVerdict = z
  .enum(['first', 'second', 'tie', 'both_bad'])
  .register(shapes, { id: 'ExpectedVerdict' })
export type ExpectedVerdict = z.infer<typeof ExpectedVerdict>

/** The answer that a model of the study gave to the query, or one that somebody wrote. */
const ChosenAnswer = z.union([
  z.strictObject({ model: z.string().trim().min(1).max(200) }),
  z.strictObject({ text: z.string().max(20_000) }),
])
export type ChosenAnswer = z.infer<typeof ChosenAnswer>

/** `hidden`: among the cards, to see who looks. `training`: before them, with the reason told. */
export const GoldUse = z.enum(['hidden', 'training']).register(shapes, { id: 'GoldUse' })
export type GoldUse = z.infer<typeof GoldUse>

const note = z.string().trim().max(1_000)

export const NewGoldItem = z
  .object({
    /** The key of a query of the study's pool. */
    query: z.string().trim().min(1).max(500),
    first: ChosenAnswer,
    second: ChosenAnswer,
    expected: ExpectedVerdict,
    /** Why that is right; in the training raters are told it. */
    note: note.default(''),
    use: GoldUse.default('hidden'),
  })
  .register(shapes, { id: 'NewGoldItem' })
export type NewGoldItem = z.infer<typeof NewGoldItem>

/** What may change of an item; other answers are another item. */
export const GoldChange = z
  .object({ expected: ExpectedVerdict, note, use: GoldUse, retired: z.boolean() })
  .partial()
  .register(shapes, { id: 'GoldChange' })
export type GoldChange = z.infer<typeof GoldChange>

const GoldAnswer = z.object({
  /** Null: somebody wrote it. */
  model: z.object({ slug: z.string(), name: z.string() }).nullable(),
  text: z.string(),
})

const GoldState = z.enum(['active', 'waiting', 'retired'])

export const GoldItem = z
  .object({
    id: z.uuid(),
    query: z.object({ key: z.string(), question: z.string(), image: z.string() }),
    first: GoldAnswer,
    second: GoldAnswer,
    expected: ExpectedVerdict,
    note: z.string(),
    use: GoldUse,
    /** `waiting`: it is given to nobody now, and `why` says so. `retired`: to nobody any more. */
    state: GoldState,
    why: z.string().nullable(),
    createdAt: z.iso.datetime(),
    /** How many raters were given it. */
    given: count,
    right: count,
    wrong: count,
    unsure: count,
    /** What another right verdict, and deleting it, would mean, in a sentence each. */
    meaning: z.object({ change: z.string(), delete: z.string() }),
  })
  .register(shapes, { id: 'GoldItem' })
export type GoldItem = z.infer<typeof GoldItem>

export const GoldQuery = z.object({
  show: z.enum(['all', ...GoldState.options, 'training']).default('all'),
  page: z.coerce.number<string | number>().int().min(1).max(10_000).default(1),
})
export type GoldQuery = z.infer<typeof GoldQuery>

/** A study's gold items, the newest first, fifty a page. */
export const GoldList = z
  .object({
    items: z.array(GoldItem),
    total: count,
    page: count,
    pages: count,
    /** Of those that are hidden among cards, and of those of the training, how many are in use. */
    active: count,
    training: count,
    /** Share of each rater's cards that are to be gold. */
    share: z.number(),
    /** What keeps gold from raters, or will, in words. */
    remarks: z.array(z.string()),
  })
  .register(shapes, { id: 'GoldList' })
export type GoldList = z.infer<typeof GoldList>

export const GoldPath = StudySlug.extend({ item: z.uuid() })

export const AnswersToQuery = z.object({ query: z.string().max(500) })

/** A query of the study with the answers that raters may be shown: what an item is made of. */
export const QueryAnswers = z
  .object({
    query: z.object({ key: z.string(), question: z.string(), image: z.string() }),
    answers: z.array(z.object({ model: z.object({ slug: z.string(), name: z.string() }), text: z.string() })),
  })
  .register(shapes, { id: 'QueryAnswers' })
export type QueryAnswers = z.infer<typeof QueryAnswers>

export const GoldImport = z
  .object({
    /** Its ending says how it is read: csv, tsv, json or jsonl. */
    file: z.string().trim().min(1).max(200),
    text: z.string().max(1_000_000),
    /** Adds what is good although some rows are bad. */
    skipBad: z.boolean().default(false),
  })
  .register(shapes, { id: 'GoldImport' })
export type GoldImport = z.infer<typeof GoldImport>

/** What an import of gold items did. Nothing was added where rows are bad and were not to be skipped. */
export const GoldImported = z
  .object({
    added: count,
    /** Here already. */
    known: count,
    bad: z.array(z.object({ file: z.string(), row: count, reason: z.string() })),
  })
  .register(shapes, { id: 'GoldImported' })
export type GoldImported = z.infer<typeof GoldImported>
