import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { CallResources } from '#server/calls/call-resources.ts'
import type { Context } from '#server/core/context.ts'

const hash = 'ab'.repeat(32)
const prompt = { parts: [{ kind: 'image' as const, sha256: hash }] }
const image = { sha256: hash, mediaType: 'image/png', width: 2, height: 2, imageBytes: 7, createdAt: new Date(0) }
const images = new Map([[hash, image]])

async function pictureStore() {
  const dataDir = await mkdtemp(join(tmpdir(), 'pictures-'))
  onTestFinished(() => rm(dataDir, { recursive: true }))
  const file = join(dataDir, 'images/ab', hash)
  await mkdir(dirname(file), { recursive: true })
  return { file, ctx: { config: { dataDir } } as Context }
}

async function encoded(resources: CallResources, ctx: Context): Promise<string> {
  const { prompt: sent } = await resources.encode(ctx, prompt, images, {})
  return Buffer.from((sent.parts[0] as { base64: Uint8Array }).base64).toString()
}

test('a picture that was shown lately is not read again', async () => {
  const { file, ctx } = await pictureStore()
  const resources = new CallResources()
  await writeFile(file, 'picture')
  const together = await Promise.all([encoded(resources, ctx), encoded(resources, ctx)])
  await rm(file)
  expect([...together, await encoded(resources, ctx)]).toEqual(Array(3).fill(btoa('picture')))
})

test('a picture goes out as what it is', async () => {
  const { file, ctx } = await pictureStore()
  await writeFile(file, 'picture')
  for (const mediaType of ['image/jpeg', 'image/webp']) {
    const { prompt: sent } = await new CallResources().encode(
      ctx,
      prompt,
      new Map([[hash, { ...image, mediaType }]]),
      {},
    )
    expect(sent.parts).toEqual([{ kind: 'image', mediaType, base64: Buffer.from(btoa('picture')) }])
  }
})

test('a picture that is gone is not remembered as gone', async () => {
  const { file, ctx } = await pictureStore()
  const resources = new CallResources()
  await expect(encoded(resources, ctx)).rejects.toThrow('is gone from the data folder')
  await writeFile(file, 'here again')
  expect(await encoded(resources, ctx)).toBe(btoa('here again'))
})

test('a picture too large to be kept is read each time', async () => {
  const { file, ctx } = await pictureStore()
  const resources = new CallResources()
  await writeFile(file, Buffer.alloc(4 * 1024 ** 2))
  expect((await encoded(resources, ctx)).length).toBeGreaterThan(5e6)
  await rm(file)
  await expect(encoded(resources, ctx)).rejects.toThrow('is gone from the data folder')
})

const mebibytes = (count: number) => count * 1024 ** 2

/** Whether what was asked for has been admitted by now. */
async function isIn(admission: Promise<void>): Promise<boolean> {
  let admitted = false
  void admission.then(() => (admitted = true))
  await new Promise((resolve) => setImmediate(resolve))
  return admitted
}

test('calls go out together up to 256 MiB of pictures; one byte more waits for room, in turn', async () => {
  const resources = new CallResources()
  expect(await isIn(resources.admit(mebibytes(200)))).toBe(true)
  expect(await isIn(resources.admit(mebibytes(56)))).toBe(true)
  const [next, last] = [resources.admit(mebibytes(56)), resources.admit(1)]
  expect([await isIn(next), await isIn(last)]).toEqual([false, false])
  resources.release(mebibytes(56))
  expect([await isIn(next), await isIn(last)]).toEqual([true, false])
  resources.release(mebibytes(56))
  expect(await isIn(last)).toBe(true)
})

test('a call larger than the room for all goes out alone', async () => {
  const resources = new CallResources()
  expect(await isIn(resources.admit(mebibytes(300)))).toBe(true)
  const small = resources.admit(1)
  const large = resources.admit(mebibytes(300))
  expect(await isIn(small)).toBe(false)
  resources.release(mebibytes(300))
  expect([await isIn(small), await isIn(large)]).toEqual([true, false])
  resources.release(1)
  expect(await isIn(large)).toBe(true)
})
