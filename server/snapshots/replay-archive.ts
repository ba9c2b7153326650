import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { z } from 'zod'
import type { StoredPairCount } from '#drizzle/schema/snapshots.ts'
import { InputError } from '../core/problem.ts'
import { readJsonLines } from '../formats/jsonl.ts'
import { openZip, type ZipArchive } from '../formats/zip.ts'
import type { Votes } from '../ratings/votes/counts.ts'
import { ArchivedBoard, ArchivedModel, ArchivedVote, ArchiveManifest } from './archive-format.ts'
import { readingOf } from './carry-bounds.ts'
import { fitBoard, flipTop, intervalOf, methodOf } from './fit-board.ts'

/** What was found of an archive; `differences` says in words what is not as it should be, and is empty if all is. */
export interface ArchiveFindings {
  manifest: ArchiveManifest
  differences: string[]
  /** Values or files that were compared. */
  compared: number
  /** What a replay could not compute again, in words; null where that is nothing. */
  notComputed: string | null
}

/** Checks every file of an archive against its manifest. Throws an InputError when it is not an archive of a snapshot. */
export async function verifyArchive(path: string): Promise<ArchiveFindings> {
  await using zip = await openZip(path)
  const manifest = await readPart(zip, path, 'manifest.json', ArchiveManifest)
  const differences: string[] = []
  for (const [name, { sha256 }] of Object.entries(manifest.files)) {
    if (!zip.entries.some((entry) => entry.name === name)) differences.push(`${name} is missing`)
    else if ((await hashEntry(zip, name)) !== sha256) differences.push(`${name} is not the file that was packed`)
  }
  const known = new Set(['manifest.json', ...Object.keys(manifest.files)])
  for (const { name } of zip.entries) if (!known.has(name)) differences.push(`${name} was added`)
  return { manifest, differences, compared: known.size - 1, notComputed: null }
}

async function hashEntry(zip: ZipArchive, name: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of await zip.stream(name)) hash.update(piece as Buffer)
  return hash.digest('hex')
}

/**
 * Computes the board of an archive again from its votes, without server or database, and compares every value with the
 * one stored, digit by digit. Throws an InputError when it cannot be read.
 */
export async function replayArchive(path: string): Promise<ArchiveFindings> {
  await using zip = await openZip(path)
  const manifest = await readPart(zip, path, 'manifest.json', ArchiveManifest)
  const models = await readPart(zip, path, 'models.json', ArchivedModel.array())
  const stored = await readPart(zip, path, 'leaderboard.json', ArchivedBoard)
  const { counts, votes } = await readArchivedVotes(zip, path, new Map(models.map(({ slug }, place) => [slug, place])))
  const interval = intervalOf(manifest.fit.parameters)
  const { ratings, converged, notes } = fitBoard(
    models.map(({ slug }) => ({ id: slug })),
    counts,
    { interval },
    votes,
  )
  const replayed = {
    converged,
    notes,
    topFlip: manifest.snapshot.category === null ? flipTop(ratings, counts) : null,
    rows: ratings.map(({ modelId, ...rating }) => ({ model: modelId, ...rating })),
  }
  const [before, after] = [flatten(stored), flatten(replayed)]
  const read = readingOf(manifest.fit.parameters)
  const isCarried = read !== null && read.votes !== manifest.votes.used
  const places = [...new Set([...before.keys(), ...after.keys()])].filter((place) => !isCarried || !isOfBounds(place))
  const differences = places
    .filter((place) => before.get(place) !== after.get(place))
    .map((place) => `${place}: stored ${before.get(place) ?? 'nothing'}, replayed ${after.get(place) ?? 'nothing'}`)
  if (manifest.fit.method !== methodOf(interval))
    differences.unshift(`method: stored ${manifest.fit.method}, replayed ${methodOf(interval)}`)
  const used = counts.reduce((sum, { verdict, votes }) => sum + (verdict === 'unsure' ? 0 : votes), 0)
  if (used !== manifest.votes.used) differences.unshift(`votes: stored ${manifest.votes.used}, replayed ${used}`)
  const notComputed = isCarried
    ? `The bounds and rank ranges are those of an earlier reading of ${read.votes} votes; they were not compared.`
    : null
  return { manifest, differences, compared: places.length + 2, notComputed }
}

/** Whether a value comes from bounds, or from what is said of them. */
const isOfBounds = (place: string) => / (?:low|high|standardError|rankBest|rankWorst)$/.test(place) || place === 'notes'

const codes = ['model_a', 'model_b', 'tie', 'both_bad']

/** The votes as counts and one by one, raters and questions numbered in the order in which they come. */
async function readArchivedVotes(zip: ZipArchive, path: string, models: Map<string, number>) {
  const cells = new Map<string, StoredPairCount>()
  const [raters, items] = [new Map<string, number>(), new Map<string, number>()]
  const rows: [a: number, b: number, verdict: number, rater: number, item: number][] = []
  const name = `${basename(path)}, votes.jsonl`
  const lines = await zip.stream('votes.jsonl')
  for await (const { line, row } of readJsonLines(lines.setEncoding('utf8'), name)) {
    const parsed = ArchivedVote.safeParse(row)
    if (!parsed.success || !models.has(parsed.data.model_a) || !models.has(parsed.data.model_b))
      throw new InputError(`${name}, line ${line}: not a vote between two of the models of this snapshot`)
    const { model_a: modelA, model_b: modelB, winner: verdict } = parsed.data
    const key = `${modelA} ${modelB} ${verdict}`
    cells.set(key, { modelA, modelB, verdict, votes: 1 + (cells.get(key)?.votes ?? 0) })
    const code = codes.indexOf(verdict)
    if (code < 0) continue
    const rater = raters.getOrInsertComputed(parsed.data.rater, () => raters.size)
    const item = items.getOrInsertComputed(parsed.data.item, () => items.size)
    rows.push([models.get(modelA)!, models.get(modelB)!, code, rater, item])
  }
  const votes: Votes = {
    models: models.size,
    a: Int32Array.from(rows, ([a]) => a),
    b: Int32Array.from(rows, ([, b]) => b),
    verdict: Uint8Array.from(rows, ([, , code]) => code),
    rater: Int32Array.from(rows, ([, , , rater]) => rater),
    item: Int32Array.from(rows, ([, , , , item]) => item),
  }
  return { counts: [...cells.values()], votes }
}

async function readPart<Schema extends z.ZodType>(
  zip: ZipArchive,
  path: string,
  name: string,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const text = new TextDecoder().decode(await zip.read(name))
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new InputError(`${basename(path)}: ${name} is not that of an archived snapshot; create the archive again`, {
      cause,
    })
  }
}

/** Every value of a board under a name for people, as JSON writes it: two numbers are the same if every digit is. */
function flatten({ rows, ...head }: ArchivedBoard): Map<string, string> {
  const values = new Map(Object.entries(head).map(([name, value]) => [name, JSON.stringify(value)]))
  rows.forEach(({ model, ...row }, place) => {
    values.set(`row ${place + 1}`, model)
    for (const [name, value] of Object.entries(row)) values.set(`${model} ${name}`, JSON.stringify(value))
  })
  return values
}
