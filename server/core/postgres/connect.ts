import postgres from 'postgres'
import type { DatabaseAddress } from './database-url.ts'
import { surviveLostConnections } from './outage.ts'

/** Times in milliseconds. A query that takes longer is a mistake; whoever needs more sets it inside a transaction. */
export const timeouts = { statement_timeout: 60_000, lock_timeout: 10_000, idle_in_transaction_session_timeout: 60_000 }

/** Between tries to connect again; the driver's own way waits up to 20 s, also when the server is back. */
const secondsToReconnect = 0.1

interface ConnectOptions {
  max: number
  /**
   * As a pooler takes it, which a statement's name or a setting of the session would leave to somebody else: no names and
   * no time limits but those of the database.
   */
  pooled: boolean
}

/** A pool of connections to the database at an address. None is made before the first statement. */
export function connect(address: DatabaseAddress, { max, pooled }: ConnectOptions): postgres.Sql {
  surviveLostConnections()
  const own = {
    max,
    prepare: !pooled,
    connect_timeout: 10,
    backoff: () => secondsToReconnect,
    onnotice: () => {},
    connection: { application_name: 'vlm-arena', TimeZone: 'UTC', ...(pooled ? {} : timeouts) },
  }
  return 'connectionString' in address ? postgres(address.connectionString, own) : postgres({ ...own, ...address })
}
