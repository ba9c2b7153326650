import { Command } from 'commander'
import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { changePool, createPool, deletePool } from '#server/queries/change-pools.ts'
import { listPools } from '#server/queries/list-pools.ts'
import { NewPool, PoolChange } from '#server/queries/schema.ts'
import { poolUses } from '#server/responses/pool-uses.ts'
import { alignColumns } from '../align-columns.ts'
import { read } from '../read-options.ts'

interface PoolOptions {
  name?: string
  licence?: string
}

/** `arena pools`: named collections of queries that studies draw from. */
export function poolsCommand(): Command {
  const command = new Command('pools').description('list, make, rename, archive and delete pools of queries')
  const verb = (name: string, does: string) => command.command(name).description(does).argument('<pool>')
  command
    .command('list')
    .description('all pools and how many queries they have')
    .action(() => withContext(list))
  verb('create', 'make an empty pool')
    .option('--name <name>', 'what people call it')
    .option('--licence <licence>', 'of its queries together')
    .action((pool: string, options: PoolOptions) => withContext((ctx) => create(ctx, pool, options)))
  verb('set', 'rename a pool, or note its licence')
    .option('--name <name>', 'what people call it')
    .option('--licence <licence>', 'of its queries together')
    .action((pool: string, options: PoolOptions) => withContext((ctx) => set(ctx, pool, options)))
  verb('archive', 'offer a pool to no new study; studies that use it go on').action((pool: string) =>
    withContext((ctx) => set(ctx, pool, { archived: true })),
  )
  verb('restore', 'take a pool back from the archive').action((pool: string) =>
    withContext((ctx) => set(ctx, pool, { archived: false })),
  )
  verb('delete', 'delete a pool with its queries; refused while a study asks them')
    .option('--yes', 'delete it', false)
    .action((pool: string, { yes }: { yes: boolean }) => withContext((ctx) => remove(ctx, pool, yes)))
  return command
}

async function list(ctx: Context): Promise<void> {
  const pools = await listPools(ctx)
  if (pools.length === 0) return console.log('No pool yet: npx arena queries import PATH --pool NAME')
  const lines = pools.map(({ slug, name, queries, held, takenOut, archived }) => [
    slug,
    name,
    String(queries),
    String(held),
    String(takenOut),
    archived ? 'archived' : '',
  ])
  console.log(alignColumns([['pool', 'name', 'queries', 'held', 'taken out', ''], ...lines]))
}

async function create(ctx: Context, slug: string, options: PoolOptions): Promise<void> {
  await createPool(ctx, read(NewPool, { slug, ...options }))
  console.log(`Made. Add to it: npx arena queries import PATH --pool ${slug}`)
}

async function set(ctx: Context, slug: string, asked: PoolChange): Promise<void> {
  const change = read(PoolChange, asked)
  if (Object.keys(change).length === 0) throw new InputError('Nothing to change: give --name or --licence.')
  await changePool(ctx, slug, change)
  console.log('Changed.')
}

async function remove(ctx: Context, slug: string, yes: boolean): Promise<void> {
  if (!yes) throw new InputError(`Deleting '${slug}' deletes its queries for good. Say --yes to do it.`)
  await deletePool(ctx, slug, poolUses)
  console.log('Deleted.')
}
