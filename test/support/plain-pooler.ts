import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { readDatabaseUrl } from '#server/core/postgres/database-url.ts'
import { onLoopback } from './loopback.ts'

/** What PgBouncer lets a client set when a session begins; it refuses any other name. */
const settable = new Set(['user', 'database', 'client_encoding', 'datestyle', 'timezone', 'application_name'])
const sslRequest = 80_877_103
const madeUpPid = 1_999_999_999

interface PlainPooler {
  /** As DATABASE_URL. */
  url: string
  /** Names that clients gave to their statements. */
  names: Set<string>
}

/**
 * Stands before the PostgreSQL of `databaseUrl` as PgBouncer does: it refuses settings at the start of a session and makes
 * up the number of the process that answers. Each client still has a session of its own.
 */
export async function plainPooler(databaseUrl: string): Promise<PlainPooler> {
  const names = new Set<string>()
  const { socket: target } = readDatabaseUrl(databaseUrl)
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const behind = connect(target)
    for (const [socket, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      open.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => other.destroy())
    }
    passOn(client, behind, names)
    client.pause()
    behind.once('connect', () => client.resume())
    behind.on('data', withMadeUpPid(client))
  })
  const closeAllConnections = () => open.forEach((socket) => socket.destroy())
  const { port, close } = await onLoopback(Object.assign(server, { closeAllConnections }))
  onTestFinished(close)
  const [, user, database] = /^[a-z]+:\/\/([^@]*)@[^/]*\/([^?]*)/.exec(databaseUrl)!
  return { url: `postgres://${user}@127.0.0.1:${port}/${database}`, names }
}

/** Lets through what a client sends once its start asks for nothing that is refused. */
function passOn(client: Socket, behind: Socket, names: Set<string>) {
  let held: Buffer = Buffer.alloc(0)
  let started = false
  client.on('data', (chunk) => {
    held = Buffer.concat([held, chunk as Buffer])
    while (!started && held.length >= 8 && held.length >= held.readInt32BE(0)) {
      const message = held.subarray(0, held.readInt32BE(0))
      held = held.subarray(message.length)
      if (message.readInt32BE(4) === sslRequest) {
        client.write('N')
        continue
      }
      const words = message.subarray(8).toString().split('\0')
      const refused = words.find((word, at) => at % 2 === 0 && word !== '' && !settable.has(word.toLowerCase()))
      if (refused) return void client.end(refusal(`unsupported startup parameter: ${refused}`))
      started = true
      behind.write(message)
    }
    // Each is a letter, its length and its content; a statement's name stands first in Parse.
    while (started && held.length >= 5 && held.length > held.readInt32BE(1)) {
      const message = held.subarray(0, held.readInt32BE(1) + 1)
      held = held.subarray(message.length)
      if (message[0] === 'P'.charCodeAt(0)) names.add(message.subarray(5, message.indexOf(0, 5)).toString())
      behind.write(message)
    }
  })
}

/** BackendKeyData is the letter K, its length, 12, the number of the process and a secret. */
function withMadeUpPid(client: Socket) {
  const key = Buffer.from([0x4b, 0, 0, 0, 12])
  return (chunk: Buffer) => {
    const at = chunk.indexOf(key)
    if (at >= 0) chunk.writeUInt32BE(madeUpPid, at + key.length)
    client.write(chunk)
  }
}

function refusal(message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C08P01\0M${message}\0\0`)
  const head = Buffer.from([0x45, 0, 0, 0, 0])
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}
