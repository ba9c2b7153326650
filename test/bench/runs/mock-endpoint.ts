import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** What the endpoint saw since it was last asked. `firstAt` in milliseconds since 1970. */
export interface Seen {
  calls: number
  firstAt: number
  mostAtOnce: number
}

// An endpoint of its own process: `mock-endpoint.ts LATENCY_MS` reads each request whole and answers after that time.
// It sends its address to its parent, and what it has seen whenever the parent sends anything.
const latencyMs = Number(process.argv[2])
const nothing = (): Seen => ({ calls: 0, firstAt: 0, mostAtOnce: 0 })
let seen = nothing()
let atOnce = 0

const reply = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'mock',
  choices: [{ index: 0, message: { role: 'assistant', content: 'two' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 100, completion_tokens: 2, total_tokens: 102 },
})

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.method !== 'POST') return void response.end('{"data":[{"id":"mock"}]}')
  seen.firstAt ||= performance.timeOrigin + performance.now()
  seen.calls++
  seen.mostAtOnce = Math.max(seen.mostAtOnce, ++atOnce)
  request.resume().on('end', () => {
    void (latencyMs > 0 ? pause(latencyMs) : Promise.resolve()).then(() => {
      atOnce--
      response.setHeader('content-type', 'application/json').end(reply)
    })
  })
})
server.listen(0, '127.0.0.1', () => {
  process.send!(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`)
})
process.on('message', () => {
  process.send!(seen)
  seen = nothing()
})
process.on('disconnect', () => process.exit())
