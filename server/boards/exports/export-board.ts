import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { recordAudit } from '#server/accounts/service.ts'
import type { Context } from '#server/core/context.ts'
import { packParquet, type ParquetType } from '#server/formats/parquet.ts'
import { boardCsv } from '../board-csv.ts'
import {
  nameModels,
  readCovered,
  streamBattles,
  streamVotes,
  type PublishedVote,
  type Spoken,
} from '#server/snapshots/covered-votes.ts'
import { getBattleStudy } from '../charts/read-battles.ts'
import { getBoard } from '../read-boards.ts'
import type { ExportQuery } from './schema.ts'

interface ExportOptions extends ExportQuery {
  /** Key of the raters' pseudonyms; drawn anew for each export unless given. */
  salt?: string
  /** Names models that are not released. */
  unreleased?: boolean
}

interface ExportedFile {
  name: string
  mediaType: string
  content: Readable
  /** Votes that are not in the file because they say `unsure`. */
  unsureLeftOut: number
}

/**
 * A board, or the votes that its newest snapshot rests on, as a file; docs/exports.md has the columns. Votes go to
 * researchers while a study is open and to everybody when it is closed. Throws what getBoard throws, no-snapshot and
 * battles-closed.
 */
export async function exportBoard(ctx: Context, slug: string, options: ExportOptions): Promise<ExportedFile> {
  const { format, category = null } = options
  const named = (ending: string) => `${slug}${category ? `-${category}` : ''}${ending}`
  switch (format) {
    case 'csv': {
      const board = await getBoard(ctx, slug, category)
      return whole(named('.csv'), 'text/csv; charset=utf-8', boardCsv(board))
    }
    case 'json': {
      const board = await getBoard(ctx, slug, category)
      return whole(named('.json'), 'application/json', `${JSON.stringify(board, null, 2)}\n`)
    }
    case 'votes-jsonl': {
      const { votes } = await openVotes(ctx, slug, options, streamVotes)
      return streamed(named('-votes.jsonl'), 'application/x-ndjson', jsonLines(votes))
    }
    case 'votes-parquet': {
      const { votes } = await openVotes(ctx, slug, options, streamVotes)
      return whole(named('-votes.parquet'), 'application/vnd.apache.parquet', await packParquet(voteColumns, votes))
    }
    case 'battles': {
      const { votes, unsure } = await openVotes(ctx, slug, options, streamBattles)
      return streamed(named('-battles.json'), 'application/json', battleList(votes), unsure)
    }
  }
}

function whole(name: string, mediaType: string, content: string | Uint8Array): ExportedFile {
  return { name, mediaType, content: Readable.from([content], { objectMode: false }), unsureLeftOut: 0 }
}

function streamed(name: string, mediaType: string, pieces: AsyncIterable<string>, unsureLeftOut = 0): ExportedFile {
  return { name, mediaType, content: Readable.from(pieces, { objectMode: false }), unsureLeftOut }
}

async function openVotes<Votes>(
  ctx: Context,
  slug: string,
  { category, format, salt = '', unreleased = false }: ExportOptions,
  stream: (...args: Parameters<typeof streamVotes>) => Votes,
): Promise<{ votes: Votes; unsure: number }> {
  const study = await getBattleStudy(ctx, slug)
  const covered = await readCovered(ctx, study.id, category ?? null)
  const models = await nameModels(ctx, covered, { unreleased })
  await recordAudit(ctx, 'votes.exported', `snapshot:${covered.id}`, { format })
  return {
    votes: stream(ctx, covered, { salt: salt || randomBytes(32), models }),
    unsure: covered.excluded.unsure ?? 0,
  }
}

const voteColumns: Record<keyof PublishedVote & string, ParquetType> = {
  model_a: 'string',
  model_b: 'string',
  winner: 'string',
  rater: 'string',
  item: 'string',
  category: 'string',
  language: 'string',
  cast_hour: 'string',
  purpose: 'string',
  points_shown: 'boolean',
  guidelines_version: 'int32',
  late: 'boolean',
  draw_probability: 'double',
}

/** Votes as JSON Lines, a few thousand lines at a time. */
export async function* jsonLines(batches: AsyncIterable<object[]>): AsyncGenerator<string> {
  for await (const rows of batches) yield rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}

/** One list of battles as the public arenas publish them, one on each line. Their readers take an unknown winner for a tie: `unsure` is left out. */
async function* battleList(batches: AsyncIterable<(PublishedVote & Spoken)[]>): AsyncGenerator<string> {
  let lead = '[\n'
  for await (const rows of batches) {
    const lines = rows.filter(({ winner }) => winner !== 'unsure').map((row) => JSON.stringify(toBattle(row)))
    if (lines.length === 0) continue
    yield lead + lines.join(',\n')
    lead = ',\n'
  }
  yield lead === '[\n' ? '[]\n' : '\n]\n'
}

const languages = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' })

function toBattle(vote: PublishedVote & Spoken) {
  const { question, answerA, answerB } = vote
  const conversation = (answer: string) => [
    { role: 'user', content: question },
    { role: 'assistant', content: answer },
  ]
  return {
    question_id: vote.item,
    model_a: vote.model_a,
    model_b: vote.model_b,
    winner: vote.winner === 'both_bad' ? 'tie (bothbad)' : vote.winner,
    judge: vote.rater,
    conversation_a: conversation(answerA),
    conversation_b: conversation(answerB),
    turn: 1,
    anony: true,
    language: languages.of(vote.language),
    tstamp: Date.parse(vote.cast_hour) / 1000,
    category: vote.category,
  }
}
