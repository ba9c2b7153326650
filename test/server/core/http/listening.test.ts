import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findListening, noteListening, originOn } from '#server/core/http/listening.ts'
import { processName } from '#server/core/postgres/process-lock.ts'
import { startProgram } from '../../../support/program.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arena-listening-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const here = { origin: 'http://127.0.0.1:4711', where: 'the database here' }

test('a server is found by the data that it serves, for as long as it listens', async () => {
  expect(await findListening(folder, here.where)).toBeUndefined()
  const takeAway = await noteListening(folder, here)
  expect(await findListening(folder, here.where)).toBe(here.origin)
  expect(await findListening(folder, 'another database')).toBeUndefined()
  await takeAway()
  expect(await findListening(folder, here.where)).toBeUndefined()
})

test('of two servers the one that began last is found', async () => {
  await noteListening(folder, here)
  const other = startProgram('sleep', ['60'])
  const path = join(folder, 'listening', `${processName(other.child.pid!)}.json`)
  await writeFile(path, JSON.stringify({ ...here, origin: 'http://127.0.0.1:4712' }))
  const at = (offset: number) => new Date(Date.now() + offset)
  await utimes(path, at(60_000), at(60_000))
  expect(await findListening(folder, here.where)).toBe('http://127.0.0.1:4712')
  await utimes(path, at(-60_000), at(-60_000))
  expect(await findListening(folder, here.where)).toBe(here.origin)
  other.child.kill('SIGKILL')
  await other.ended
})

test('the note of a server that was killed is known as such and taken away, also when its pid lives on as another process', async () => {
  await mkdir(join(folder, 'listening'))
  const ended = startProgram('true', [])
  await ended.ended
  await writeFile(join(folder, 'listening', `${ended.child.pid}-1.json`), JSON.stringify(here))
  await writeFile(join(folder, 'listening', `${process.pid}-1.json`), JSON.stringify(here))
  expect(await findListening(folder, here.where)).toBeUndefined()
  expect(await readdir(join(folder, 'listening'))).toEqual([])
})

test('a note that cannot be read is none', async () => {
  await mkdir(join(folder, 'listening'))
  await writeFile(join(folder, 'listening', `${processName(process.pid)}.json`), '{"origin":')
  expect(await findListening(folder, here.where)).toBeUndefined()
})

test.each([
  [{ host: '127.0.0.1', publicUrl: undefined }, 'http://127.0.0.1:8080'],
  [{ host: '0.0.0.0', publicUrl: undefined }, 'http://localhost:8080'],
  [{ host: '::', publicUrl: undefined }, 'http://localhost:8080'],
  [{ host: '::1', publicUrl: undefined }, 'http://[::1]:8080'],
  [{ host: '0.0.0.0', publicUrl: 'https://arena.example' }, 'https://arena.example'],
])('people reach %j at %s', (config, origin) => {
  expect(originOn(config, 8080)).toBe(origin)
})
