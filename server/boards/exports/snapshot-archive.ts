import { createHash, randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { eq } from 'drizzle-orm'
import { votes } from '#drizzle/schema/battles.ts'
import { snapshots, type StoredRating } from '#drizzle/schema/snapshots.ts'
import { recordAudit } from '#server/accounts/service.ts'
import type { Context } from '#server/core/context.ts'
import { present, rowsOf, whole } from '#server/core/postgres/rows.ts'
import { defineProblem, notFound } from '#server/core/problem.ts'
import { zipStream } from '#server/formats/zip-writer.ts'
import { getStoredStudyById } from '#server/studies/service.ts'
import type { ArchivedBoard, ArchiveManifest, ArchivedModel } from '#server/snapshots/archive-format.ts'
import {
  isCovered,
  nameModels,
  readCovered,
  readExclusions,
  streamVotes,
  type CoveredVotes,
} from '#server/snapshots/covered-votes.ts'
import { jsonLines } from './export-board.ts'
import { getBattleStudy } from '../charts/read-battles.ts'
import { citeSnapshot } from './read-snapshots.ts'

export const votesMissing = defineProblem('votes-missing', 409, 'The votes no longer add up to this snapshot')

interface ArchiveOptions {
  /** Key of the raters' pseudonyms; drawn anew for each archive unless given. */
  salt?: string
  /** Names models that are not released. */
  unreleased?: boolean
}

/**
 * A snapshot with its votes as a zip that anyone can replay. Researchers get it of any study, everybody else of a closed
 * one. Throws not-found, battles-closed, and votes-missing when the votes kept do not add up to the counts that were
 * fitted.
 */
export async function archiveSnapshot(ctx: Context, id: string, options: ArchiveOptions = {}): Promise<Readable> {
  const stored = await readStored(ctx, id)
  const study = await getStoredStudyById(ctx, stored.studyId)
  await getBattleStudy(ctx, study.slug)
  const covered = await readCovered(ctx, study.id, stored.category, id)
  await checkVotes(ctx, covered)
  const models = await nameModels(ctx, covered, { unreleased: options.unreleased ?? false })
  const salt = options.salt ?? randomBytes(32)
  await recordAudit(ctx, 'snapshot.exported', `snapshot:${id}`, { salted: options.salt === undefined })
  const files: ArchiveManifest['files'] = {}
  const exclusions = await readExclusions(ctx, covered)
  const manifest = manifestOf(ctx, study, stored, { models: models.size, exclusions, files })
  const board = boardOf(stored, covered, new Map([...models].map(([modelId, { slug }]) => [modelId, slug])))
  return zipStream(
    [
      {
        name: 'votes.jsonl',
        content: () => hashed(files, 'votes.jsonl', jsonLines(streamVotes(ctx, covered, { salt, models }))),
      },
      {
        name: 'models.json',
        content: () => hashed(files, 'models.json', [pretty([...models.values()] satisfies ArchivedModel[])]),
      },
      { name: 'leaderboard.json', content: () => hashed(files, 'leaderboard.json', [pretty(board)]) },
      { name: 'README.md', content: () => hashed(files, 'README.md', [readme(manifest)]) },
      { name: 'manifest.json', content: () => [pretty(manifest)] },
    ],
    stored.createdAt,
  )
}

type StoredSnapshot = typeof snapshots.$inferSelect

async function readStored(ctx: Context, id: string): Promise<StoredSnapshot> {
  const [row] = await ctx.db.select().from(snapshots).where(eq(snapshots.id, id))
  if (!row) throw notFound(`There is no snapshot ${id}`)
  return row
}

/** Counts the votes that are covered and compares the cells with those that were fitted. */
async function checkVotes(ctx: Context, covered: CoveredVotes): Promise<void> {
  const cells = await rowsOf(ctx, {
    modelA: present(votes.modelA),
    modelB: present(votes.modelB),
    verdict: votes.verdict,
    votes: whole,
  })`
    select v.model_a as "modelA", v.model_b as "modelB", v.verdict, count(*)::int as votes from votes v
    where ${isCovered(ctx, covered)} group by 1, 2, 3`
  const keyOf = ({ modelA, modelB, verdict, votes }: CoveredVotes['counts'][number]) =>
    `${modelA} ${modelB} ${verdict} ${votes}`
  const kept = new Set(cells.map(keyOf))
  const same = covered.counts.length === kept.size && covered.counts.every((count) => kept.has(keyOf(count)))
  if (!same) throw votesMissing('Some were changed or lost after it was taken; a newer snapshot can be archived')
}

/** Passes pieces on and notes size and SHA-256 of the whole when the last is through. */
async function* hashed(
  files: ArchiveManifest['files'],
  name: string,
  pieces: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<string> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const piece of pieces) {
    hash.update(piece)
    bytes += Buffer.byteLength(piece)
    yield piece
  }
  files[name] = { bytes, sha256: hash.digest('hex') }
}

const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

function manifestOf(
  ctx: Context,
  study: { slug: string; name: string; licence: string },
  stored: StoredSnapshot,
  {
    models,
    exclusions,
    files,
  }: Pick<ArchiveManifest, 'models' | 'files'> & Pick<ArchiveManifest['votes'], 'exclusions'>,
): ArchiveManifest {
  const { id, category, lastVoteId, votesUsed, raters, excluded, method, parameters, seed, dataHash, codeVersion } =
    stored
  return {
    format: 'vlm-arena-snapshot',
    formatVersion: 1,
    snapshot: { id, study: study.slug, category, createdAt: stored.createdAt.toISOString() },
    votes: { used: votesUsed, excluded, exclusions, raters, last: lastVoteId },
    models,
    fit: { method, parameters, seed, codeVersion, dataHash },
    licence: study.licence,
    citation: citeSnapshot(ctx, study, stored),
    packedBy: ctx.config.codeVersion,
    files,
  }
}

/** The fit with slugs in the place of ids, every digit as it is stored. */
function boardOf(
  { converged, notes, topFlip }: StoredSnapshot,
  { ratings }: CoveredVotes,
  slugs: Map<string, string>,
): ArchivedBoard {
  const rows = ratings.map(({ modelId, ...rating }: StoredRating) => ({ model: slugs.get(modelId)!, ...rating }))
  const flip = topFlip && { ...topFlip, first: slugs.get(topFlip.first)!, second: slugs.get(topFlip.second)! }
  return { converged, notes, topFlip: flip, rows }
}

function readme({ snapshot, votes, fit, licence, citation, models }: ArchiveManifest): string {
  return `# Snapshot ${snapshot.id}

The leaderboard of the study \`${snapshot.study}\`${snapshot.category ? `, category ${snapshot.category},` : ''} as it stood at ${snapshot.createdAt},
with the ${votes.used} votes of ${votes.raters} raters on ${models} models that gave it.

Compute it again, to the same digits, without a server or a database:

    npx arena snapshot replay FILE.zip

and check that no file was altered:

    npx arena snapshot verify FILE.zip

| file | holds |
|---|---|
| \`votes.jsonl\` | one vote a line, in the order in which they came; \`unsure\` ones too, which no fit reads |
| \`models.json\` | the models in the order in which the fit takes them |
| \`leaderboard.json\` | ratings, bounds, ranks and tallies, every digit |
| \`manifest.json\` | method, parameters, seed, versions, what was left out and why, SHA-256 of the other files |

Method: ${fit.method}. Raters bear pseudonyms made for this file alone; times are cut to the hour; how long a rater took
is not published. A model that was not released when this was packed is called \`withheld-1\` and so on.

Licence of the votes: ${licence}. To cite: ${citation}
`
}
