import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { predictions } from '#drizzle/schema/runs.ts'
import { executePlan } from '#server/calls/execute-plan.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { createRun } from '#server/runs/create-run.ts'
import { readRun } from '#server/runs/reading/read-run.ts'
import { runCustomer } from '#server/runs/run-customer.ts'
import { exampleAsCurl } from '#server/runs/showing/as-curl.ts'
import { callsLab } from '../../../support/calls-lab.ts'
import { scriptedEndpoint } from '../../../support/scripted-endpoint.ts'

const nasty = `It's "$HOME" \`id\` $(id) \\ ! é 日本\nEND-OF-REQUEST\n'second'`
const stored = 'sk-stored-0123456789abcdef'

async function asked(settings: { key?: string; remoteModel?: string } = {}) {
  const { ctx, endpoint, dataDir } = await callsLab()
  const server = await scriptedEndpoint()
  const endpointId = await endpoint(server.baseUrl, { remoteModel: `it's "$M"`, ...settings })
  const run = await createRun(ctx, { endpointId, task: await getTask('chartqa', 'sample'), limit: 1 })
  await readRun(ctx, run.id)
  const [row] = await ctx.db.select().from(predictions).where(eq(predictions.runId, run.id))
  const prompt = row!.prompt.map((part) => (part.text === undefined ? part : { text: nasty }))
  await ctx.db.update(predictions).set({ prompt }).where(eq(predictions.runId, run.id))
  await executePlan(ctx, run.planId, [runCustomer], { signal: new AbortController().signal, firstBackoffMs: 5 })
  return { ctx, server, command: await exampleAsCurl(ctx, run.id, row!.exampleId), dataDir }
}

const sh = (command: string, env: Record<string, string>) =>
  promisify(execFile)('sh', ['-c', command], { env: { PATH: process.env['PATH'], ...env } })

test('the command sends what the run sent, byte for byte of its body, with the key from the shell', async () => {
  const { server, command } = await asked({ key: stored })
  expect(command).not.toContain(stored)
  const { stdout } = await sh(command, { KEY: 'sk-of-the-shell-0000000000' })
  expect(stdout).toContain('"chat.completion"')
  const [run, curl] = server.seen
  expect(curl!.body).toEqual(run!.body)
  expect(curl!.text).toBe(nasty)
  expect(JSON.stringify(curl!.body)).toContain('data:image/')
  expect(curl!.path).toBe(run!.path)
  expect(run!.headers.authorization).toBe(`Bearer ${stored}`)
  expect(curl!.headers.authorization).toBe('Bearer sk-of-the-shell-0000000000')
})

test('without a key no variable is asked for', async () => {
  const { server, command } = await asked()
  expect(command).not.toContain('$KEY')
  await sh(command, {})
  expect(server.seen[1]!.headers.authorization).toBeUndefined()
})
