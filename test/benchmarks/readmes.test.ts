import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rootDir } from '#server/core/config.ts'
import { benchmarksDir, loadBenchmarks } from '#server/datasets/catalogue.ts'
import { readReadme } from '#server/datasets/read-readme.ts'

const benchmarks = [...(await loadBenchmarks()).values()].filter(({ variantOf }) => !variantOf)
const plain = (html: string) => html.replaceAll(/<[^>]+>/g, '')

test.each(benchmarks)(
  'the README of $id names paper, splits, scorer, licence and layouts, and its rule',
  async (benchmark) => {
    const { tests, facts, sections } = await readReadme(join(benchmarksDir, benchmark.id, 'README.md'))
    expect(plain(tests).trim()).toMatch(/^[^\n]{30,}\.$/)
    expect(facts.map(({ name }) => name).filter((name) => name !== 'variants')).toEqual([
      'paper',
      'split',
      'other splits',
      'official scorer',
      'licence of the data',
      'layouts',
    ])
    const titles = sections.map(({ title }) => title)
    expect(titles[0]).toBe('The rule')
    expect(titles.slice(-2)).toEqual(['Quirks kept on purpose', 'What others do differently'])
    for (const { html } of [...facts, ...sections]) expect(plain(html).trim().length).toBeGreaterThan(3)
  },
)

test.each(benchmarks)('the README of $id says of splits and layouts what its definition says', async (benchmark) => {
  const { facts } = await readReadme(join(benchmarksDir, benchmark.id, 'README.md'))
  const fact = (name: string) => plain(facts.find((candidate) => candidate.name === name)!.html)
  const splits = `${fact('split')} ${fact('other splits')}`
  for (const [name, { n, published }] of Object.entries(benchmark.splits)) {
    expect(published ? fact('split') : splits).toContain(name)
    expect(splits).toContain(n.toLocaleString('en'))
  }
  const arxiv = benchmark.paper.startsWith('arXiv:')
  if (arxiv) expect(fact('paper')).toContain(benchmark.paper)
  for (const { name } of benchmark.layouts) expect(fact('layouts')).toContain(name)
})

test.each(benchmarks)('the README of $id and the page on data say where it is got', async (benchmark) => {
  const data = await readFile(join(rootDir, 'docs/datasets.md'), 'utf8')
  const { sections } = await readReadme(join(benchmarksDir, benchmark.id, 'README.md'))
  const got = plain(sections.find(({ title }) => title === 'Getting the data')!.html)
  expect(data).toContain(`| \`${benchmark.id}\` |`)
  if (!benchmark.hub) return expect(got).toContain(`.data/datasets/${benchmark.id}/`)
  expect(got).toContain(`npx arena datasets pull ${benchmark.id}`)
  for (const text of [got, data]) expect(text).toContain(benchmark.hub.repo)
})
