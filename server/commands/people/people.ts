import { Command, Option } from 'commander'
import { changePerson, listPeople, namedPerson, signOutEverywhere } from '#server/accounts/people/people.ts'
import { ChangedPerson, PeopleQuery } from '#server/accounts/people/schema.ts'
import type { Context } from '#server/core/context.ts'
import { printable } from '#server/core/printable.ts'
import { InputError } from '#server/core/problem.ts'
import { openProgram, withContext } from '#server/core/program.ts'
import { createSignInLink } from '#server/links/people/role-links.ts'
import { deletePerson } from '#server/raters/delete-person.ts'
import { addressOf } from '../admin-link.ts'
import { alignColumns } from '../align-columns.ts'

const who = ['<person>', 'their id, its beginning, or their name'] as const

/** `arena people`: everybody who has an account; `arena invite` lets people in. */
export function peopleCommand(): Command {
  const command = new Command('people').description('who has an account: roles, sessions, a way back in')
  const verb = (name: string, words: string) => command.command(name).description(words)
  verb('list', 'everybody, those who run the arena first')
    .addOption(
      new Option('--role <role>', 'of this role only')
        .choices(['all', 'admin', 'researcher', 'team', 'rater'])
        .default('all'),
    )
    .option('--page <n>', 'each has 100 people', '1')
    .action((given: { role: string; page: string }) => withContext((ctx) => list(ctx, given)))
  verb('role', 'give somebody another role; they sign in anew')
    .argument(...who)
    .argument('<role>', 'admin, researcher or rater')
    .action((named: string, role: string) => withContext((ctx) => change(ctx, named, { role })))
  verb('rename', 'give somebody another name')
    .argument(...who)
    .argument('<new-name>')
    .action((named: string, name: string) => withContext((ctx) => change(ctx, named, { name })))
  verb('disable', 'sign somebody out, revoke their tokens and let them in no more; what they did stays')
    .argument(...who)
    .action((named: string) => withContext((ctx) => change(ctx, named, { disabled: true })))
  verb('enable', 'let somebody in again')
    .argument(...who)
    .action((named: string) => withContext((ctx) => change(ctx, named, { disabled: false })))
  verb('sign-out', 'sign somebody out of every browser')
    .argument(...who)
    .action((named: string) =>
      withContext(async (ctx) => {
        await signOutEverywhere(ctx, (await namedPerson(ctx, named)).id)
        console.log('Signed out everywhere.')
      }),
    )
  verb('delete', 'delete an account with all that leads to its person; what they did stays')
    .argument(...who)
    .option('--yes', 'do it: it cannot be undone', false)
    .action((named: string, { yes }: { yes: boolean }) => withContext((ctx) => remove(ctx, named, yes)))
  verb('link', 'print a link that signs somebody in again, once, within a day')
    .argument(...who)
    .option('--origin <address>', 'address of the server, when it is not the one that it listens on')
    .action(link)
  return command
}

async function list(ctx: Context, given: { role: string; page: string }): Promise<void> {
  const asked = PeopleQuery.safeParse(given)
  if (!asked.success) throw new InputError('--page takes a number from 1 on.')
  const { people, total, page, pages } = await listPeople(ctx, asked.data)
  const lines = people.map(({ id, name, role, team, disabled, lastSeenAt, sessions, tokens }) => [
    ...[id.slice(0, 8), printable(name), team ? `team ${printable(team.name)}` : role],
    ...[disabled ? 'disabled' : 'active', lastSeenAt ?? 'never', String(sessions), String(tokens)],
  ])
  console.log(alignColumns([['id', 'name', 'role', 'state', 'last seen', 'sessions', 'tokens'], ...lines]))
  console.log(`${total} in all, page ${page} of ${pages}.`)
}

async function change(ctx: Context, named: string, wanted: Record<string, unknown>): Promise<void> {
  const given = ChangedPerson.safeParse(wanted)
  if (!given.success)
    throw new InputError(
      'role' in wanted
        ? 'A role is admin, researcher or rater. Somebody joins a team by its link: npx arena invite team NAME'
        : 'A name has 1 to 80 characters.',
    )
  const { id } = await namedPerson(ctx, named)
  const { name, role, disabled } = await changePerson(ctx, id, given.data)
  console.log(`${printable(name)}: ${role}, ${disabled ? 'disabled' : 'active'}.`)
}

async function remove(ctx: Context, named: string, yes: boolean): Promise<void> {
  const { id, name } = await namedPerson(ctx, named)
  if (!yes) throw new InputError(`Nothing was changed. Say --yes to delete ${printable(name)} for good.`)
  await deletePerson(ctx, id)
  console.log('Deleted.')
}

async function link(named: string, { origin }: { origin?: string }): Promise<void> {
  const program = await openProgram()
  try {
    const { id } = await namedPerson(program.context, named)
    const { url } = await createSignInLink(program.context, id, origin ?? (await addressOf(program)))
    console.log(url)
  } finally {
    await program.close()
  }
}
