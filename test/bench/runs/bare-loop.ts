import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Pool } from 'undici'

// The least that any program must do: `bare-loop.ts URL PICTURES COUNT AT_ONCE` reads each picture, sends it and parses
// the reply. Sends its parent the milliseconds that all of it took.
const [url, folder, count, atOnce] = process.argv.slice(2) as [string, string, string, string]
const { origin, pathname } = new URL(`${url}/chat/completions`)
const pool = new Pool(origin, { connections: Number(atOnce) })
const names = readdirSync(folder).sort().slice(0, Number(count))
const head = '{"model":"mock","max_tokens":32,"temperature":0,"messages":[{"role":"user","content":['
const text = '{"type":"text","text":"How many things are there?\\nAnswer the question using a single word or phrase."}'
const start = Buffer.from(`${head}{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,`)
const end = Buffer.from(`"}},${text}]}]}`)

let next = 0
async function work() {
  for (let at = next++; at < names.length; at = next++) {
    const picture = Buffer.from((await readFile(join(folder, names[at]!))).toString('base64'), 'latin1')
    const body = Buffer.concat([start, picture, end])
    const headers = { 'content-type': 'application/json' }
    const reply = await pool.request({ path: pathname, method: 'POST', headers, body })
    const { choices } = JSON.parse(await reply.body.text()) as { choices: unknown[] }
    if (choices.length !== 1) throw new Error('not the reply that was expected')
  }
}

const begun = performance.now()
await Promise.all(Array.from({ length: Number(atOnce) }, work))
const ms = performance.now() - begun
await pool.close()
process.send!(ms, () => process.exit())
