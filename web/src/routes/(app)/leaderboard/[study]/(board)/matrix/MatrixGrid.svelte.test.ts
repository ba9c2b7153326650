import { expect, test } from 'vitest'
import { render } from 'vitest-browser-svelte'
import { userEvent } from 'vitest/browser'
import type { Matrix } from '#server/boards/charts/schema.ts'
import MatrixGrid from './MatrixGrid.svelte'
import { pairLookup } from './win-matrix.ts'

/** A made-up board where every pair met and the earlier model won 3 of 5. */
function everyPair(n: number): Matrix {
  const places = Array.from({ length: n }, (_, place) => place)
  const pairs = places.flatMap((row) => places.slice(row + 1).map((column) => ({ row, column })))
  const fill = <Value>(value: Value) => pairs.map(() => value)
  return {
    models: places.map((place) => ({ slug: `m${place}`, name: `Model ${place}`, openness: 'open', elo: 1200 - place })),
    pairs: {
      row: pairs.map(({ row }) => row),
      column: pairs.map(({ column }) => column),
      wins: fill(30),
      losses: fill(20),
      ties: fill(0),
      bothBad: fill(0),
      rowFirst: fill(25),
      expected: fill(0.6),
      difference: fill(0),
    },
  }
}

async function renderGrid(n: number) {
  const matrix = everyPair(n)
  const opened: [number, number][] = []
  const { container } = await render(MatrixGrid, {
    models: matrix.models,
    pairAt: pairLookup(matrix),
    measure: 'rate',
    mostVotes: 50,
    row: 0,
    column: 1,
    onopen: (row: number, column: number) => opened.push([row, column]),
  })
  const grid = container.querySelector<SVGElement>('[role=grid]')!
  const active = () => {
    const cell = container.querySelector(`[id="${grid.getAttribute('aria-activedescendant')}"]`)!
    return { words: cell.getAttribute('aria-label'), box: cell.querySelector('rect')!.getBoundingClientRect() }
  }
  return { container, grid, active, opened }
}

test('the matrix is one tab stop; arrows, Home and End move in it and stay inside', async () => {
  const { container, grid, active } = await renderGrid(5)
  expect(container.querySelectorAll('[tabindex]')).toHaveLength(1)
  grid.focus()
  expect(active().words).toMatch(/^Model 0 against Model 1: 60 % of 50 votes/)
  await userEvent.keyboard('{ArrowDown}{ArrowRight}')
  expect(active().words).toMatch(/^Model 1 against Model 2/)
  await userEvent.keyboard('{End}')
  expect(active().words).toMatch(/^Model 1 against Model 4/)
  await userEvent.keyboard('{ArrowRight}{ArrowDown}')
  expect(active().words).toMatch(/^Model 2 against Model 4/)
  await userEvent.keyboard('{Home}')
  expect(active().words).toMatch(/^Model 2 against Model 0: 40 %/)
  await userEvent.keyboard('{Control>}{Home}{/Control}{ArrowUp}')
  expect(active().words).toBe('Model 0 itself')
})

test('Enter opens the pair, and so does a double click', async () => {
  const { container, grid, opened } = await renderGrid(5)
  grid.focus()
  await userEvent.keyboard('{ArrowDown}{ArrowRight}{Enter}')
  await userEvent.dblClick(container.querySelector('[aria-label^="Model 3 against Model 0"]')!)
  expect(opened).toEqual([
    [1, 2],
    [3, 0],
  ])
})

test('of 200 models only the cells in sight are drawn, and the chosen one always is and is brought into sight', async () => {
  const { container, grid, active } = await renderGrid(200)
  grid.focus()
  const most = () => container.querySelectorAll('[role=gridcell]').length
  expect(most()).toBeLessThan(4_000)
  await userEvent.keyboard('{Control>}{End}{/Control}')
  expect(active().words).toBe('Model 199 itself')
  await userEvent.keyboard('{ArrowLeft}')
  expect(active().words).toMatch(/^Model 199 against Model 198: 40 %/)
  const frame = container.querySelector('.frame')!.getBoundingClientRect()
  expect(active().box.bottom).toBeLessThanOrEqual(frame.bottom)
  expect(active().box.right).toBeLessThanOrEqual(frame.right)
  await expect.poll(() => container.querySelectorAll('[aria-label^="Model 198 against"]').length).toBeGreaterThan(1)
  expect(most()).toBeLessThan(4_000)
})
