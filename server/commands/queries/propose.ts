import { Command } from 'commander'
import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { findEndpoint } from '#server/endpoints/service.ts'
import { proposeByRules } from '#server/queries/categories/propose.ts'
import { NewCategoryAsking } from '#server/responses/categories/schema.ts'
import {
  askForCategories,
  forgetAsking,
  listAskings,
  resumeAsking,
  stopAsking,
} from '#server/responses/categories/service.ts'
import { alignColumns } from '../align-columns.ts'
import { read } from '../read-options.ts'
import { readChosen, withFilter, type ChoosingOptions } from './chosen.ts'

interface ProposeOptions extends ChoosingOptions {
  all?: boolean
  endpoint?: string
  costLimit?: string
  again?: boolean
}

/** `arena queries propose`: categories by rules or by a model, for a person to accept. */
export function proposeCommand(): Command {
  return withFilter(new Command('propose').description('propose categories; accept or reject what is proposed'))
    .argument('[keys...]', 'the queries, as `arena queries list` names them')
    .option('--all', 'all queries of the pool')
    .option('--endpoint <name>', 'ask this model, instead of the rules')
    .option('--cost-limit <dollars>', 'where asking the model stops')
    .option('--again', 'also what was rejected, by the rules')
    .action((pool: string, keys: string[], options: ProposeOptions) =>
      withContext((ctx) => propose(ctx, pool, keys, options)),
    )
}

async function propose(ctx: Context, pool: string, keys: string[], options: ProposeOptions): Promise<void> {
  const which = readChosen(keys, options)
  if (options.endpoint !== undefined) {
    const endpoint = await findEndpoint(ctx, options.endpoint)
    if (!endpoint) throw new InputError(`There is no endpoint '${options.endpoint}': see npx arena models list.`)
    const costLimit = options.costLimit === undefined ? undefined : Number(options.costLimit)
    const asking = read(NewCategoryAsking, { endpoint: endpoint.id, which, costLimit })
    const { asked } = await askForCategories(ctx, pool, asking)
    return console.log(`Asking about ${asked} queries. How far it is: npx arena queries askings list ${pool}`)
  }
  const { queries, proposed, same, none, rejected } = await proposeByRules(ctx, pool, {
    which,
    again: options.again ?? false,
  })
  const before = rejected > 0 ? `, ${rejected} were rejected before` : ''
  console.log(`${queries} queries: ${proposed} proposed, ${same} have what the rules say, ${none} fit no rule${before}`)
  if (proposed > 0)
    console.log(`Look: npx arena queries list ${pool} --where proposed=any. Then accept or reject by the same words.`)
}

/** `arena queries askings`: models that were asked for categories. */
export function askingsCommand(): Command {
  const command = new Command('askings').description('models that were asked which category questions have')
  command
    .command('list')
    .argument('<pool>')
    .description('of a pool, the newest first')
    .action((pool: string) => withContext((ctx) => list(ctx, pool)))
  const verb = (name: string, does: string, carryOut: (ctx: Context, id: string) => Promise<void>, done: string) =>
    command
      .command(name)
      .argument('<asking>', 'as the list names it')
      .description(does)
      .action((id: string) =>
        withContext(async (ctx) => {
          if (!/^[0-9a-f-]{36}$/i.test(id))
            throw new InputError(`'${id}' is no asking: see npx arena queries askings list.`)
          await carryOut(ctx, id)
          console.log(done)
        }),
      )
  verb('resume', 'let a paused one go on, and ask once more what ended in an error', resumeAsking, 'It goes on.')
  verb('stop', 'end one for good; what it proposed stays', stopAsking, 'Stopped.')
  verb('forget', 'delete one with its requests and replies; what it proposed stays', forgetAsking, 'Forgotten.')
  return command
}

async function list(ctx: Context, pool: string): Promise<void> {
  const askings = await listAskings(ctx, pool)
  if (askings.length === 0) return console.log('No model was asked about this pool.')
  const headings = ['asking', 'endpoint', 'state', 'asked', 'proposed', 'same', 'unreadable', 'errors', '']
  const lines = askings.map((one) => [
    one.id,
    one.endpoint.name,
    one.state,
    ...[one.asked, one.proposed, one.same, one.unreadable, one.errors].map(String),
    one.paused ?? '',
  ])
  console.log(alignColumns([headings, ...lines]))
}
