import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import pino from 'pino'
import { onTestFinished } from 'vitest'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import { addCalls, openPlan, releasePlan } from '#server/calls/service.ts'
import type { Plan } from '#server/calls/customer.ts'
import { readConfig } from '#server/core/config.ts'
import { asSystem, type Context } from '#server/core/context.ts'
import { createEgress } from '#server/core/egress.ts'
import { NewEndpoint } from '#server/endpoints/schema.ts'
import { registerEndpoint } from '#server/endpoints/service.ts'
import { testDatabase, type TestDatabase } from './database.ts'
import { makeLedger } from './ledger-customer.ts'
import { checkInvariants } from './invariants.ts'

/** A context on a database of its own for one test, whose invariants are checked at its end. */
export interface CallsLab {
  ctx: Context
  database: TestDatabase
  dataDir: string
  /** Everything that was logged. */
  logged: string[]
  endpoint(baseUrl: string, settings?: Partial<NewEndpoint> & { maxRetries?: number }): Promise<string>
  /** A released plan of `count` calls with keys `q0`, `q1`, … */
  plan(endpointId: string, count: number): Promise<Plan>
  /** Calls of a plan by state. */
  states(plan: Plan): Promise<Record<string, number>>
  /** How often the customer took the reply of each key. */
  taken(plan: Plan): Promise<Map<string, { response: string; times: number }>>
}

export async function callsLab(): Promise<CallsLab> {
  const database = await testDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'calls-'))
  const logged: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) })
  const config = readConfig({ ARENA_DATA: dataDir, EGRESS_ALLOW: '' })
  const egress = createEgress(config)
  const { db, sql } = database
  const ctx = asSystem({ config, db, sql, egress, log, jobs: noJobs, now: Date.now, random: Math.random })
  await makeLedger(sql)
  onTestFinished(async () => {
    await egress.close()
    await rm(dataDir, { recursive: true, force: true })
  })
  onTestFinished(() => checkInvariants(sql))

  return {
    ctx,
    database,
    dataDir,
    logged,
    async endpoint(baseUrl, { maxRetries, ...settings } = {}) {
      const described = NewEndpoint.parse({ model: 'Test model', remoteModel: 'test-model', baseUrl, ...settings })
      const { id } = await registerEndpoint(ctx, described)
      if (maxRetries !== undefined) await db.update(endpoints).set({ maxRetries }).where(eq(endpoints.id, id))
      return id
    },
    async plan(endpointId, count) {
      const plan = await openPlan(ctx, { endpointId, customer: 'run' })
      await addCalls(
        ctx,
        plan.id,
        Array.from({ length: count }, (_, position) => ({ key: `q${position}`, position })),
      )
      await releasePlan(ctx, plan.id)
      return plan
    },
    async states(plan) {
      const rows = await sql<{ state: string; n: number }[]>`
        select state, count(*)::int as n from calls where plan_id = ${plan.id} group by state`
      return Object.fromEntries(rows.map(({ state, n }) => [state, n]))
    },
    async taken(plan) {
      const rows = await sql<{ key: string; response: string; times: number }[]>`
        select key, response, times from ledger where plan_id = ${plan.id}`
      return new Map(rows.map(({ key, ...entry }) => [key, entry]))
    },
  }
}

const noJobs: Context['jobs'] = {
  define: () => {},
  enqueue: async () => {},
  work: async () => {},
  stop: async () => {},
}
