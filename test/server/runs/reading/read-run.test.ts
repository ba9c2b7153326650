import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { executePlan } from '#server/calls/execute-plan.ts'
import { getPlan } from '#server/calls/service.ts'
import { InputError } from '#server/core/problem.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { createRun, type RunSettings } from '#server/runs/create-run.ts'
import { getRun } from '#server/runs/read-runs.ts'
import { readRun } from '#server/runs/reading/read-run.ts'
import { attachData, reopenRun } from '#server/runs/reopen-run.ts'
import { runCustomer } from '#server/runs/run-customer.ts'
import { getStoredRun } from '#server/runs/stored-run.ts'
import { callsLab } from '../../../support/calls-lab.ts'
import { chartqaRow, writeChartqa, writeChartqaFiles } from '../../../support/chartqa-file.ts'
import { pngOf } from '../../../support/png.ts'
import { startProgram } from '../../../support/program.ts'
import { scriptedEndpoint } from '../../../support/scripted-endpoint.ts'

async function runLab(settings: Partial<RunSettings> = {}) {
  const lab = await callsLab()
  const { ctx } = lab
  const server = await scriptedEndpoint(() => ({ kind: 'answer', text: '2' }))
  const endpointId = await lab.endpoint(server.baseUrl, { maxConcurrency: 8 })
  const create = async () => createRun(ctx, { endpointId, task: await getTask('chartqa', 'test'), ...settings })
  const carryOut = async (id: number) => {
    const { planId } = await getStoredRun(ctx, id)
    return executePlan(ctx, planId, [runCustomer], { signal: new AbortController().signal, firstBackoffMs: 5 })
  }
  return { ...lab, server, create, carryOut, usual: join(lab.dataDir, 'datasets/chartqa') }
}

test('the first calls go out while rows are still read, and every example is asked once', async () => {
  const { ctx, server, create, carryOut, usual } = await runLab()
  writeChartqaFiles(usual, 300)
  const { id, planId } = await create()
  const growing: Promise<boolean>[] = []
  server.script = () => {
    if (server.seen.length <= 2) growing.push(getPlan(ctx, planId).then((plan) => plan.growing))
    return { kind: 'answer', text: '2' }
  }
  expect(await carryOut(id)).toBe('finished')
  expect(await Promise.all(growing)).toContain(true)
  const run = await getRun(ctx, id)
  expect(run).toMatchObject({ status: 'complete', examples: 300, counts: { scored: 300 } })
  expect(run.dataRevision).toMatch(/^[0-9a-f]{64}$/)
  expect(new Set(server.seen.map(({ text }) => text)).size).toBe(300)
  expect(server.seen).toHaveLength(300)
})

test('pictures that lie in the data folder are left there, those of Parquet are packed, and another run keeps nothing more', async () => {
  const { ctx, create, carryOut, usual } = await runLab()
  writeChartqaFiles(usual, 5)
  await carryOut((await create()).id)
  const kept = async () => ctx.sql<{ file: string; sha256: string }[]>`select file, sha256 from images order by sha256`
  const left = (await kept()).map(({ file }) => file).toSorted()
  expect(left).toEqual([0, 1, 2, 3, 4].map((at) => `datasets/chartqa/png/${at}.png`))
  await writeChartqa(usual, [{ ...chartqaRow, image: { bytes: pngOf(20, 20), path: 'a.png' } }]) // the hub's layout goes first
  await carryOut((await create()).id)
  const afterFirst = await kept()
  expect(afterFirst.map(({ file }) => file).filter((file) => !left.includes(file))).toEqual([
    expect.stringMatching(/^images\/packs\//),
  ])
  await carryOut((await create()).id)
  expect(await kept()).toEqual(afterFirst)
})

test('a row that does not fit, a picture that is none and one that is missing are errors of their own examples', async () => {
  const { ctx, create, carryOut, usual } = await runLab()
  writeChartqaFiles(usual, 40)
  await writeFile(join(usual, 'png/3.png'), 'not a picture')
  await rename(join(usual, 'png/5.png'), join(usual, 'elsewhere.png'))
  const { id } = await create()
  await carryOut(id)
  const run = await getRun(ctx, id)
  expect(run).toMatchObject({
    status: 'incomplete',
    examples: 40,
    counts: { scored: 38, error: 2 },
    errors: { data: 2 },
  })
  const faults = await ctx.sql<{ words: string }[]>`
    select error_message as words from calls where plan_id = ${(await getStoredRun(ctx, id)).planId} and state = 'error' order by position`
  expect(faults.map(({ words }) => words)).toEqual([
    expect.stringContaining('is no picture that can be read here'),
    expect.stringContaining('png/5.png is named by the data but is not'),
  ])
})

test('a row of Parquet that does not fit is one error, and the rows after it are asked', async () => {
  const { ctx, create, carryOut, usual } = await runLab()
  await writeChartqa(usual, [chartqaRow, { ...chartqaRow, human_or_machine: 7 }, { ...chartqaRow, query: 'And?' }])
  const { id } = await create()
  await carryOut(id)
  expect(await getRun(ctx, id)).toMatchObject({ counts: { scored: 2, error: 1 }, errors: { data: 1 } })
})

test('a limit takes the same examples whatever is read first, and reads only as far as it must', async () => {
  const { ctx, server, create, usual, carryOut } = await runLab({ limit: 10, seed: 3 })
  writeChartqaFiles(usual, 200)
  const ids = async (id: number) => {
    const rows = await ctx.sql<
      { id: string }[]
    >`select example_id as id from predictions where run_id = ${id} order by position`
    return rows.map((row) => row.id)
  }
  const [first, second] = [await create(), await create()]
  await carryOut(first.id)
  await readRun(ctx, second.id)
  expect(await ids(first.id)).toHaveLength(10)
  expect(await ids(second.id)).toEqual(await ids(first.id))
  expect(server.seen).toHaveLength(10)
})

test('data that changed between two readings of a run ends it in words', async () => {
  const { ctx, create, carryOut, usual } = await runLab()
  writeChartqaFiles(usual, 100)
  const { id, planId } = await create()
  const stop = new AbortController()
  const stopAfterOne = async () => stop.abort()
  await readRun(ctx, id, { signal: stop.signal, keepPace: stopAfterOne })
  expect((await getPlan(ctx, planId)).growing).toBe(true)
  await writeFile(
    join(usual, 'png/0.png'),
    await import('node:fs/promises').then((fs) => fs.readFile(join(usual, 'png/1.png'))),
  )
  expect(await carryOut(id)).toBe('paused')
  expect((await getRun(ctx, id)).reason).toMatch(
    /The data of chartqa test changed since the run was created .*start a new run/,
  )
})

test('pictures whose folder is gone are named, and are taken from where they are attached again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'own-pictures-'))
  const [before, after] = [join(folder, 'before'), join(folder, 'after')]
  onTestFinished(() => rm(folder, { recursive: true }))
  const { ctx, server, create, carryOut } = await runLab({ dataPath: before })
  writeChartqaFiles(before, 20)
  const { id, planId } = await create()
  await readRun(ctx, id)
  await rename(before, after)
  await carryOut(id)
  const run = await getRun(ctx, id)
  expect(run).toMatchObject({ status: 'incomplete', errors: { data: 20 } })
  expect(server.seen).toHaveLength(0)
  const [fault] = await ctx.sql<{ words: string }[]>`
    select error_message as words from calls where plan_id = ${planId} order by position`
  expect(fault!.words).toContain(`${before}/png/0.png is gone`)
  expect(fault!.words).toContain('--data')

  const empty = await mkdtemp(join(folder, 'empty-'))
  await expect(attachData(ctx, await getStoredRun(ctx, id), empty)).rejects.toThrow(InputError)
  await attachData(ctx, await getStoredRun(ctx, id), after)
  await reopenRun(ctx, await getStoredRun(ctx, id))
  await carryOut(id)
  expect(await getRun(ctx, id)).toMatchObject({ status: 'complete', counts: { scored: 20 } })
})

test('other data is not attached to a run', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'own-pictures-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const { ctx, create } = await runLab({ dataPath: join(folder, 'mine') })
  writeChartqaFiles(join(folder, 'mine'), 20)
  writeChartqaFiles(join(folder, 'other'), 20)
  await writeFile(join(folder, 'other/png/7.png'), await readFile(join(folder, 'mine/png/8.png')))
  const { id } = await create()
  await readRun(ctx, id)
  const attaching = attachData(ctx, await getStoredRun(ctx, id), join(folder, 'other'))
  await expect(attaching).rejects.toThrow('7 is another example now')
})

const kills = 6
const examples = 400
const places = 8

test(`a run of ${examples} examples whose process is killed ${kills} times while it reads asks each, scores each once and repeats at most those under way`, async () => {
  const { ctx, database, dataDir, server, create, usual } = await runLab()
  writeChartqaFiles(usual, examples)
  server.script = () => ({ kind: 'answer', text: '2', delayMs: 20 })
  const { id, planId } = await create()
  const start = () =>
    startProgram(process.execPath, ['test/support/plan-worker.ts', 'run', database.url, dataDir, server.origin, planId])
  for (let kill = 0; kill < kills; kill++) {
    const before = server.seen.length
    const worker = start()
    await expect.poll(() => server.seen.length, { interval: 5, timeout: 60_000 }).toBeGreaterThan(before + 10)
    await pause(ctx.random() * 60)
    worker.child.kill('SIGKILL')
    await worker.ended
  }
  expect((await getPlan(ctx, planId)).growing).toBe(true)
  await start().until(/finished/, 120_000)
  expect(await getRun(ctx, id)).toMatchObject({ status: 'complete', examples, counts: { scored: examples } })
  expect(server.seen.length - examples).toBeLessThanOrEqual(kills * places)
}, 240_000)
