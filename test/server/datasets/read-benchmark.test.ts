import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BenchmarkScores } from '#server/boards/schema.ts'
import { loadBenchmarks } from '#server/datasets/catalogue.ts'
import { readReadme } from '#server/datasets/read-readme.ts'
import { BenchmarkDetails } from '#server/datasets/schema.ts'
import { arena, type Arena } from '../../support/arena.ts'
import { writeRun } from '../../support/write-run.ts'

const pageOf = async ({ anonymous }: Pick<Arena, 'anonymous'>, id: string) =>
  BenchmarkDetails.parse((await anonymous.get(`/api/v1/benchmarks/${id}`)).json())

test('every benchmark and variant has a page with prompts, scorers and four samples whose pictures can be seen', async () => {
  const house = await arena()
  for (const [id, definition] of await loadBenchmarks()) {
    const page = await pageOf(house, id)
    expect(page.samples, id).toHaveLength(4)
    expect(page.prompts.flatMap(({ profiles }) => profiles).sort(), id).toEqual(Object.keys(definition.prompts).sort())
    expect(
      page.scoring.map(({ profile }) => profile),
      id,
    ).toEqual(Object.keys(definition.scorers))
    const [picture] = page.samples[0]!.pictures
    expect((await house.anonymous.get(`/api/v1/images/${picture!.sha256}?w=640`)).statusCode, id).toBe(200)
  }
})

test('a prompt is shown exactly as a run would send it', async () => {
  const { prompts, samples } = await pageOf(await arena(), 'chartqa')
  expect(prompts[0]!.parts).toEqual([
    samples[0]!.pictures[0],
    { kind: 'text', text: `${samples[0]!.question}\nAnswer the question using a single word or phrase.` },
  ])
  expect(prompts[1]!.parts.at(-1)).toEqual({ kind: 'text', text: `chart_qa: ${samples[0]!.question}` })
})

test('a gold answer is text, also where the benchmark keeps how to compare it', async () => {
  const { samples } = await pageOf(await arena(), 'mathvista')
  for (const { gold } of samples) expect(gold![0]).not.toContain('{')
})

test('the page says where data is looked for without naming a folder of this machine', async () => {
  const house = await arena()
  const { splits } = await pageOf(house, 'ai2d_opaque')
  expect(splits).toMatchObject([
    { name: 'test', available: false, place: 'datasets/ai2d' },
    { name: 'sample', available: true, place: 'benchmarks/ai2d/sample', command: null },
  ])
})

test('an unknown benchmark is not found', async () => {
  const { anonymous } = await arena()
  expect((await anonymous.get('/api/v1/benchmarks/none')).statusCode).toBe(404)
  expect((await anonymous.get('/api/v1/benchmarks/none/scores')).statusCode).toBe(404)
})

test('its scores are the newest whole runs of every split, of released models', async () => {
  const house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }] })
  const run = (model: number, split: string, value: number) =>
    writeRun(house, { model, benchmark: 'chartqa', split, value })
  await run(0, 'test', 0.3)
  await run(0, 'test', 0.4)
  await run(0, 'sample', 0.9)
  await run(1, 'test', 0.6)
  const scores = async () => {
    const reply = await house.anonymous.get('/api/v1/benchmarks/chartqa/scores')
    return BenchmarkScores.parse(reply.json()).scores.map(({ model, split, value }) => [model.name, split, value])
  }
  expect(await scores()).toEqual([
    ['Ann', 'sample', 0.9],
    ['Ben', 'test', 0.6],
    ['Ann', 'test', 0.4],
  ])
  await house.ctx.sql`update models set released_at = null where name = 'Ben'`
  expect((await scores()).map(([name]) => name)).toEqual(['Ann', 'Ann'])
})

test('a README becomes sections without any tag of its own', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'arena-readme-'))
  try {
    const text =
      '# X\n\nReads <b>it</b>.\n\n| | |\n|---|---|\n| paper | [a](https://a.example) |\n\n## The rule\n\n- *one*\n\n<script>1</script>\n'
    writeFileSync(join(folder, 'README.md'), text)
    expect(await readReadme(join(folder, 'README.md'))).toEqual({
      tests: '<p>Reads &lt;b&gt;it&lt;/b&gt;.</p>\n',
      facts: [{ name: 'paper', html: '<a href="https://a.example" rel="external noreferrer">a</a>' }],
      sections: [
        {
          title: 'The rule',
          html: '<ul>\n<li><em>one</em></li>\n</ul>\n<p>&lt;script&gt;1&lt;/script&gt;</p>\n',
        },
      ],
    })
    expect(await readReadme(join(folder, 'none.md'))).toEqual({ tests: '', facts: [], sections: [] })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the page shows what the paper’s protocol sends, one prompt for each kind of question', async () => {
  const tags = async (id: string) => {
    const { paperPrompts } = await pageOf(house, id)
    return paperPrompts.map(({ styleTag, asked, parts }) => [styleTag, asked, firstText(parts).split(' ', 1)[0]])
  }
  const house = await arena()
  const firstText = (parts: { kind: string; text?: string }[]) => parts.find(({ kind }) => kind === 'text')!.text!
  expect(await tags('chartqa')).toEqual([['chart_qa', false, 'chart_qa:']])
  expect((await tags('mmmu')).toSorted()).toEqual([
    ['a_okvqa_mc', false, 'a_okvqa_mc:'],
    ['vqa2', false, 'vqa2:'],
  ])
  const counting = await tags('countbenchqa')
  expect(counting).toHaveLength(2)
  expect(counting[1]).toEqual(['point_count', true, 'point_count:'])
})
