import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rootDir } from '#server/core/config.ts'
import { getTask, loadBenchmarks, readBenchmarks } from '#server/datasets/catalogue.ts'
import { describeBenchmark } from '#server/datasets/read-benchmark.ts'
import { arena } from '../../support/arena.ts'

test('every folder with a definition is a benchmark, under its own name', async () => {
  const benchmarks = await loadBenchmarks()
  expect([...benchmarks.keys()]).toContain('chartqa')
  for (const [id, benchmark] of benchmarks) expect(benchmark.id).toBe(id)
})

test('a name alone means the published split, a named split is taken as it is', async () => {
  expect((await getTask('chartqa')).split).toBe('test')
  expect((await getTask('chartqa_val')).split).toBe('val')
  expect((await getTask('chartqa', 'sample')).split).toBe('sample')
})

test('a misspelt benchmark, an unknown split and two different splits are refused with what there is', async () => {
  await expect(getTask('chartaq')).rejects.toThrow(/no benchmark 'chartaq'.*chartqa/)
  await expect(getTask('chartqa', 'dev')).rejects.toThrow(/no split 'dev'.*test, val, sample/)
  await expect(getTask('chartqa_val', 'test')).rejects.toThrow(/already names the split val/)
})

test('a further benchmark is one new folder and no other change, its page included', async () => {
  const { ctx } = await arena()
  const folder = mkdtempSync(join(tmpdir(), 'arena-benchmarks-'))
  try {
    cpSync(join(rootDir, 'benchmarks/chartqa'), join(folder, 'benchmarks/plotqa'), { recursive: true })
    for (const file of ['benchmark.ts', 'metrics.ts', 'prompts.ts', 'hub.ts']) {
      cpSync(join(rootDir, 'benchmarks', file), join(folder, 'benchmarks', file))
    }
    cpSync(join(rootDir, 'benchmarks/scoring'), join(folder, 'benchmarks/scoring'), { recursive: true })
    cpSync(join(rootDir, 'node_modules/zod'), join(folder, 'node_modules/zod'), { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    const definition = join(folder, 'benchmarks/plotqa/benchmark.ts')
    writeFileSync(definition, readFileSync(definition, 'utf8').replace("id: 'chartqa'", "id: 'plotqa'"))
    const benchmarks = await readBenchmarks(join(folder, 'benchmarks'))
    expect([...benchmarks.keys()]).toEqual(['plotqa'])
    const page = await describeBenchmark(ctx, benchmarks.get('plotqa')!, join(folder, 'benchmarks'))
    expect(page).toMatchObject({
      id: 'plotqa',
      samples: { length: 4 },
      subScores: ['human questions', 'generated questions'],
    })
    expect(page.splits.map(({ name }) => name)).toEqual(['test', 'val', 'sample'])
    expect(page.readme.sections.map(({ title }) => title)).toContain('Quirks kept on purpose')
    expect(page.prompts.map(({ profiles }) => profiles)).toEqual([['default', 'vlmevalkit'], ['molmo'], ['lmms_eval']])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
