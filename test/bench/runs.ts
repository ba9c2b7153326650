import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readConfig } from '#server/core/config.ts'
import { openDatabase } from '#server/core/postgres/database.ts'
import { startArena } from '../support/program.ts'
import type { Seen } from './runs/mock-endpoint.ts'
import { writeAsFiles, writeAsParquet, type DataLayout } from './runs/write-data.ts'

interface Wanted {
  examples: number
  latencyMs: number
  pictureKb: number
  atOnce: number
  layout: DataLayout
}

/** A command from the start of its process to its end. */
interface Measured {
  startedAt: number
  ms: number
  cpuMs: number
  peakMb: number
  output: string
}

/**
 * `arena run` over VQA v2 val with a picture of its own for each question, from the start of the process to the table,
 * beside a bare loop over the same pictures and `arena models list`, all against one endpoint in another process.
 * Options: --examples 5000 --latency 100 (ms) --size 50 (KB) --concurrency 64 --layout files (or parquet). With DATABASE_URL, which
 * should be an empty database, on that PostgreSQL. Exit code 1 when a target is missed.
 */
export async function run(options: string[]): Promise<number> {
  const wanted = readOptions(options)
  const folder = mkdtempSync(join(tmpdir(), 'arena-runs-'))
  try {
    refuseSmallDisk(folder, wanted)
    const data = { folder: join(folder, 'files'), ...wanted }
    const pictures = await writeAsFiles(data)
    const parquet = join(folder, 'parquet')
    if (wanted.layout === 'parquet') await writeAsParquet({ ...data, folder: parquet })
    return await measure(folder, pictures, wanted.layout === 'parquet' ? parquet : data.folder, wanted)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readOptions(options: string[]): Wanted {
  const { values } = parseArgs({
    args: options,
    options: {
      examples: { type: 'string', default: '5000' },
      latency: { type: 'string', default: '100' },
      size: { type: 'string', default: '50' },
      concurrency: { type: 'string', default: '64' },
      layout: { type: 'string', default: 'files' },
    },
  })
  return {
    examples: Number(values.examples),
    latencyMs: Number(values.latency),
    pictureKb: Number(values.size),
    atOnce: Number(values.concurrency),
    layout: values.layout === 'parquet' ? 'parquet' : 'files',
  }
}

function refuseSmallDisk(folder: string, { examples, pictureKb, layout }: Wanted) {
  const neededMb = Math.round((examples * pictureKb * (layout === 'parquet' ? 3 : 2)) / 1000) + 500
  const freeMb = (statfsSync(folder).bavail * statfsSync(folder).bsize) / 1e6
  if (freeMb < neededMb) throw new Error(`${folder} has ${Math.round(freeMb)} MB left; the bench needs ${neededMb} MB`)
}

async function measure(folder: string, pictures: string, data: string, wanted: Wanted): Promise<number> {
  const { examples, latencyMs, atOnce } = wanted
  const dataDir = join(folder, 'arena')
  const endpoint = fork(join(import.meta.dirname, 'runs/mock-endpoint.ts'), [String(latencyMs)])
  try {
    const [url] = (await once(endpoint, 'message')) as [string]
    const loop = () => bareLoop(url, pictures, wanted)
    await arena(folder, dataDir, ['models', 'list']) // makes the database, once
    const before = await bytesStored(dataDir)
    const lists = [await arena(folder, dataDir, ['models', 'list']), await arena(folder, dataDir, ['models', 'list'])]
    const list = { ms: mean(lists.map(({ ms }) => ms)), cpuMs: mean(lists.map(({ cpuMs }) => cpuMs)) }
    const loops = [await loop()]
    await seenBy(endpoint)
    const task = ['--tasks', 'vqa_v2_val', '--data', data, '--max-concurrency', String(atOnce)]
    const whole = await arena(folder, dataDir, ['run', ...task, '--base-url', url, '--model', 'mock'])
    const { calls, firstAt, mostAtOnce } = await seenBy(endpoint)
    loops.push(await loop())
    const after = await bytesStored(dataDir)
    const loopMs = mean(loops)
    const stored = (after.tables - before.tables - after.replies) / examples
    const pictureBytes = (after.pictures - before.pictures) / examples
    console.log(whole.output.trim())
    console.log(
      `${examples} examples, pictures of ${wanted.pictureKb} KB as ${wanted.layout}, ${latencyMs} ms, ${atOnce} at once: ${calls} calls, at most ${mostAtOnce} under way`,
    )
    print('bare loop, before and after', `${loops.map(seconds).join(' and ')} s`)
    print('arena models list', `${seconds(list.ms)} s`)
    const firstMs = firstAt - whole.startedAt
    const holds = [
      judge('arena run, process to table', whole.ms / 1000, (1.05 * loopMs + list.ms) / 1000, 's'),
      judge('less models list, over the loop', (whole.ms - list.ms) / loopMs, 1.05),
      judge('first call after the start', firstMs / 1000, 1 + list.ms / 1000, 's'),
      judge('CPU of the process, an example', (whole.cpuMs - list.cpuMs) / examples, 1, 'ms'),
      judge('peak memory', whole.peakMb, 300, 'MB'),
      judge('stored beyond the reply, an example', stored / 1000, 1.5, 'KB'),
    ]
    print('pictures copied, an example', `${Math.round(pictureBytes / 1000)} KB`)
    print('examples a second', `${Math.round((1000 * examples) / (whole.ms - list.ms))}`)
    return calls === examples && holds.every(Boolean) ? 0 : 1
  } finally {
    endpoint.disconnect()
  }
}

const seconds = (ms: number) => (ms / 1000).toFixed(2)

function print(what: string, shown: string): void {
  console.log(`  ${what.padEnd(38)} ${shown.padStart(18)}`)
}

/** Prints a figure beside its target; returns whether it holds. */
function judge(what: string, value: number, most: number, unit = ''): boolean {
  const holds = value <= most
  print(what, `${value.toFixed(2)} ${unit}   at most ${most.toFixed(2)}: ${holds ? 'met' : 'MISSED'}`)
  return holds
}

async function bareLoop(url: string, pictures: string, { examples, atOnce }: Wanted): Promise<number> {
  const loop = fork(join(import.meta.dirname, 'runs/bare-loop.ts'), [url, pictures, String(examples), String(atOnce)])
  const [ms] = (await once(loop, 'message')) as [number]
  return ms
}

async function seenBy(endpoint: ChildProcess): Promise<Seen> {
  const told = once(endpoint, 'message') as Promise<[Seen]>
  endpoint.send('seen')
  return (await told)[0]
}

/** Runs one command as its user would; what it used is noted by itself as it ends. */
async function arena(folder: string, dataDir: string, args: string[]): Promise<Measured> {
  const usage = join(folder, 'usage')
  rmSync(usage, { recursive: true, force: true })
  mkdirSync(usage)
  const startedAt = performance.timeOrigin + performance.now()
  const program = startArena(args, {
    ARENA_DATA: dataDir,
    BENCH_USAGE: usage,
    NODE_OPTIONS: `--import ${join(import.meta.dirname, 'runs/note-usage.ts')}`,
  })
  const code = await program.ended
  const ms = performance.timeOrigin + performance.now() - startedAt
  if (code !== 0) throw new Error(`arena ${args.join(' ')} ended with ${code}:\n${program.output()}`)
  const noted = JSON.parse(readFileSync(join(usage, `${program.child.pid}.json`), 'utf8')) as Pick<
    Measured,
    'cpuMs' | 'peakMb'
  >
  return { startedAt, ms, output: program.output(), ...noted }
}

/** Bytes of all tables with their indexes, of the replies in them as they came, and of the pictures in the data folder. */
async function bytesStored(dataDir: string) {
  const { databaseUrl } = readConfig()
  const database = await openDatabase({ databaseUrl, dataDir, migrate: false })
  try {
    const [row] = await database.sql<{ tables: number; replies: number }[]>`
      select sum(pg_total_relation_size(c.oid))::float8 as tables,
        (select coalesce(sum(octet_length(body)), 0)::float8 from replies) as replies
      from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace`
    return { ...row!, pictures: bytesBelow(join(dataDir, 'images')) }
  } finally {
    await database.close()
  }
}

function bytesBelow(folder: string): number {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    return entries.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
  } catch {
    return 0
  }
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
