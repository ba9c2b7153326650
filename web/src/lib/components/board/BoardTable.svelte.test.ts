import { expect, test } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import type { Board, BoardRow } from '#server/boards/schema.ts'
import BoardTable from './BoardTable.svelte'

const row = (name: string, elo: number | null, more: Partial<BoardRow> = {}): BoardRow => ({
  model: { slug: name.toLowerCase(), name, organisation: 'Maker', openness: 'open', baseline: false },
  ...{ elo, low: elo && elo - 20, high: elo && elo + 30 },
  ...{ rankBest: 1, rankWorst: 6, standing: elo === null ? 'unbeaten' : 'rated', votes: 400, wins: 200, ties: 0 },
  ...{ bothBad: 0, losses: 200, preliminary: false, bothBadRate: 0, averageWinRate: 0.5, expectedWinRate: 0.5 },
  ...{ scores: {}, average: null },
  ...more,
})
const score = (value: number) => ({ value, low: null, high: null, n: 9, runId: 1, serverScored: null, departures: [] })
const rows = [
  row('Cedar', 1100, { averageWinRate: 0.61, votes: 300, scores: { chartqa: score(0.7) } }),
  row('Alder-10', 1040, { averageWinRate: 0.64, votes: 900, scores: { chartqa: score(0.9) } }),
  row('Alder-9', 1000, { averageWinRate: 0.5, votes: 500 }),
  row('Birch', 950, {
    averageWinRate: 0.4,
    model: { ...row('Birch', 0).model, openness: 'api_only', organisation: 'Elm' },
  }),
  row('Dogwood', 910, { averageWinRate: 0.3 }),
  row('Elder', null, { averageWinRate: 1 }),
]
const board = {
  study: { slug: 'wave', name: 'Wave', sample: false, publishing: 'live', status: 'open' },
  ...{ category: null, rows, categories: [], snapshot: { notes: [], parameters: { minimumVotes: 300 } } },
  benchmarks: [{ id: 'chartqa', title: 'ChartQA', split: 'test', profile: 'paper' }],
} as unknown as Board

const names = () => [...document.querySelectorAll('tbody th .text')].map((cell) => cell.textContent.trim())
const cells = (column: number) =>
  [...document.querySelectorAll('tbody tr')].map((line) => line.children[column]!.textContent.trim())

test('columns sort, at a second press the other way, and what has no value stays last', async () => {
  await render(BoardTable, { board })
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  expect(names()).toEqual(['Cedar', 'Alder-10', 'Alder-9', 'Birch', 'Dogwood', 'Elder'])
  await press('Model')
  expect(names()).toEqual(['Alder-9', 'Alder-10', 'Birch', 'Cedar', 'Dogwood', 'Elder'])
  await press('Win rate')
  expect(names().slice(0, 3)).toEqual(['Elder', 'Alder-10', 'Cedar'])
  expect(document.querySelector('th[aria-sort]')?.textContent).toContain('Win rate')
  await press('Elo')
  await press('Elo')
  expect(names()).toEqual(['Dogwood', 'Birch', 'Alder-9', 'Alder-10', 'Cedar', 'Elder'])
  await press('Sort by ChartQA')
  expect(names().slice(0, 2)).toEqual(['Alder-10', 'Cedar'])
  await press('Sort by ChartQA')
  expect(names().slice(0, 3)).toEqual(['Cedar', 'Alder-10', 'Alder-9'])
})

test('mean win rate and interval stand in numbers', async () => {
  await render(BoardTable, { board })
  expect(cells(5)).toEqual(['61.0', '64.0', '50.0', '40.0', '30.0', '100.0'])
  expect(cells(3).slice(0, 2)).toEqual(['1080 to 1130', '1020 to 1070'])
})

test('a search and the classes narrow the rows, and the page says how many are shown', async () => {
  await render(BoardTable, { board })
  const find = page.getByRole('searchbox', { name: 'Find a model' })
  await find.fill(' ALDER ')
  expect(names()).toEqual(['Alder-10', 'Alder-9'])
  await expect.element(page.getByRole('status')).toHaveTextContent('2 of 6 shown')
  await find.fill('elm')
  expect(names()).toEqual(['Birch'])
  await find.fill('oak')
  await expect.element(page.getByText('No model of the ticked classes is called so.')).toBeVisible()
  await find.fill('')
  await page.getByRole('checkbox', { name: /API only/ }).click()
  expect(names()).not.toContain('Birch')
})

test('a board of another day leads to none of today’s numbers', async () => {
  await render(BoardTable, { board: { ...board, benchmarks: [] }, past: true })
  expect(document.querySelectorAll('tbody a')).toHaveLength(0)
})
