import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { alignColumns } from '../align-columns.ts'
import type { Context } from '#server/core/context.ts'
import { InputError, Problem } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { exitCodes } from '#server/core/terminal/exit.ts'
import { importEndpoints } from '#server/endpoints/imports/import-endpoints.ts'

const mostBytes = 1_048_576

/** `arena models import`: registers what a FastChat file describes. */
export function importCommand(): Command {
  return new Command('import')
    .description("register the endpoints of FastChat's api_endpoint.json, keys included; the file stays as it is")
    .argument('<file>', 'a JSON file with model_name, api_base, api_type and api_key for each model')
    .action((file: string) => withContext((ctx) => importFile(ctx, file)))
}

async function importFile(ctx: Context, file: string): Promise<void> {
  const results = await importEndpoints(ctx, await readText(file)).catch((error: unknown) => {
    throw error instanceof Problem ? new InputError(`${file}: ${error.message}.`) : error
  })
  console.log(
    alignColumns(results.map(({ name, registered, reason }) => [name, registered ? 'registered' : 'left out', reason])),
  )
  const left = results.filter(({ registered }) => !registered).length
  console.log(`${results.length - left} registered, ${left} left out. Check them: npx arena models check`)
  if (left > 0) process.exitCode = exitCodes.fault
}

async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new InputError(`${file} cannot be read (${cause.code}).`)
  })
  if (bytes.length > mostBytes) throw new InputError(`${file} is larger than 1 MB: that is no list of endpoints.`)
  return bytes.toString('utf8')
}
