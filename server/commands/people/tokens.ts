import { Command, Option } from 'commander'
import { createApiToken, listApiTokens, revokeApiToken } from '#server/accounts/bearers/api-tokens.ts'
import { NewApiToken } from '#server/accounts/bearers/schema.ts'
import { namedPerson } from '#server/accounts/people/people.ts'
import type { Context } from '#server/core/context.ts'
import { printable } from '#server/core/printable.ts'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { alignColumns } from '../align-columns.ts'

interface Given {
  for: string
  scope: string
  days: string
}

/** `arena tokens`: by which scripts ask the API as somebody. */
export function tokensCommand(): Command {
  const command = new Command('tokens').description('API tokens: scripts ask by them as the person whose they are')
  command
    .command('create')
    .description('print a new token, this once')
    .argument('<name>', 'what it is for')
    .requiredOption('--for <person>', 'whose it is: their id, its beginning, or their name')
    .addOption(
      new Option('--scope <scope>', 'read, or all that its owner may do').choices(['read', 'write']).default('read'),
    )
    .option('--days <n>', 'how long it works', '90')
    .action((name: string, given: Given) => withContext((ctx) => create(ctx, name, given)))
  command
    .command('list')
    .description('everybody’s tokens, without what they read')
    .action(() => withContext(list))
  command
    .command('revoke')
    .description('end a token')
    .argument('<token>', 'its id, as `tokens list` shows it')
    .action((id: string) => withContext((ctx) => revoke(ctx, id)))
  return command
}

async function create(ctx: Context, name: string, { for: named, scope, days }: Given): Promise<void> {
  const wanted = NewApiToken.safeParse({ name, scope, days: Number(days) })
  if (!wanted.success) throw new InputError('A name has 1 to 80 characters, --days takes 1 to 365.')
  const { id, role } = await namedPerson(ctx, named)
  if (role === 'rater')
    throw new InputError('A rater has no use for a token: the API opens nothing to scripts of theirs.')
  console.log((await createApiToken(ctx, id, wanted.data)).token)
}

async function list(ctx: Context): Promise<void> {
  const tokens = await listApiTokens(ctx)
  if (tokens.length === 0) return console.log('No token yet: npx arena tokens create NAME --for PERSON')
  const lines = tokens.map(({ id, name, owner, scope, state, lastUsedAt, expiresAt }) => [
    ...[id, printable(name), printable(owner.name), scope, state, lastUsedAt ?? 'never', expiresAt],
  ])
  console.log(alignColumns([['token', 'name', 'of', 'scope', 'state', 'last used', 'until'], ...lines]))
}

async function revoke(ctx: Context, id: string): Promise<void> {
  if (!/^[0-9a-f-]{36}$/i.test(id)) throw new InputError(`'${id}' is no token's id: npx arena tokens list`)
  await revokeApiToken(ctx, id)
  console.log('Revoked.')
}
