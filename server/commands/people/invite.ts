import { Command } from 'commander'
import { createTeam, listTeams, namedTeam } from '#server/accounts/teams/teams.ts'
import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import { openProgram, withContext } from '#server/core/program.ts'
import { createTeamLink, listLinks, revokeLink } from '#server/links/service.ts'
import { NewTeamLink } from '#server/links/teams/schema.ts'
import { addressOf } from '../admin-link.ts'
import { alignColumns } from '../align-columns.ts'
import { teamName } from './teams.ts'

interface InviteOptions {
  people: string
  days: string
  origin?: string
}

/** `arena invite`: links by which people join a team. */
export function inviteCommand(): Command {
  const command = new Command('invite').description('links by which people join a model team')
  command
    .command('team')
    .description('print a link into a team, which is made when it is missing')
    .argument('<name>', 'of the team')
    .option('--people <n>', 'how many may join by it', '5')
    .option('--days <n>', 'how long it works', '14')
    .option('--origin <address>', 'address of the server, when it is not the one that it listens on')
    .action(invite)
  command
    .command('list')
    .description("a team's links, without their addresses")
    .argument('<name>', 'of the team')
    .action((name: string) => withContext((ctx) => list(ctx, name)))
  command
    .command('revoke')
    .description('take a link back: nobody joins by it any more')
    .argument('<name>', 'of the team')
    .argument('<link>', 'its id, as `invite list` shows it')
    .action((name: string, link: string) => withContext((ctx) => revoke(ctx, name, link)))
  return command
}

async function invite(name: string, { people, days, origin }: InviteOptions): Promise<void> {
  const wanted = NewTeamLink.safeParse({ maxUses: Number(people), days: Number(days) })
  if (!wanted.success) throw new InputError('--people takes 1 to 100, --days 1 to 90.')
  const program = await openProgram()
  try {
    const { context } = program
    const known = (await listTeams(context)).find((team) => team.name === teamName(name))
    if (known?.disabled)
      throw new InputError(
        `The team ${known.name} is disabled. Let it in again first: npx arena teams enable '${known.name}'`,
      )
    const { id } = known ?? (await createTeam(context, teamName(name)))
    const { url } = await createTeamLink(context, id, wanted.data, origin ?? (await addressOf(program)))
    console.log(url)
  } finally {
    await program.close()
  }
}

async function list(ctx: Context, name: string): Promise<void> {
  const links = await listLinks(ctx, { teamId: (await namedTeam(ctx, name)).id })
  if (links.length === 0) return console.log(`No link into ${name} yet: npx arena invite team '${name}'`)
  const lines = links.map(({ id, uses, maxUses, state, expiresAt }) => [id, `${uses} of ${maxUses}`, state, expiresAt])
  console.log(alignColumns([['link', 'used', 'state', 'until'], ...lines]))
}

async function revoke(ctx: Context, name: string, link: string): Promise<void> {
  const { id } = await namedTeam(ctx, name)
  if (!/^[0-9a-f-]{36}$/i.test(link)) throw new InputError(`'${link}' is no link's id: npx arena invite list '${name}'`)
  await revokeLink(ctx, link, { teamId: id })
  console.log('Taken back.')
}
