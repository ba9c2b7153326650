import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { Config } from './config.ts'
import type { Database, Sql } from './postgres/database.ts'
import type { Egress } from './egress.ts'
import type { Jobs } from './jobs.ts'

/** Who asks. `system`: the program itself, at a shell or in a job. */
export type Actor =
  /** `takenBack`: somebody was signed in until the link that opened their session was taken back. */
  | { kind: 'anonymous'; takenBack?: true }
  | { kind: 'system' }
  | {
      kind: 'person'
      personId: string
      role: 'admin' | 'researcher' | 'team' | 'rater'
      name: string
      /** Null for everybody but the people of a team. */
      teamId: string | null
    }

/** What every verb is handed first: all that varies, passed in. */
export interface Context {
  config: Config
  /** Queries through Drizzle, on the pool or in the transaction that this context travels with. */
  db: Database
  /** Queries in SQL, on the pool or in the transaction that this context travels with. */
  sql: Sql
  jobs: Jobs
  egress: Egress
  log: FastifyBaseLogger
  /** Milliseconds since 1970; orders and leases use the database's clock instead. */
  now(): number
  /** In [0, 1). */
  random(): number
  actor: Actor
}

declare module 'fastify' {
  interface FastifyInstance {
    arena: Omit<Context, 'actor'>
  }
  interface FastifyRequest {
    actor: Actor
  }
}

/** The context of one request: the program's, with the person who asks. */
export function contextOf(request: FastifyRequest): Context {
  return { ...request.server.arena, actor: request.actor }
}

/** A context for the program's own work, whoever asked. */
export function asSystem(context: Omit<Context, 'actor'>): Context {
  return { ...context, actor: { kind: 'system' } }
}
