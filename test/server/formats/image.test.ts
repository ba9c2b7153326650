import sharp from 'sharp'
import { beforeAll, expect, test } from 'vitest'
import { InputError } from '#server/core/problem.ts'
import { inspectImage, servedCopy } from '#server/formats/image.ts'
import { pngOf } from '../../support/png.ts'

let photo: Buffer

beforeAll(async () => {
  const noise = { type: 'gaussian', mean: 120, sigma: 40 } as const
  photo = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#888', noise } })
    .withExif({ IFD0: { Copyright: 'PLANTED-MARKER' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()
})

test.for(['png', 'jpeg', 'webp', 'gif'] as const)('%s is known by its first bytes and measured', async (format) => {
  const red = sharp({ create: { width: 30, height: 20, channels: 3, background: '#a33' } })
  const bytes = await red.toFormat(format).toBuffer()
  expect(await inspectImage(bytes)).toEqual({ width: 30, height: 20, mediaType: `image/${format}` })
})

test('a photograph taken upright is measured as a viewer sees it', async () => {
  expect(await inspectImage(photo)).toEqual({ width: 40, height: 60, mediaType: 'image/jpeg' })
})

test('a header of 50,000 × 50,000 pixels is refused before anything is decoded', async () => {
  await expect(inspectImage(pngOf(50_000, 50_000), { name: 'bomb.png' })).rejects.toThrow(
    new InputError('bomb.png measures 50000 × 50000 px; the limits are 16,384 px a side and 40 megapixels'),
  )
  await expect(servedCopy(pngOf(50_000, 50_000))).rejects.toThrow(InputError)
})

test.for([
  [16_385, 10],
  [7_000, 6_000],
])('%i × %i pixels are too many', async ([width, height]) => {
  await expect(inspectImage(pngOf(width!, height!))).rejects.toThrow('40 megapixels')
})

test('more than 20 MB are refused whatever they are', async () => {
  await expect(inspectImage(new Uint8Array(20 * 1024 ** 2 + 1))).rejects.toThrow('has 20.0 MB; the limit is 20 MB')
})

test.for([
  ['an SVG drawing', '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
  ['an SVG drawing', '<svg width="9" height="9"><script>alert(1)</script></svg>'],
  ['a PDF', '%PDF-1.7\n'],
  ['a TIFF', 'II*\0\x08\0\0\0'],
  ['an HEIC or AVIF picture', '\0\0\0\x20ftypavif'],
  ['a JPEG XL picture', '\xff\x0a\0\0'],
  ['no picture that can be read here', '<!doctype html><img src=x>'],
] as const)('%s is refused by name', async ([kind, start]) => {
  await expect(inspectImage(Buffer.from(start, 'latin1'), { name: 'upload' })).rejects.toThrow(
    `upload is ${kind}; send JPEG, PNG, WebP or GIF`,
  )
})

test('empty bytes are refused', async () => {
  await expect(inspectImage(new Uint8Array())).rejects.toThrow('the picture is empty')
})

test('a magic number with nothing behind it is called damaged', async () => {
  await expect(inspectImage(photo.subarray(0, 12))).rejects.toThrow('its header cannot be read')
})

test('a picture that breaks off half-way is found when its pixels are read', async () => {
  const half = photo.subarray(0, photo.length / 2)
  await expect(inspectImage(half, { decode: true })).rejects.toThrow('its pixels break off')
  await expect(servedCopy(half)).rejects.toThrow('its pixels break off')
})

test('an animation is refused', async () => {
  const frames = Buffer.concat([Buffer.alloc(300, 10), Buffer.alloc(300, 200)])
  const raw = { width: 10, height: 20, channels: 3, pageHeight: 10 } as const
  const animation = await sharp(frames, { raw }).gif().toBuffer()
  await expect(inspectImage(animation)).rejects.toThrow('is an animation of 2 frames; save one frame of it')
})

test('the served copy stands upright, is not enlarged, and carries nothing of the original but its pixels', async () => {
  const polyglot = Buffer.concat([photo, Buffer.from('<script>PLANTED-MARKER</script>')])
  const copy = await servedCopy(polyglot, { width: 1000 })
  expect(copy).toMatchObject({ width: 40, height: 60, mediaType: 'image/webp' })
  expect(Buffer.from(copy.bytes).includes('PLANTED-MARKER')).toBe(false)
  const { exif, orientation } = await sharp(copy.bytes).metadata()
  expect([exif, orientation]).toEqual([undefined, undefined])
})

test('the served copy shrinks to a width, as JPEG on white where asked', async () => {
  const clear = await sharp({ create: { width: 50, height: 50, channels: 4, background: '#00000000' } })
    .png()
    .toBuffer()
  const copy = await servedCopy(clear, { width: 25, as: 'jpeg' })
  expect(copy).toMatchObject({ width: 25, height: 25, mediaType: 'image/jpeg' })
  expect([...(await sharp(copy.bytes).raw().toBuffer()).subarray(0, 3)]).toEqual([255, 255, 255])
})
