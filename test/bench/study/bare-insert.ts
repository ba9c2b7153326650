import fastify from 'fastify'
import { openDatabase } from '#server/core/postgres/database.ts'

// The floor of a vote, in a process of its own: one bare route that stores its body in one statement.
const { DATABASE_URL: databaseUrl, ARENA_DATA: dataDir = '' } = process.env
const { sql } = await openDatabase({ databaseUrl, dataDir, migrate: false })
await sql`create table if not exists bench_inserts (
  id bigint generated always as identity primary key, battle uuid not null, verdict text not null,
  at timestamptz not null default now())`
const app = fastify()
app.post('/insert', async (request, reply) => {
  const { battle, verdict } = request.body as { battle: string; verdict: string }
  const [row] = await sql`insert into bench_inserts (battle, verdict) values (${battle}, ${verdict}) returning id`
  return reply.code(201).send(row)
})
process.send!(await app.listen({ port: 0, host: '127.0.0.1' }))
process.on('disconnect', () => process.exit())
