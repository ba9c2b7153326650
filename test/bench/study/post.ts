import { Agent, request } from 'undici'

const agent = new Agent({ connections: 2_000, keepAliveTimeout: 60_000, keepAliveMaxTimeout: 60_000 })

/** A reply that is no success. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Sends JSON and reads JSON. Throws where the reply is no success: a figure over refusals would say nothing. */
export async function post(url: string, cookie: string, content: object) {
  const begun = performance.now()
  const reply = await request(url, {
    method: 'POST',
    dispatcher: agent,
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify(content),
  })
  const text = await reply.body.text()
  const ms = performance.now() - begun
  if (reply.statusCode >= 300) throw new Refused(reply.statusCode, `${url} answers ${reply.statusCode}: ${text}`)
  return { headers: reply.headers, body: JSON.parse(text) as unknown, ms }
}
