import { expect, test } from 'vitest'
import { render } from 'vitest-browser-svelte'
import PointLayer, { marksOf, stacksOf } from './PointLayer.svelte'

const points = {
  a: [
    { x: 0, y: 0, label: 'corner' },
    { x: 50, y: 25, label: 'middle' },
  ],
  b: [{ x: 100, y: 100, label: '' }],
}
const both = marksOf(points, { a: true, b: true })
const frame = { left: 10, top: 20, width: 400, height: 200 }

const mark = (container: Element, point: string) => container.querySelector<SVGGElement>(`[data-point="${point}"]`)!
const middleOf = (element: Element, container: Element) => {
  const box = element.getBoundingClientRect()
  const layer = container.querySelector('svg')!.getBoundingClientRect()
  return { x: box.x + box.width / 2 - layer.x, y: box.y + box.height / 2 - layer.y }
}

test('marks lie at their percent of the picture, wherever the picture lies', async () => {
  const { container } = await render(PointLayer, { marks: both, frame, chosen: null })
  for (const [point, x, y] of [
    ['a1', 10, 20],
    ['a2', 210, 70],
    ['b1', 410, 220],
  ] as const) {
    const outline = mark(container, point).querySelector('.out')!
    expect(middleOf(outline, container).x).toBeCloseTo(x, 0)
    expect(middleOf(outline, container).y).toBeCloseTo(y, 0)
  }
})

test('marks keep their size when the picture is enlarged', async () => {
  const { container, rerender } = await render(PointLayer, { marks: both, frame, chosen: null })
  const sizes = () => ['a1', 'b1'].map((point) => mark(container, point).getBoundingClientRect().width)
  const before = sizes()
  await rerender({ marks: both, frame: { left: -800, top: -300, width: 2400, height: 1200 }, chosen: null })
  expect(sizes()).toEqual(before)
})

test('A is a filled circle and B a hollow square, each with its number', async () => {
  const { container } = await render(PointLayer, { marks: both, frame, chosen: null })
  const sizeOf = (element: Element | null) => ['width', 'height', 'rx'].map((name) => element?.getAttribute(name))
  expect(sizeOf(mark(container, 'a2').querySelector('.fill'))).toEqual(['22', '22', '11'])
  expect(sizeOf(mark(container, 'b1').querySelector('.line'))).toEqual(['22', '22', null])
  expect(mark(container, 'a2').textContent.trim()).toBe('2')
})

test('neither answer lies in front as a rule', () => {
  const many = Array.from({ length: 6 }, () => ({ x: 1, y: 1, label: '' }))
  const order = marksOf({ a: many, b: many }, { a: true, b: true })
  const inFront = [1, 2, 3, 4, 5, 6].map((n) => order.findLast(({ number }) => number === n)!.side)
  expect(inFront.filter((side) => side === 'a')).toHaveLength(3)
})

test('a hidden answer draws nothing', () => {
  expect(marksOf(points, { a: false, b: true }).map(({ side }) => side)).toEqual(['b'])
  expect(marksOf(points, { a: false, b: false })).toEqual([])
})

test('points of one answer at one spot are one mark with all their numbers, and part when the picture is enlarged', async () => {
  const spot = { x: 50, y: 50, label: '' }
  const marks = marksOf({ a: [spot, { x: 0, y: 0, label: '' }, { ...spot, x: 50.5 }], b: [spot] }, { a: true, b: true })
  const { container, rerender } = await render(PointLayer, { marks, frame, chosen: { side: 'a', number: 3 } })
  expect(mark(container, 'a1').textContent.trim()).toBe('1, 3')
  expect(mark(container, 'a1').querySelector('.ring')).not.toBeNull()
  expect(mark(container, 'b1').textContent.trim()).toBe('1')
  await rerender({ marks, frame: { left: 0, top: 0, width: 4000, height: 2000 }, chosen: null })
  expect(mark(container, 'a3').textContent.trim()).toBe('3')
})

test('many points at one spot say how many', async () => {
  const marks = marksOf(
    { a: Array.from({ length: 5 }, () => ({ x: 1, y: 1, label: '' })), b: [] },
    { a: true, b: true },
  )
  expect(stacksOf(marks, frame)).toHaveLength(1)
  const { container } = await render(PointLayer, { marks, frame, chosen: null })
  expect(mark(container, 'a1').textContent.trim()).toBe('1 +4')
})
