import type postgres from 'postgres'
import type { Customer } from '#server/calls/customer.ts'
import { mergeSettings, nothingSet } from '#server/endpoints/sampling.ts'

/** Makes the tables of `ledgerCustomer`. */
export async function makeLedger(sql: postgres.Sql): Promise<void> {
  await sql`create table ledger (
    plan_id uuid, call_id bigint primary key, key text, response text, times int not null default 1)`
  await sql`create table settlements (plan_id uuid, at timestamptz not null default now())`
}

/** A customer that asks each key as its question and writes down every reply it is handed, and how often. */
export const ledgerCustomer: Customer = {
  name: 'run',
  async settings(_ctx, _plan, endpoint) {
    return mergeSettings({ definition: { maxTokens: 16, temperature: 0 }, endpoint, run: nothingSet })
  },
  async prepare(_ctx, _plan, keys) {
    return new Map(keys.map((key) => [key, { parts: [{ kind: 'text', text: key }] }]))
  },
  async receive({ sql }, plan, replies) {
    await sql`
      insert into ledger (plan_id, call_id, key, response)
      select ${plan.id}, * from unnest(${replies.map(({ callId }) => callId)}::bigint[],
        ${replies.map(({ key }) => key)}::text[], ${replies.map(({ response }) => response)}::text[])
      on conflict (call_id) do update set times = ledger.times + 1`
  },
  async unreceived({ sql }, plan) {
    const rows = await sql<{ id: string }[]>`
      select id from calls c where plan_id = ${plan.id} and state = 'answered'
        and not exists (select 1 from ledger l where l.call_id = c.id)`
    return rows.map(({ id }) => Number(id))
  },
  async settled({ sql }, plan) {
    await sql`insert into settlements (plan_id) values (${plan.id})`
  },
}
