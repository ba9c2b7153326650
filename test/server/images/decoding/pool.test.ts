import sharp from 'sharp'
import { expect, test } from 'vitest'
import { InputError } from '#server/core/problem.ts'
import { decoded } from '#server/images/decoding/pool.ts'
import { pngOf } from '../../../support/png.ts'

const flat = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#a33' } })
    .jpeg()
    .toBuffer()

test('eight pictures of 40 megapixels at once are made smaller, and this process hardly grows', async () => {
  const large = await flat(8_000, 5_000)
  const before = process.memoryUsage().rss
  let most = 0
  const watching = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 5)
  const copies = await Promise.all(Array.from({ length: 8 }, () => decoded('serve', large, { width: 640 })))
  clearInterval(watching)
  expect(copies.map(({ width, height }) => [width, height])).toEqual(Array.from({ length: 8 }, () => [640, 400]))
  expect((most - before) / 1024 ** 2).toBeLessThan(100)
}, 120_000)

test('what is no acceptable picture is refused in the same words as here', async () => {
  await expect(decoded('inspect', pngOf(50_000, 50_000), { name: 'bomb.png' })).rejects.toThrow(
    new InputError('bomb.png measures 50000 × 50000 px; the limits are 16,384 px a side and 40 megapixels'),
  )
})

test('a picture within bounds is sent as it came; another is shrunk until it is', async () => {
  const small = await flat(100, 50)
  const same = await decoded('fit', small, { longestSidePx: 100, mostBytes: small.length })
  expect(same).toMatchObject({ altered: false, mediaType: 'image/jpeg', width: 100, height: 50 })
  expect(Buffer.from(same.bytes).equals(small)).toBe(true)

  expect(await decoded('fit', small, { longestSidePx: 50 })).toMatchObject({ altered: true, width: 50, height: 25 })
  expect(await decoded('fit', small, { format: 'png' })).toMatchObject({ mediaType: 'image/png', width: 100 })

  const noise = { type: 'gaussian', mean: 120, sigma: 40 } as const
  const heavy = await sharp({ create: { width: 400, height: 400, channels: 3, background: '#888', noise } })
    .png()
    .toBuffer()
  const lighter = await decoded('fit', heavy, { mostBytes: 100_000 })
  expect(lighter.bytes.length).toBeLessThanOrEqual(100_000)
  expect(lighter).toMatchObject({ altered: true, mediaType: 'image/png' })
  await expect(decoded('fit', heavy, { mostBytes: 10 })).rejects.toThrow('cannot be made as small as 10 bytes')
})
