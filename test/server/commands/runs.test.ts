import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { arena } from '../../support/arena.ts'
import { startArena } from '../../support/program.ts'
import { writeRun } from '../../support/write-run.ts'

test('runs are listed, accepted, taken off, put back, cancelled and deleted by command', async () => {
  const house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 1 })
  const folder = mkdtempSync(join(tmpdir(), 'arena-runs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const run = async (...args: string[]) => {
    const program = startArena(['runs', ...args], { DATABASE_URL: house.database.url, ARENA_DATA: folder })
    return { code: await program.ended, said: program.output().trim() }
  }
  const whole = { benchmark: 'chartqa', split: 'test', value: 0.5 }
  const first = await writeRun(house, { model: 0, ...whole, status: 'incomplete' })
  const second = await writeRun(house, { model: 1, ...whole })

  expect((await run('list', '--model', 'Ann')).said.split('\n').slice(1)).toEqual([
    expect.stringMatching(new RegExp(`^ *${first} +Ann +chartqa +test +incomplete +50\\.0`)),
  ])
  expect(await run('finalise', String(first), String(second))).toEqual({
    code: 1,
    said: `Run ${first} is accepted as it is.\nRun ${second}: The run cannot be changed so: it is complete, and only an incomplete run is accepted as it is`,
  })
  expect(await run('withdraw', String(second), '--reason', ' ')).toMatchObject({ code: 2 })
  expect((await run('withdraw', String(second), '--reason', 'Wrong key')).said).toBe(`Run ${second} is off the boards.`)
  expect((await run('list', '--benchmark', 'chartqa')).said).toContain('complete, off the boards')
  expect((await run('restore', String(second))).said).toBe(`Run ${second} is back on the boards.`)
  expect(await run('cancel', String(second))).toMatchObject({ code: 2 })
  expect((await run('cancel', String(second), '--yes')).said).toContain(
    `Run ${second}: This has ended already: It is finished`,
  )
  expect(await run('delete', String(second), String(first))).toMatchObject({ code: 2 })
  expect((await run('delete', String(second), String(first), '--yes')).said).toBe(
    `Run ${second} is deleted.\nRun ${first} is deleted.`,
  )
  expect(await run('list')).toEqual({ code: 0, said: 'No such run: npx arena run --help' })
  expect(await run('show', String(first))).toMatchObject({
    code: 2,
    said: `arena: There is nothing here: There is no run ${first}`,
  })
})
