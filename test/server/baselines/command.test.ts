import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { folder, serveHere } from './endpoint.ts'

async function arena(...options: string[]) {
  const script = `import { baselinesCommand } from '#server/commands/endpoints/baselines.ts'
    await baselinesCommand().parseAsync(['serve', ...process.argv.slice(1)], { from: 'user' })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, '--', ...options], {
    env: { ...process.env, ARENA_DATA: await folder() },
  })
  let output = ''
  const said = Promise.withResolvers<string>()
  const listen = (chunk: Buffer) => {
    output += chunk.toString()
    const url = /answer at (\S+)/.exec(output)?.[1]
    if (url) said.resolve(url)
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  const ended = once(child, 'close').then(([code]: unknown[]) => ({ code, output }))
  void ended.then(() => said.reject(new Error(`ended before it answered: ${output}`)))
  said.promise.catch(() => undefined)
  return { child, url: said.promise, ended }
}

test('the command prints the address, the models and an example, and an interrupt ends it cleanly', async () => {
  const { child, url, ended } = await arena('--port', '0')
  const listed = await fetch(`${await url}/models`)
  expect(listed.status).toBe(200)
  child.kill('SIGINT')
  const { code, output } = await ended
  expect(code).toBe(0)
  expect(output).toContain('baseline-palette')
  expect(output).toContain(`curl -s ${await url}/chat/completions`)
  await expect(fetch(`${await url}/models`)).rejects.toThrow()
})

test('the command refuses what is no port, another host, and a port in use, in one sentence each', async () => {
  const taken = await serveHere(await folder())
  const refusals = await Promise.all(
    [
      ['--port', 'many'],
      ['--host', '0.0.0.0'],
      ['--port', new URL(taken.url).port],
    ].map(async (options) => (await arena(...options)).ended),
  )
  await taken.close()
  expect(refusals.map(({ code }) => code)).toEqual([1, 1, 1])
  expect(refusals[0]!.output).toContain('A port is a number from 0 to 65535.')
  expect(refusals[1]!.output).toContain('127.0.0.1')
  expect(refusals[2]!.output).toContain('is in use: choose another with --port')
})
