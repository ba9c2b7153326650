import { expect, test } from 'vitest'
import { ImageView } from './image-view.svelte.ts'

function view(stage = { width: 600, height: 400 }, image = { width: 1200, height: 400 }) {
  const shown = new ImageView(image)
  shown.stage = stage
  return shown
}

test('the whole picture is shown first, in the middle', () => {
  const shown = view()
  expect(shown).toMatchObject({ scale: 0.5, width: 600, height: 200, left: 0, top: 100, movable: false })
})

test('the spot under the pointer stays under it while zooming', () => {
  const shown = view()
  const spot = () => ({ x: (220 - shown.left) / shown.width, y: (210 - shown.top) / shown.height })
  const before = spot()
  shown.zoomBy(5, 220, 210)
  expect(spot().x).toBeCloseTo(before.x, 9)
  expect(spot().y).toBeCloseTo(before.y, 9)
  expect(shown.movable).toBe(true)
})

test('no pan opens a gap beside a picture that is larger than its stage', () => {
  const shown = view()
  shown.zoomBy(4)
  shown.panBy(10_000, -10_000)
  expect(shown.left).toBe(0)
  expect(shown.top + shown.height).toBe(400)
  shown.panBy(-30, 0)
  expect(shown.left).toBe(-30)
})

test('actual size puts one pixel of the picture on one of the screen, also for a small picture', () => {
  for (const image of [
    { width: 1200, height: 400 },
    { width: 100, height: 50 },
  ]) {
    const shown = view(undefined, image)
    shown.showActualSize()
    expect(shown.scale).toBeCloseTo(1, 9)
    shown.showAll()
    expect(shown.fitted).toBe(true)
  }
})

test('looking at a place brings it to the middle of the stage', () => {
  const shown = view()
  shown.zoomBy(4)
  shown.lookAt({ x: 50, y: 50 })
  expect(shown.left + shown.width / 2).toBeCloseTo(300, 6)
})
