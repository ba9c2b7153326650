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
  summariseCovered,
  type CoveredVotes,
  type PublishedVote,
} from '#server/snapshots/covered-votes.ts'
import { getBattleStudy } from '../charts/read-battles.ts'
import { getBoard } from '../read-boards.ts'
import { arenaColumns, arenaRows, battleList, preferencePairs } from './battle-layouts.ts'
import { dataCard, methodsSection } from './data-card.ts'
import { describeVotes } from './describe-votes.ts'
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
  /** Votes that are not in the file although the board rests on them or counted them, by reason. */
  leftOut: Record<string, number>
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
      return whole(named('-votes.parquet'), parquetType, await packParquet(voteColumns, votes))
    }
    case 'battles': {
      const { votes, unsure } = await openVotes(ctx, slug, options, streamBattles)
      return { ...streamed(named('-battles.json'), 'application/json', battleList(votes)), leftOut: { unsure } }
    }
    case 'arena-jsonl': {
      const { votes, unsure } = await openVotes(ctx, slug, options, streamBattles)
      const lines = jsonLines(arenaRows(votes))
      return { ...streamed(named('-arena.jsonl'), 'application/x-ndjson', lines), leftOut: { unsure } }
    }
    case 'arena-parquet': {
      const { votes, unsure } = await openVotes(ctx, slug, options, streamBattles)
      const packed = await packParquet(arenaColumns, arenaRows(votes))
      return { ...whole(named('-arena.parquet'), parquetType, packed), leftOut: { unsure } }
    }
    case 'dpo': {
      const { votes, unsure, covered } = await openVotes(ctx, slug, options, streamBattles)
      const leftOut = { unsure, ...(await countNoPairs(ctx, covered)) }
      return { ...streamed(named('-dpo.jsonl'), 'application/x-ndjson', jsonLines(preferencePairs(votes))), leftOut }
    }
    case 'data-card':
      return whole(named('-data-card.md'), markdown, dataCard(await describeVotes(ctx, slug, options)))
    case 'methods':
      return whole(named('-methods.md'), markdown, methodsSection(await describeVotes(ctx, slug, options)))
  }
}

function whole(name: string, mediaType: string, content: string | Uint8Array): ExportedFile {
  return { name, mediaType, content: Readable.from([content], { objectMode: false }), leftOut: {} }
}

function streamed(name: string, mediaType: string, pieces: AsyncIterable<string>): ExportedFile {
  return { name, mediaType, content: Readable.from(pieces, { objectMode: false }), leftOut: {} }
}

async function openVotes<Votes>(
  ctx: Context,
  slug: string,
  { category, format, salt = '', unreleased = false }: ExportOptions,
  stream: (...args: Parameters<typeof streamVotes>) => Votes,
): Promise<{ votes: Votes; covered: CoveredVotes; unsure: number }> {
  const study = await getBattleStudy(ctx, slug)
  const covered = await readCovered(ctx, study.id, category ?? null)
  const models = await nameModels(ctx, covered, { unreleased })
  await recordAudit(ctx, 'votes.exported', `snapshot:${covered.id}`, { format })
  return {
    votes: stream(ctx, covered, { salt: salt || randomBytes(32), models }),
    covered,
    unsure: covered.excluded.unsure ?? 0,
  }
}

/** Votes that prefer no text over another, by reason. */
async function countNoPairs(ctx: Context, covered: CoveredVotes): Promise<Record<'ties' | 'alike', number>> {
  const ties = covered.counts.filter(({ verdict }) => verdict === 'tie' || verdict === 'both_bad')
  const { alike } = await summariseCovered(ctx, covered)
  return { ties: ties.reduce((sum, { votes }) => sum + votes, 0), alike }
}

const parquetType = 'application/vnd.apache.parquet'
const markdown = 'text/markdown; charset=utf-8'

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
  strength: 'string',
  reasons: { list: 'string' },
}

/** Votes as JSON Lines, a few thousand lines at a time. */
export async function* jsonLines(batches: AsyncIterable<object[]>): AsyncGenerator<string> {
  for await (const rows of batches) yield rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}
