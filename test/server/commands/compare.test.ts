import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { arena } from '../../support/arena.ts'
import { fillRun } from '../../support/fill-run.ts'
import { startArena } from '../../support/program.ts'
import { writeRun } from '../../support/write-run.ts'

test('runs are compared by command: two in words, CSV and JSON, several as a matrix, and through a gate', async () => {
  const house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 1 })
  const folder = mkdtempSync(join(tmpdir(), 'arena-compare-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const run = (...args: (string | number)[]) => arenaDoes('compare', ...args)
  const arenaDoes = async (...args: (string | number)[]) => {
    const program = startArena(args.map(String), {
      DATABASE_URL: house.database.url,
      ARENA_DATA: folder,
    })
    return { code: await program.ended, said: program.output().trim() }
  }
  const written = { benchmark: 'chartqa', split: 'val', value: 0.5 }
  const [a, b] = [await writeRun(house, { model: 0, ...written }), await writeRun(house, { model: 1, ...written })]
  // 40 examples on 40 pictures: A right on 38, B on 20 of them.
  const scores = (right: number) =>
    Array.from({ length: 40 }, (_, k) => ({ id: `e${k}`, score: k < right ? 1 : 0, tags: ['human'] }))
  await fillRun(house.ctx, a, scores(38))
  await fillRun(house.ctx, b, scores(20))

  const { code, said } = await run(a, b)
  expect(code).toBe(0)
  expect(said).toContain('A is 45.0 points better, 28.9 to 61.1.')
  expect(said).toContain('40 examples on 40 pictures, p = 1.6e-6, t with 39 degrees of freedom')
  expect(said).toContain('The smallest difference that they find four times in five: 22.9 points.')
  expect(said).toContain('A only right 18, B only right 0, exact McNemar p = 7.6e-6')
  expect((await run(b, a)).said).toContain('B is 45.0 points better, 28.9 to 61.1.')
  expect((await run(a, b, '--csv')).said.split('\n')[0]).toMatch(/^score,examples,pictures,mean_a/)
  expect(JSON.parse((await run(a, b, '--json')).said)).toMatchObject({ overall: { n: 40, flips: { aOnly: 18 } } })
  const c = await writeRun(house, { model: 1, ...written, split: 'test' })
  const matrix = await run(a, b, c)
  expect(matrix.said).toContain('+45.0*')
  expect(matrix.said).toContain('Not comparable: split val and test.')
  expect(await run(a, a)).toMatchObject({ code: 2 })
  expect(await run(a)).toMatchObject({ code: 2 })

  const [policy, summary] = [join(folder, 'policy.json'), join(folder, 'summary.md')]
  writeFileSync(policy, JSON.stringify({ name: 'replace/1', notWorseBy: { score: 1 } }))
  const gate = (candidate: number, baseline: number) =>
    arenaDoes('gate', candidate, '--baseline', baseline, '--policy', policy, '--summary', summary)
  expect(await gate(a, b)).toMatchObject({ code: 0, said: expect.stringContaining(`## GO: run ${a} against run ${b}`) })
  expect(await gate(b, a)).toMatchObject({ code: 4 })
  expect(readFileSync(summary, 'utf8')).toContain(
    '| score: not worse by more than 1 | ❌ fails | -45.0, -61.1 to -28.9',
  )
  expect(await gate(c, a)).toMatchObject({ code: 5, said: expect.stringContaining('split val and test') })
  expect(await arenaDoes('gate', a, '--baseline', b, '--policy', join(folder, 'none'))).toMatchObject({ code: 2 })
})
