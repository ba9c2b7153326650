import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { rootDir } from '#server/core/config.ts'

const Service = z.object({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()),
})
const Compose = z.object({ services: z.record(z.string(), Service), volumes: z.record(z.string(), z.unknown()) })

const read = (name: string) => readFileSync(join(rootDir, name), 'utf8')
const compose = Compose.parse(parse(read('docker-compose.yml'), { merge: true }))

test('PostgreSQL, server and worker, which wait for a healthy database', () => {
  expect(Object.keys(compose.services)).toEqual(['db', 'server', 'worker'])
  for (const name of ['server', 'worker'])
    expect(compose.services[name]!.depends_on).toEqual({ db: { condition: 'service_healthy' } })
})

test('each has a health check: the server has its image’s', () => {
  expect(compose.services.db!.healthcheck!.test).toContain('pg_isready -U arena -d arena')
  expect(compose.services.worker!.healthcheck!.test).toEqual([
    'CMD',
    'node',
    'server/cli.ts',
    'doctor',
    '--only',
    'database',
  ])
  expect(read('Dockerfile')).toMatch(/HEALTHCHECK[\s\S]*\/readyz/)
})

test('only the server is published, on loopback, and it leaves the work to the worker', () => {
  expect(compose.services.server!.ports).toEqual(['127.0.0.1:${ARENA_PORT:-3000}:3000'])
  expect(compose.services.server!.environment.ARENA_WORKER).toBe('off')
  expect(compose.services.worker!.command).toEqual(['node', '--max-semi-space-size=8', 'server/cli.ts', 'worker'])
  expect(compose.services.db!.ports ?? compose.services.worker!.ports).toBeUndefined()
})

test('every volume that a service uses is declared, and .env.example lists what the file asks for', () => {
  const used = Object.values(compose.services).flatMap((service) =>
    service.volumes.map((volume) => volume.split(':')[0]),
  )
  for (const volume of used) expect(Object.keys(compose.volumes)).toContain(volume)
  const asked = [...read('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name!)
  for (const name of asked) expect(read('.env.example')).toMatch(new RegExp(`^${name}=`, 'm'))
})

test('the image runs as a plain user and keeps its data in a volume', () => {
  expect(read('Dockerfile')).toMatch(/^USER node$/m)
  expect(read('Dockerfile')).toMatch(/^VOLUME \/data$/m)
})
