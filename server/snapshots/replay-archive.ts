import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { z } from 'zod'
import type { StoredPairCount } from '#drizzle/schema/snapshots.ts'
import { InputError } from '../core/problem.ts'
import { readJsonLines } from '../formats/jsonl.ts'
import { openZip, type ZipArchive } from '../formats/zip.ts'
import { ArchivedBoard, ArchivedModel, ArchivedVote, ArchiveManifest } from './archive-format.ts'
import { fitBoard, fitMethod, flipTop } from './fit-board.ts'

/** What was found of an archive; `differences` says in words what is not as it should be, and is empty if all is. */
export interface ArchiveFindings {
  manifest: ArchiveManifest
  differences: string[]
  /** Values or files that were compared. */
  compared: number
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
  return { manifest, differences, compared: known.size - 1 }
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
  const counts = await countVotes(zip, path, new Set(models.map(({ slug }) => slug)))
  const { ratings, converged, notes } = fitBoard(
    models.map(({ slug }) => ({ id: slug })),
    counts,
  )
  const replayed = {
    converged,
    notes,
    topFlip: manifest.snapshot.category === null ? flipTop(ratings, counts) : null,
    rows: ratings.map(({ modelId, ...rating }) => ({ model: modelId, ...rating })),
  }
  const [before, after] = [flatten(stored), flatten(replayed)]
  const places = [...new Set([...before.keys(), ...after.keys()])]
  const differences = places
    .filter((place) => before.get(place) !== after.get(place))
    .map((place) => `${place}: stored ${before.get(place) ?? 'nothing'}, replayed ${after.get(place) ?? 'nothing'}`)
  if (manifest.fit.method !== fitMethod)
    differences.unshift(`method: stored ${manifest.fit.method}, replayed ${fitMethod}`)
  const used = counts.reduce((sum, { verdict, votes }) => sum + (verdict === 'unsure' ? 0 : votes), 0)
  if (used !== manifest.votes.used) differences.unshift(`votes: stored ${manifest.votes.used}, replayed ${used}`)
  return { manifest, differences, compared: places.length + 2 }
}

async function countVotes(zip: ZipArchive, path: string, models: Set<string>): Promise<StoredPairCount[]> {
  const cells = new Map<string, StoredPairCount>()
  const name = `${basename(path)}, votes.jsonl`
  const lines = await zip.stream('votes.jsonl')
  for await (const { line, row } of readJsonLines(lines.setEncoding('utf8'), name)) {
    const parsed = ArchivedVote.safeParse(row)
    if (!parsed.success || !models.has(parsed.data.model_a) || !models.has(parsed.data.model_b))
      throw new InputError(`${name}, line ${line}: not a vote between two of the models of this snapshot`)
    const { model_a: modelA, model_b: modelB, winner: verdict } = parsed.data
    const key = `${modelA} ${modelB} ${verdict}`
    cells.set(key, { modelA, modelB, verdict, votes: 1 + (cells.get(key)?.votes ?? 0) })
  }
  return [...cells.values()]
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
