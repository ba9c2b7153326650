import { expect, test } from 'vitest'
import { walkThrough } from '../support/walk.ts'

const walk = await walkThrough('docs/add-a-protocol.md')

test('the code of the page has the types that it says, wherever the name stands', async () => {
  const include = ['server/endpoints', 'server/commands/endpoints', 'test/server/endpoints/protocols']
  await walk.write('tsconfig.walk.json', JSON.stringify({ extends: './tsconfig.json', include }))
  await walk.run('tsc', '-p', 'tsconfig.walk.json')
  expect(await walk.read('web/src/lib/endpoint-words.ts')).toMatch(/ {2}ollama: 'Ollama',\n}[^]* {2}ollama: { home/)
})

test('its test and the walls of the house hold', async () => {
  const passed = await Promise.all([
    walk.run('vitest', 'run', 'test/server/endpoints/protocols/ollama.test.ts'),
    walk.run('vitest', 'run', '-t', 'server/endpoints/', 'test/architecture.test.ts'),
  ])
  for (const words of passed) expect(words).toMatch(/Tests.* passed/)
})

test('the migration that the page asks for adds the name and nothing else', async () => {
  await walk.run('drizzle-kit', 'generate', '--config', 'drizzle/config.ts', '--name', 'speak_ollama')
  const [name] = (await walk.files('drizzle/migrations')).filter((file) => file.endsWith('_speak_ollama.sql'))
  expect((await walk.read(`drizzle/migrations/${name}`)).trim()).toBe(
    `ALTER TYPE "public"."protocol" ADD VALUE 'ollama';`,
  )
})

test('the command offers it', async () => {
  expect(await walk.run('node', 'server/cli.ts', 'models', 'add', '--help')).toMatch(/--protocol.*"ollama"/s)
})
