import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import { carryOut } from '#server/commands/runs/carry-out-run.ts'
import { dryRun } from '#server/commands/runs/dry-run.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { NewEndpoint } from '#server/endpoints/schema.ts'
import { registerEndpoint } from '#server/endpoints/service.ts'
import { createRun } from '#server/runs/create-run.ts'
import { contextOn } from '../../support/arena.ts'
import { atEnd } from '../../support/at-end.ts'
import { testDatabase } from '../../support/database.ts'
import { scriptedEndpoint } from '../../support/scripted-endpoint.ts'

test('--dry-run prints the requests that the run then sends: its choice of examples, and pictures within bounds', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'dry-run-'))
  atEnd(() => rm(dataDir, { recursive: true, force: true }))
  const { ctx } = contextOn(await testDatabase(), dataDir)
  const server = await scriptedEndpoint()
  const pictures = { longestSide: 80, format: 'jpeg' as const }
  const described = { model: 'm', remoteModel: 'm', baseUrl: server.baseUrl, pictures, maxConcurrency: 1 }
  const { id } = await registerEndpoint(ctx, NewEndpoint.parse(described))
  const [stored] = await ctx.db.select().from(endpoints).where(eq(endpoints.id, id))
  const settings = { endpointId: id, task: await getTask('chartqa', 'sample'), limit: 4, seed: 7 }
  const printed: string[] = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line))
  await dryRun(ctx, stored!, settings)
  vi.restoreAllMocks()
  const shown = printed
    .filter((line) => line.includes('"messages"'))
    .map((line) => JSON.parse(line.slice(line.indexOf('{'))))
  await carryOut(ctx, await createRun(ctx, settings), new AbortController().signal)
  expect(server.seen).toHaveLength(4)
  const sent = JSON.stringify(server.seen.map(({ body }) => body)).replace(/(?<=base64,)[^"]+/g, (base64) => {
    const bytes = Buffer.from(base64, 'base64')
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
    return `⟨${bytes.length} bytes in base64, SHA-256 ${hash}…⟩`
  })
  expect(sent).toContain('data:image/jpeg;base64,')
  expect(shown).toEqual(JSON.parse(sent))
})
