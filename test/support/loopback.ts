import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'

/** Where a server listens, and the way to end it with whatever is open to it. */
interface Loopback {
  port: number
  origin: string
  close(): Promise<void>
}

/** Has a server listen on a free port of loopback; `origin` is its address when it speaks plain HTTP. */
export async function onLoopback(server: Server & { closeAllConnections(): void }): Promise<Loopback> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async () => {
    server.closeAllConnections()
    server.close()
  }
  return { port, origin: `http://127.0.0.1:${port}`, close }
}
