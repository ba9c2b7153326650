import { Command } from 'commander'
import type { Context } from '#server/core/context.ts'
import { printable } from '#server/core/printable.ts'
import { withContext } from '#server/core/program.ts'
import { exitCodes } from '#server/core/terminal/exit.ts'
import { checkPictures } from '#server/images/check-pictures.ts'
import { findLookAlikes, picturesOf } from '#server/queries/look-alikes.ts'
import { alignColumns } from '../align-columns.ts'

/** `arena queries check`: whether the pictures of a pool are still there. */
export function checkCommand(): Command {
  return new Command('check')
    .description('read every picture of a pool and name those that are gone or no longer match their hash')
    .argument('<pool>')
    .action((pool: string) => withContext((ctx) => check(ctx, pool)))
}

/** `arena queries look-alikes`: different pictures of a pool that look alike. */
export function lookAlikesCommand(): Command {
  return new Command('look-alikes')
    .description('different pictures of a pool that look alike, the likest first')
    .argument('<pool>')
    .action((pool: string) => withContext((ctx) => lookAlikes(ctx, pool)))
}

async function check(ctx: Context, pool: string): Promise<void> {
  const keys = await picturesOf(ctx, pool)
  let checked = 0
  let faults = 0
  const count = () => ++checked % 1_000 === 0 && console.error(`${checked} of ${keys.size} pictures read`)
  for await (const { sha256, reason } of checkPictures(ctx, [...keys.keys()], count)) {
    faults++
    console.log(printable(`${keys.get(sha256)!.slice(0, 5).join(', ')}: ${reason}`))
  }
  console.log(`${keys.size} pictures read, ${faults} gone or altered`)
  if (faults > 0) process.exitCode = exitCodes.fault
}

async function lookAlikes(ctx: Context, pool: string): Promise<void> {
  const pairs = await findLookAlikes(ctx, pool)
  if (pairs.length === 0)
    return console.log(`No two pictures look alike. Of old imports: npx arena queries check ${pool}`)
  console.log(
    alignColumns([['bits', 'query', 'query'], ...pairs.map(({ a, b, bits }) => [String(bits), a.key, b.key])]),
  )
}
