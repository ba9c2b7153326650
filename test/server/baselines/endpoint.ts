import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { serveBaselines } from '#server/baselines/server.ts'

const Completion = z.object({
  choices: z.tuple([z.object({ message: z.object({ content: z.string() }), finish_reason: z.string() })]),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number(), total_tokens: z.number() }),
})

/** A folder that goes with the test. */
export async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(os.tmpdir(), 'arena-baselines-'))
  onTestFinished(() => rm(made, { recursive: true, force: true }))
  return made
}

/** A chat request as a client sends it: the picture as a data URL, then the text. */
export function chatBody(model: string, prompt: string, picture: Buffer | string | null, more: object = {}) {
  const url = typeof picture === 'string' ? picture : `data:image/png;base64,${picture?.toString('base64')}`
  const image = picture === null ? [] : [{ type: 'image_url', image_url: { url, detail: 'high' } }]
  return { model, messages: [{ role: 'user', content: [...image, { type: 'text', text: prompt }] }], ...more }
}

/** Posts JSON and returns the bare reply. */
export function post(url: string, body: object): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
}

/** Asks a served model about a picture. */
export async function complete(url: string, model: string, prompt: string, picture: Buffer | null, more: object = {}) {
  const reply = await post(`${url}/chat/completions`, chatBody(model, prompt, picture, more))
  const completion = Completion.parse(await reply.json())
  return {
    text: completion.choices[0].message.content,
    finish: completion.choices[0].finish_reason,
    usage: completion.usage,
  }
}

/** The built-in models on a free port for one file of tests; the caller closes. */
export async function serveHere(cacheDir: string) {
  const served = await serveBaselines({ port: 0, cacheDir })
  const ask = async (model: string, prompt: string, picture: Buffer | null) =>
    (await complete(served.url, model, prompt, picture)).text
  return { ...served, ask }
}
