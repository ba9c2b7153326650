import path from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { baselineCatalogue } from '#server/baselines/catalogue.ts'
import { serveBaselines } from '#server/baselines/server.ts'
import { readConfig } from '#server/core/config.ts'
import { StartError } from '#server/core/problem.ts'

/** `arena baselines serve`: the built-in models as an endpoint of their own, until it is interrupted. */
export function baselinesCommand(): Command {
  const command = new Command('baselines').description('built-in models that give benchmarks a floor')
  command
    .command('serve')
    .description('serve the built-in models on loopback in the OpenAI format, until interrupted')
    .option('--port <port>', 'port to listen on, 0 for any free one', readPort, 8901)
    .addOption(new Option('--host <address>', 'address to listen on').choices(['127.0.0.1']).default('127.0.0.1'))
    .action(async ({ port }: { port: number }) => serve(port))
  return command
}

async function serve(port: number): Promise<void> {
  const cacheDir = path.join(readConfig().dataDir, 'baselines')
  const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<undefined>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt(undefined))
  const served = await serveBaselines({ port, cacheDir }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw new StartError(`Port ${port} is in use: choose another with --port, or 0 for any free one.`)
    throw error
  })
  console.log(`The built-in models answer at ${served.url}`)
  for (const { name, description } of baselineCatalogue) {
    if (served.models.includes(name)) console.log(`  ${name.padEnd(18)} ${description}`)
    else console.log(`  ${name.padEnd(18)} not available: its optional packages are not installed`)
  }
  console.log(`\nTry it:\n${exampleFor(served.url)}\n\nCtrl+C ends it.`)
  await interrupted
  await served.close()
}

function exampleFor(url: string): string {
  const content = `[{"type":"text","text":"Describe this picture."},{"type":"image_url","image_url":{"url":"data:image/png;base64,'"$(base64 < picture.png | tr -d '\\n')"'"}}]`
  return `  echo '{"model":"baseline-palette","messages":[{"role":"user","content":${content}}]}' |\n    curl -s ${url}/chat/completions -H 'content-type: application/json' -d @-`
}

function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  return port
}
