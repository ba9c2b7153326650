import { isDeepStrictEqual } from 'node:util'
import { and, eq, inArray, isNull } from 'drizzle-orm'
import { predictions, runs } from '#drizzle/schema/runs.ts'
import type { Reading } from '#server/calls/customer.ts'
import { addCalls, endGrowth } from '#server/calls/service.ts'
import type { Context } from '#server/core/context.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { openReading, type SplitReading } from '#server/datasets/service.ts'
import { keepPictures } from '#server/images/keep-pictures.ts'
import { chosenRows, type Row } from './choose-rows.ts'
import { fingerprintOf } from '../fingerprint.ts'
import { runsLike, takeEarlierReplies } from '../spending/reuse.ts'
import { readQuestion, type ReadQuestion } from './read-question.ts'
import { getStoredRun, runChanged, type StoredRun } from '../stored-run.ts'

interface ReadRow extends Row, ReadQuestion {}

/** Examples that are read at once: few at first, then as many as their pictures allow. */
const firstBatch = 16
const largestBatch = 64
const batchBytes = 16 * 1024 ** 2

/**
 * Reads the examples of a run: a prediction and a call for each, batch after batch, whose calls may be carried out at
 * once. Stopped at any moment and called again, it adds what is missing; what was written by an earlier reading is held
 * against the data unless the file system says that no file was touched since. In the end the revision of the data is
 * written down and the plan grows no more. Throws run-changed when the data is not what the run began with.
 */
export async function readRun(
  ctx: Context,
  runId: number,
  { data: opened, attaching = false, ...reading }: Partial<Reading> & { data?: SplitReading; attaching?: boolean } = {},
): Promise<void> {
  const run = await getStoredRun(ctx, runId)
  await using own = opened
    ? null
    : await openReading(ctx, await getTask(run.benchmark, run.split), run.dataPath ?? undefined)
  const data = opened ?? own!
  const writer = new ExampleWriter(ctx, run, data, {
    prior: attaching ? 'unsure' : await priorOf(ctx, run, data),
    elsewhere: attaching || run.dataPath !== null,
  })
  if (await readRows(run, data, writer, reading)) await endReading(ctx, run, data)
}

/** Hands the rows of the run to the writer, one batch read while the one before is written. False: stopped before the end. */
async function readRows(
  run: StoredRun,
  data: SplitReading,
  writer: ExampleWriter,
  { signal, keepPace, offer }: Partial<Reading>,
): Promise<boolean> {
  let writing = Promise.resolve()
  let size = firstBatch
  let batch: Row[] = []
  const flush = async () => {
    const read = writer.read(batch)
    batch = []
    await writing
    await keepPace?.()
    const rows = await read
    size = sizeAfter(rows, size)
    writing = writer.write(rows, offer)
    writing.catch(() => {}) // thrown where it is waited for
  }
  for await (const row of chosenRows(data, run, signal)) {
    batch.push(row)
    if (batch.length >= size) await flush()
  }
  await flush()
  await writing
  return !signal?.aborted
}

function sizeAfter(rows: ReadRow[], before: number): number {
  if (rows.length === 0) return before
  const bytes = rows.flatMap(({ pictures }) => pictures).reduce((sum, picture) => sum + picture.bytes.length, 0)
  return Math.max(1, Math.min(largestBatch, Math.floor(batchBytes / Math.max(1, bytes / rows.length))))
}

/** What an earlier reading left: nothing; examples of these very files; or examples that have to be held against them. */
type Prior = 'none' | 'same' | 'unsure'

async function priorOf(ctx: Context, run: StoredRun, data: SplitReading): Promise<Prior> {
  const [any] = await ctx.db
    .select({ id: predictions.exampleId })
    .from(predictions)
    .where(eq(predictions.runId, run.id))
    .limit(1)
  if (!any) return 'none'
  const whole = run.dataRevision !== null
  return !whole && run.dataState !== null && run.dataState === (await data.files.state()) ? 'same' : 'unsure'
}

/** Writes what was read of a run's examples. */
class ExampleWriter {
  readonly #ctx: Context
  readonly #run: StoredRun
  readonly #data: SplitReading
  readonly #prior: Prior
  /** Whether pictures may stay where they lie outside the data folder. */
  readonly #elsewhere: boolean
  #begun = false
  /** Runs whose replies can be taken. */
  #like: number[] | undefined

  constructor(ctx: Context, run: StoredRun, data: SplitReading, rest: { prior: Prior; elsewhere: boolean }) {
    this.#ctx = ctx
    this.#run = run
    this.#data = data
    this.#prior = rest.prior
    this.#elsewhere = rest.elsewhere
  }

  /** Reads the pictures of examples, but of those that are written already. */
  async read(batch: Row[]): Promise<ReadRow[]> {
    const written = this.#prior === 'same' ? await this.#written(batch) : new Map<string, object>()
    const wanted = batch.filter(({ example }) => !written.has(example.id))
    const { benchmark } = this.#data
    return Promise.all(
      wanted.map(async (row) => ({ ...row, ...(await readQuestion(this.#run, benchmark, row.example)) })),
    )
  }

  async write(rows: ReadRow[], offer?: Reading['offer']): Promise<void> {
    if (rows.length === 0) return
    if (this.#prior === 'unsure') await this.#compare(rows)
    const pictures = rows.flatMap(({ pictures }) => pictures)
    for (const picture of pictures) offer?.(picture)
    await keepPictures(this.#ctx, pictures, { elsewhere: this.#elsewhere })
    this.#like ??= this.#run.reuse ? await runsLike(this.#ctx, this.#run) : []
    await addExamples(this.#ctx, this.#run, rows, this.#like)
    if (!this.#begun) await this.#begin()
    this.#begun = true
  }

  /** Only now are files looked at as a whole: the first calls are out. */
  async #begin() {
    await this.#ctx.db
      .update(runs)
      .set({ status: 'running' })
      .where(and(eq(runs.id, this.#run.id), eq(runs.status, 'preparing')))
    void this.#noteState().catch((error: unknown) =>
      this.#ctx.log.warn({ err: error }, 'the data could not be looked at'),
    )
  }

  async #noteState() {
    const dataState = await this.#data.files.state()
    if (this.#prior === 'none') {
      await this.#ctx.db
        .update(runs)
        .set({ dataState })
        .where(and(eq(runs.id, this.#run.id), isNull(runs.dataState)))
    }
    await this.#data.files.revision()
  }

  async #compare(rows: ReadRow[]) {
    const written = await this.#written(rows)
    for (const { example, columns } of rows) {
      const before = written.get(example.id)
      const now: unknown = JSON.parse(JSON.stringify(columns))
      if (before && !isDeepStrictEqual(before, now))
        throw dataChanged(this.#run, `${example.id} is another example now`)
    }
  }

  async #written(rows: Row[]): Promise<Map<string, object>> {
    const { question, choices, tags, gold, prompt, fault } = predictions
    const ids = rows.map(({ example }) => example.id)
    const found = await this.#ctx.db
      .select({ id: predictions.exampleId, question, choices, tags, gold, prompt, fault })
      .from(predictions)
      .where(and(eq(predictions.runId, this.#run.id), inArray(predictions.exampleId, ids)))
    return new Map(found.map(({ id, ...columns }) => [id, columns]))
  }
}

function dataChanged({ benchmark, split }: StoredRun, how: string) {
  return runChanged(`The data of ${benchmark} ${split} changed since the run was created (${how}); start a new run`)
}

/**
 * Calls and predictions appear together: no worker finds one without the other, nor asks what one of the runs `like` it
 * was told already.
 */
async function addExamples(ctx: Context, run: StoredRun, rows: ReadRow[], like: number[]): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const keys = rows.map(({ example, position }) => ({ key: example.id, position }))
    const callIds = await addCalls(ctx, run.planId, keys)
    const records = rows.map(({ example, position, columns }) => {
      const { question, choices, tags, gold, prompt, fault } = columns
      return { id: example.id, position, call: callIds.get(example.id), question, choices, tags, gold, prompt, fault }
    })
    await ctx.sql`
      insert into predictions (run_id, example_id, position, call_id, question, choices, tags, gold, prompt, fault)
      select ${run.id}, id, position, call, question, choices, tags, gold, prompt, fault
      from jsonb_to_recordset(${JSON.stringify(records)}::text::jsonb) as read(id text, position int, call bigint,
        question text, choices jsonb, tags jsonb, gold jsonb, prompt jsonb, fault text)
      on conflict do nothing`
    await takeEarlierReplies(ctx, run, like, [...callIds.values()])
  })
}

async function endReading(ctx: Context, run: StoredRun, data: SplitReading): Promise<void> {
  const dataRevision = await data.files.revision()
  if (run.dataRevision !== null && run.dataRevision !== dataRevision) throw dataChanged(run, 'its files are others')
  if (!(await data.files.unchanged())) throw dataChanged(run, 'its files were changed while they were read')
  await inTransaction(ctx, async (ctx) => {
    const now = await getStoredRun(ctx, run.id)
    const examples = await ctx.db.$count(predictions, eq(predictions.runId, run.id))
    const fingerprint = fingerprintOf({ ...now, dataRevision })
    const status = now.status === 'preparing' ? 'running' : now.status
    await ctx.db.update(runs).set({ dataRevision, fingerprint, examples, status }).where(eq(runs.id, run.id))
    await endGrowth(ctx, run.planId)
  })
}
