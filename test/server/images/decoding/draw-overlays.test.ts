import sharp from 'sharp'
import { expect, test } from 'vitest'
import { drawOverlays } from '#server/images/decoding/draw-overlays.ts'

const plain = (width: number, height: number, background: string) =>
  sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer()

async function pixelsOf(bytes: Uint8Array) {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return {
    width: info.width,
    height: info.height,
    at: (x: number, y: number) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)],
    darkIn: ([left, top, right, bottom]: number[]) => {
      let dark = 0
      for (let y = top!; y < bottom!; y++)
        for (let x = left!; x < right!; x++)
          if (data[(y * info.width + x) * 3]! < 20 && data[(y * info.width + x) * 3 + 1]! < 90) dark++
      return dark
    },
  }
}

test('an opaque box hides what was below and has its letter in the middle', async () => {
  const drawn = await drawOverlays(await plain(200, 120, '#ff0000'), [
    { box: [40, 30, 160, 90], text: 'A', style: 'opaque' },
  ])
  const { width, height, at, darkIn } = await pixelsOf(drawn)
  expect([width, height]).toEqual([200, 120])
  expect(at(45, 35)).toEqual([25, 249, 255])
  expect(at(10, 10)).toEqual([255, 0, 0])
  expect(darkIn([90, 45, 110, 75])).toBeGreaterThan(10)
})

test('a transparent box lets half of it through, and its letter stands on white 12 px left and 10 px above', async () => {
  const drawn = await drawOverlays(await plain(200, 120, '#ff0000'), [
    { box: [40, 30, 160, 90], text: 'B', style: 'transparent' },
  ])
  const { at, darkIn } = await pixelsOf(drawn)
  const [red, green, blue] = at(100, 60)
  expect(Math.abs(red! - 140)).toBeLessThan(3)
  expect(Math.abs(green! - 124)).toBeLessThan(3)
  expect(Math.abs(blue! - 127)).toBeLessThan(3)
  expect(at(27, 19)).toEqual([255, 255, 255])
  expect(darkIn([28, 20, 44, 40])).toBeGreaterThan(10)
})

test('letters grow with the shorter side, from 16 to 32 px', async () => {
  const inkAt = async (side: number) => {
    const drawn = await drawOverlays(await plain(side, side, '#ffffff'), [
      { box: [200, 200, 320, 320], text: 'H', style: 'opaque' },
    ])
    return (await pixelsOf(drawn)).darkIn([200, 200, 320, 320])
  }
  const [small, same, large] = [await inkAt(400), await inkAt(700), await inkAt(1600)]
  expect(same).toBe(small)
  expect(large).toBeGreaterThan(small * 2)
})

test('a box past the edge is cut, one outside is left out, and corners may come in any order', async () => {
  const drawn = await drawOverlays(await plain(100, 80, '#ff0000'), [
    { box: [120, 100, 60, 50], text: 'C', style: 'opaque' },
    { box: [300, 300, 340, 340], text: 'D', style: 'transparent' },
  ])
  const { width, at } = await pixelsOf(drawn)
  expect(width).toBe(100)
  expect(at(98, 78)).toEqual([25, 249, 255])
  expect(at(58, 48)).toEqual([255, 0, 0])
})
