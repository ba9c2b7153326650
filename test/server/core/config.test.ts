import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { masterKey, readConfig } from '#server/core/config.ts'
import { StartError } from '#server/core/problem.ts'

test('an empty environment gives the embedded database on loopback, with samples', () => {
  const config = readConfig({})
  expect(config).toMatchObject({ databaseUrl: undefined, host: '127.0.0.1', port: 3000, samples: true, worker: true })
  expect(config.dataDir).toMatch(/\.data$/)
})

test('a database of one’s own has no samples unless they are asked for', () => {
  const DATABASE_URL = 'postgres://arena@db/arena'
  expect(readConfig({ DATABASE_URL }).samples).toBe(false)
  expect(readConfig({ DATABASE_URL, ARENA_SAMPLES: 'on' }).samples).toBe(true)
})

test('an empty value is as good as none', () => {
  expect(readConfig({ DATABASE_URL: '', PORT: '' })).toMatchObject({ databaseUrl: undefined, port: 3000 })
})

test('every variable that does not fit is named in one sentence', () => {
  const wrong = { PORT: 'eighty', ARENA_MASTER_KEY: 'short' }
  expect(() => readConfig(wrong)).toThrow(StartError)
  expect(() => readConfig(wrong)).toThrow(/PORT.*ARENA_MASTER_KEY.*64 hexadecimal/)
})

test.each([
  [undefined, false],
  ['off', false],
  ['on', 1],
  ['1', 1],
  ['2', 2],
  ['loopback, 10.0.0.0/8,2001:db8::1', ['loopback', '10.0.0.0/8', '2001:db8::1']],
])('TRUST_PROXY=%s means %j', (given, means) => {
  expect(readConfig(given === undefined ? {} : { TRUST_PROXY: given }).trustProxy).toEqual(means)
})

test.each(['yes please', '10.0.0.0/40', '-1', '1000'])('TRUST_PROXY=%s is refused in words', (given) => {
  expect(() => readConfig({ TRUST_PROXY: given })).toThrow(/TRUST_PROXY: must be on, off, a number of proxies/)
})

test('the master key is made once, and only its owner can read it', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'arena-key-'))
  try {
    const first = masterKey({ dataDir, masterKeyHex: undefined })
    expect(first).toHaveLength(32)
    expect(masterKey({ dataDir, masterKeyHex: undefined })).toEqual(first)
    expect(statSync(join(dataDir, 'master.key')).mode & 0o777).toBe(0o600)
  } finally {
    rmSync(dataDir, { recursive: true })
  }
})

test('ALLOWED_HOSTS takes names of hosts, and refuses an address in words', () => {
  expect(readConfig({}).allowedHosts).toEqual([])
  expect(readConfig({ ALLOWED_HOSTS: 'Box.local, arena.lab.example,' }).allowedHosts).toEqual([
    'box.local',
    'arena.lab.example',
  ])
  for (const strange of ['https://arena.example', 'arena.example/x', 'a b', 'arena.example:3000', '*.example'])
    expect(() => readConfig({ ALLOWED_HOSTS: strange }), strange).toThrow(/ALLOWED_HOSTS: “.*” is no name of a host/)
})
