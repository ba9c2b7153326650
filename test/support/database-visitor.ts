// A process of its own that uses the embedded database of a data folder, for tests of what several do to each other.
//   visit FOLDER TIMES   opens it, leaves a row and closes it, at random moments
//   hold FOLDER          opens it, leaves a row, says `open` and stays until it is killed
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '#server/core/postgres/database.ts'

const [action, dataDir = '', times] = process.argv.slice(2)

async function open() {
  const database = await openDatabase({ databaseUrl: undefined, dataDir, poolSize: 2 })
  await database.sql`insert into audit_events (action, subject) values (${action ?? ''}, ${String(process.pid)})`
  return database
}

if (action === 'hold') {
  await open()
  console.log('open')
} else {
  for (let visit = 0; visit < Number(times); visit++) {
    const database = await open()
    await sleep(40 * Math.random())
    await database.close()
    await sleep(40 * Math.random())
  }
}
