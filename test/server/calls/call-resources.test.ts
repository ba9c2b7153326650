import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { CallResources } from '#server/calls/call-resources.ts'
import type { Context } from '#server/core/context.ts'
import { pictureHash } from '#server/images/service.ts'

async function pictureStore(picture: string | Buffer) {
  const dataDir = await mkdtemp(join(tmpdir(), 'pictures-'))
  onTestFinished(() => rm(dataDir, { recursive: true }))
  const bytes = Buffer.from(picture)
  const sha256 = pictureHash(bytes)
  const file = join(dataDir, 'images', sha256.slice(0, 2), sha256)
  await mkdir(dirname(file), { recursive: true })
  const facts = { mediaType: 'image/png', width: 2, height: 2 }
  const stored = {
    sha256,
    ...facts,
    imageBytes: bytes.length,
    createdAt: new Date(0),
    file: null,
    fileOffset: 0,
    fingerprint: null,
  }
  const images = new Map([[sha256, stored]])
  const resources = new CallResources()
  const ctx = { config: { dataDir } } as Context
  const encoded = async () => {
    const { prompt } = await resources.encode(ctx, { parts: [{ kind: 'image', sha256 }] }, images, {})
    return Buffer.from((prompt.parts[0] as { base64: Uint8Array }).base64).toString()
  }
  return { file, ctx, stored, picture: { sha256, bytes, ...facts }, bytes, resources, encoded }
}

test('a picture that was shown lately is not read again', async () => {
  const { file, bytes, encoded } = await pictureStore('picture')
  await writeFile(file, bytes)
  const together = await Promise.all([encoded(), encoded()])
  await rm(file)
  expect([...together, await encoded()]).toEqual(Array(3).fill(btoa('picture')))
})

test('a picture that was handed in ahead of its call is not read at all', async () => {
  const { picture, resources, encoded } = await pictureStore('picture')
  resources.offer(picture)
  expect(await encoded()).toBe(btoa('picture'))
})

test('a file that holds other bytes than when it was noted is not sent', async () => {
  const { file, encoded } = await pictureStore('picture')
  await writeFile(file, 'pictura')
  await expect(encoded()).rejects.toThrow(`${file} no longer holds picture`)
})

test('a picture goes out as what it is', async () => {
  for (const mediaType of ['image/jpeg', 'image/webp']) {
    const { file, bytes, ctx, stored } = await pictureStore('picture')
    await writeFile(file, bytes)
    const { sha256 } = stored
    const images = new Map([[sha256, { ...stored, mediaType }]])
    const asked = { parts: [{ kind: 'image' as const, sha256 }] }
    const { prompt: sent } = await new CallResources().encode(ctx, asked, images, {})
    expect(sent.parts).toEqual([{ kind: 'image', mediaType, base64: Buffer.from(btoa('picture')) }])
  }
})

test('a picture that is gone is not remembered as gone', async () => {
  const { file, bytes, encoded } = await pictureStore('here again')
  await expect(encoded()).rejects.toThrow('is gone, and with it picture')
  await writeFile(file, bytes)
  expect(await encoded()).toBe(btoa('here again'))
})

test('a picture too large to be kept is read each time', async () => {
  const { file, bytes, encoded } = await pictureStore(Buffer.alloc(4 * 1024 ** 2))
  await writeFile(file, bytes)
  expect((await encoded()).length).toBeGreaterThan(5e6)
  await rm(file)
  await expect(encoded()).rejects.toThrow('is gone, and with it picture')
})

const mebibytes = (count: number) => count * 1024 ** 2

/** Whether what was asked for has been admitted by now. */
async function isIn(admission: Promise<void>): Promise<boolean> {
  let admitted = false
  void admission.then(() => (admitted = true))
  await new Promise((resolve) => setImmediate(resolve))
  return admitted
}

test('R22: calls go out together up to 256 MiB of pictures; one byte more waits for room, in turn', async () => {
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
