import { setImmediate as others } from 'node:timers/promises'
import { models } from '#drizzle/schema/models.ts'
import { queries } from '#drizzle/schema/queries.ts'
import { collections, responses } from '#drizzle/schema/responses.ts'
import { recordAudit } from '#server/accounts/service.ts'
import type { Context } from '#server/core/context.ts'
import { present, rowsOf } from '#server/core/postgres/rows.ts'
import { InputError } from '#server/core/problem.ts'
import { storable } from '#server/core/storable.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { openDataFiles } from '#server/datasets/data-files.ts'
import { separateThinking } from '#server/endpoints/protocols/thinking/separate-thinking.ts'
import { ensureModel, slugOf } from '#server/models/service.ts'
import type { BadRow } from '#server/queries/imports/import-queries.ts'
import { readTableRows, type SourceRow } from '#server/queries/imports/read-rows.ts'
import { enterAnswered, getStoredStudy, modelAsked, studyOver, type StoredStudy } from '#server/studies/service.ts'
import { announceAnswers } from '../announce-answers.ts'
import { readKnownModels, whyHeld } from '../why-held.ts'
import { answerOfRow, modelsIn, plainQuestion } from './row-to-answer.ts'
import type { AnswersOf } from './schema.ts'

interface ImportOptions {
  /** The study, as its address names it. */
  study: string
  of: AnswersOf
  /** Imports what is good although some rows are bad. */
  skipBad: boolean
  signal?: AbortSignal
  onProgress?: (rows: number, bad: number) => void
}

/** What an import did, in numbers of rows. */
export interface AnswerReport {
  added: number
  /** Of those added: kept from raters until a person has looked. */
  held: number
  /** Here already, word for word. */
  known: number
  /** Of other models. */
  others: number
  bad: BadRow[]
}

/** What the study asks, and what this model has answered to it before. */
interface Asked {
  byKey: Map<string, Question>
  /** Null where several queries ask the same. */
  byQuestion: Map<string, Question | null>
}
interface Question {
  id: string
  key: string
  question: string
  /** Undefined: not answered yet. */
  before: string | undefined
}

const mostRows = 200_000
const mostCharacters = 500_000_000
const rowsAtOnce = 200

/**
 * Reads answers that were made elsewhere into a study, as those of one model, which joins the study by them: a table, or
 * all tables of a folder. Rows name their query by its key, or by its question where one query asks it. Answers are read
 * as those of an endpoint: thoughts are left out, and those that are empty or name a model are held. Where rows are bad,
 * none comes unless `skipBad`; an answer that is here stays, so the same file may be given again. Throws not-found,
 * study-over, model-asked, and InputError for files that cannot be read.
 */
export async function importAnswers(ctx: Context, path: string, options: ImportOptions): Promise<AnswerReport> {
  const study = await getStoredStudy(ctx, options.study)
  if (study.status === 'closed') throw studyOver('Open it again to import answers')
  await refuseAsked(ctx, study, options.of)
  const asked = await readAsked(ctx, study, slugOf(options.of.name))
  const taken: Taken = { good: new Map(), bad: [], known: 0, others: 0, names: new Set(), characters: 0 }
  const files = await openDataFiles(path)
  let rows = 0
  try {
    for await (const row of readTableRows(files)) {
      options.signal?.throwIfAborted()
      if (++rows > mostRows) throw new InputError('There are more than 200,000 rows; import them in parts.')
      takeRow(row, options.of, asked, taken)
      if (taken.characters > mostCharacters)
        throw new InputError('There are more than 500 million characters of answers; import them in parts.')
      options.onProgress?.(rows, taken.bad.length)
      if (rows % rowsAtOnce === 0) await others()
    }
  } finally {
    await files.close()
  }
  const { bad, known } = taken
  if (rows === taken.others) throw nobody(options.of, taken)
  if (bad.length > 0 && !options.skipBad) return { added: 0, held: 0, known, others: taken.others, bad }
  const { added, held } = await keepAnswers(ctx, study, options.of, [...taken.good.values()])
  if (added > held) announceAnswers(ctx, study.id)
  return { added, held, known: known + taken.good.size - added, others: taken.others, bad }
}

async function refuseAsked(ctx: Context, study: StoredStudy, { name }: AnswersOf): Promise<void> {
  const [asked] = await rowsOf(ctx, { name: models.name })`
    select m.name from study_models sm join models m on m.id = sm.model_id
    where sm.study_id = ${study.id} and m.slug = ${slugOf(name)} and sm.endpoint_id is not null`
  if (asked) throw modelAsked(`Import the answers of ${asked.name} under another name`)
}

interface Taken {
  good: Map<string, { question: Question; text: string }>
  bad: BadRow[]
  known: number
  others: number
  /** Models that rows name. */
  names: Set<string>
  characters: number
}

function nobody({ name, namedInFile = name }: AnswersOf, { names }: Taken): InputError {
  if (names.size === 0) return new InputError('There is no row in it.')
  const some = [...names].slice(0, 10).join(', ').slice(0, 500)
  return new InputError(`No row is of ${namedInFile}: the rows name ${some}. Say which of them is meant.`)
}

function takeRow(row: SourceRow, of: AnswersOf, asked: Asked, taken: Taken): void {
  const fault = 'fault' in row ? row.fault : readingOf(() => takeAnswer(row.values, of, asked, taken))
  if (fault !== null) taken.bad.push({ file: row.file, row: row.row, reason: fault })
}

/** What is wrong in words; null: nothing. */
function readingOf(read: () => string | null): string | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof InputError) return error.message
    throw error
  }
}

/** Keeps an answer among the good ones. A sentence: the row is bad. */
function takeAnswer(values: Record<string, unknown>, of: AnswersOf, asked: Asked, taken: Taken): string | null {
  const answer = answerOfRow(values, of.namedInFile ?? of.name)
  if (!answer) {
    for (const name of modelsIn(values)) if (taken.names.size < 20) taken.names.add(name)
    taken.others++
    return null
  }
  const found = questionOf(answer, asked)
  if (typeof found === 'string') return found
  const text = storable(separateThinking(answer.response, ['usual']).answer)
  const before = found.before ?? taken.good.get(found.id)?.text
  if (before !== undefined) {
    if (before !== text) return `${found.key} has another answer of this model already, which stays`
    taken.known++
    return null
  }
  taken.characters += text.length
  taken.good.set(found.id, { question: found, text })
  return null
}

/** The query that a row answers, or why there is none. */
function questionOf({ key, question }: { key: string | null; question: string | null }, asked: Asked) {
  if (key === null) {
    const found = asked.byQuestion.get(question!)
    if (found) return found
    const words = `“${question!.slice(0, 100)}”`
    return found === null ? `several queries ask ${words}: name one by its key` : `no query of the pool asks ${words}`
  }
  const found = asked.byKey.get(key)
  if (!found)
    return `the pool has no query with the key ${key.slice(0, 200)}; without keys, rows are matched by question`
  if (question !== null && question !== plainQuestion(found.question))
    return `the query ${found.key} asks something else: “${found.question.slice(0, 100)}”`
  return found
}

/** The queries of a study's pool, with what a model has answered to them. */
async function readAsked(ctx: Context, study: StoredStudy, model: string): Promise<Asked> {
  const shape = { id: queries.id, key: queries.key, question: queries.question, before: responses.text }
  const rows = await rowsOf(ctx, shape)`
    select q.id, q.key, q.question, r.text as before from queries q
    left join models m on m.slug = ${model}
    left join responses r on r.study_id = ${study.id} and r.model_id = m.id and r.query_id = q.id
    where q.pool_id = ${study.poolId} and q.deleted_at is null`
  const asked: Asked = { byKey: new Map(), byQuestion: new Map() }
  for (const { before, ...row } of rows) {
    const question = { ...row, before: before ?? undefined }
    asked.byKey.set(row.key, question)
    const words = plainQuestion(row.question)
    asked.byQuestion.set(words, asked.byQuestion.has(words) ? null : question)
  }
  return asked
}

/** Enters the model and keeps its answers, all at once. */
async function keepAnswers(
  ctx: Context,
  study: StoredStudy,
  of: AnswersOf,
  answers: { question: Question; text: string }[],
): Promise<{ added: number; held: number }> {
  return inTransaction(ctx, async (ctx) => {
    const { name, organisation = '', openness = 'api_only' } = of
    const model = await ensureModel(ctx, { name, organisation, openness })
    await enterAnswered(ctx, await getStoredStudy(ctx, study.slug), model)
    const known = await readKnownModels(ctx, study.id)
    const held = answers.map(({ text }) => storable(whyHeld(text, known)))
    const collectionId = await openCollection(ctx, study, model.id)
    const added = await rowsOf(ctx, { status: responses.status })`
      insert into responses (collection_id, study_id, query_id, model_id, status, text, points_scale, held_reason, ready_at)
      select ${collectionId}, ${study.id}, t.query_id, ${model.id},
        (case when t.held is null then 'ready' else 'held' end)::response_status, t.text, ${of.pointsScale}, t.held, now()
      from unnest(${answers.map(({ question }) => question.id)}::uuid[], ${answers.map(({ text }) => text)}::text[],
        ${held}::text[]) as t (query_id, text, held)
      on conflict (collection_id, query_id) do nothing returning status`
    const counts = { added: added.length, held: added.filter(({ status }) => status === 'held').length }
    await recordAudit(ctx, 'answers.imported', `study:${study.id}`, { model: model.slug, ...counts })
    return counts
  })
}

async function openCollection(ctx: Context, study: StoredStudy, modelId: string): Promise<string> {
  const [collection] = await rowsOf(ctx, { id: present(collections.id) })`
    insert into collections (study_id, model_id, max_tokens) values (${study.id}, ${modelId}, ${study.maxTokens})
    on conflict (study_id, model_id) do update set max_tokens = collections.max_tokens returning id`
  return collection!.id
}
