import pino from 'pino'
import { executePlan } from '#server/calls/execute-plan.ts'
import { readConfig } from '#server/core/config.ts'
import { asSystem, type Context } from '#server/core/context.ts'
import { openDatabase } from '#server/core/postgres/database.ts'
import { createEgress } from '#server/core/egress.ts'
import { runCustomer } from '#server/runs/run-customer.ts'
import { ledgerCustomer } from './ledger-customer.ts'

// A worker process for tests that kill it: `plan-worker.ts CUSTOMER DATABASE_URL DATA_DIR ORIGIN PLAN`; prints how the plan
// ended.
const customers = { ledger: ledgerCustomer, run: runCustomer }
type Arguments = [keyof typeof customers, string, string, string, string]
const [customer, databaseUrl, dataDir, origin, planId] = process.argv.slice(2) as Arguments
const config = readConfig({ ARENA_DATA: dataDir })
const egress = createEgress(config)
egress.allow(origin)
const { db, sql, close } = await openDatabase({ databaseUrl, dataDir, migrate: false, poolSize: 4 })
const jobs = null as unknown as Context['jobs']
const log = pino({ level: 'silent' })
const ctx = asSystem({ config, db, sql, egress, jobs, log, now: Date.now, random: Math.random })
const signal = new AbortController().signal
console.log(await executePlan(ctx, planId, [customers[customer]], { signal, firstBackoffMs: 10 }))
await egress.close()
await close()
