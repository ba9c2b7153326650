import { Command } from 'commander'
import { createTeam, listTeams, namedTeam } from '#server/accounts/teams/teams.ts'
import type { Context } from '#server/core/context.ts'
import { printable } from '#server/core/printable.ts'
import { InputError } from '#server/core/problem.ts'
import { openProgram, withContext } from '#server/core/program.ts'
import { createRoleLink, listRoleLinks, revokeRoleLink } from '#server/links/people/role-links.ts'
import { NewRoleLink } from '#server/links/people/schema.ts'
import { NewLink } from '#server/links/schema.ts'
import { createRaterLink, createTeamLink, listLinks, revokeLink } from '#server/links/service.ts'
import { NewTeamLink } from '#server/links/teams/schema.ts'
import { getStoredStudy } from '#server/studies/service.ts'
import { addressOf } from '../admin-link.ts'
import { alignColumns } from '../align-columns.ts'
import { anewCommand, personalCommand } from './personal-links.ts'
import { teamName } from './teams.ts'

interface InviteOptions {
  people: string
  days: string
  origin?: string
}

interface OfStudy {
  study: boolean
}

/** `arena invite`: links by which people join a team, or rate a study. */
export function inviteCommand(): Command {
  const command = new Command('invite').description('links by which people join a model team or rate a study')
  command
    .command('team')
    .description('print a link into a team, which is made when it is missing')
    .argument('<name>', 'of the team')
    .option('--people <n>', 'how many may join by it', '5')
    .option('--days <n>', 'how long it works', '14')
    .option('--origin <address>', 'address of the server, when it is not the one that it listens on')
    .action(invite)
  command
    .command('raters')
    .description('print a link by which people become raters of a study')
    .argument('<study>', 'the study, as its address names it')
    .option('--people <n>', 'how many may join by it', '50')
    .option('--days <n>', 'how long it works', '14')
    .option('--cohort <name>', 'what those who join by it are counted under', 'default')
    .option('--origin <address>', 'address of the server, when it is not the one that it listens on')
    .action(inviteRaters)
  for (const role of ['researcher', 'admin'] as const)
    command
      .command(role)
      .description(`print a link by which somebody becomes ${role === 'admin' ? 'an admin' : 'a researcher'}`)
      .option('--people <n>', 'how many may join by it', '1')
      .option('--days <n>', 'how long it works', '7')
      .option('--origin <address>', 'address of the server, when it is not the one that it listens on')
      .action((options: InviteOptions) => inviteByRole(role, options))
  command.addCommand(personalCommand())
  command.addCommand(anewCommand())
  command
    .command('list')
    .description(
      "a team's links, or a study's, without their addresses; of nothing: those that give a role or sign in again",
    )
    .argument('[name]', 'of the team')
    .option('--study', 'the name is a study, as its address names it', false)
    .action((name: string | undefined, options: OfStudy) =>
      withContext((ctx) => (name === undefined ? listByRole(ctx) : list(ctx, name, options))),
    )
  command
    .command('revoke')
    .description('take a link back: nobody joins by it any more; a link of one rater also signs that rater out')
    .argument('<name>', 'of the team; of a link that gives a role or signs in again, its id alone')
    .argument('[link]', 'its id, as `invite list` shows it')
    .option('--study', 'the name is a study, as its address names it', false)
    .action((name: string, link: string | undefined, options: OfStudy) =>
      withContext((ctx) => (link === undefined ? revokeByRole(ctx, name) : revoke(ctx, name, link, options))),
    )
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

async function inviteRaters(
  study: string,
  { people, days, cohort, origin }: InviteOptions & { cohort: string },
): Promise<void> {
  const wanted = NewLink.safeParse({ maxUses: Number(people), days: Number(days), cohort })
  if (!wanted.success) throw new InputError('--people takes 1 to 10000, --days 1 to 90, --cohort up to 60 characters.')
  const program = await openProgram()
  try {
    const { id, status } = await getStoredStudy(program.context, study)
    if (status === 'closed')
      throw new InputError(`${study} is closed. Open it again first: npx arena studies reopen ${study}`)
    const { url } = await createRaterLink(program.context, id, wanted.data, origin ?? (await addressOf(program)))
    console.log(url)
  } finally {
    await program.close()
  }
}

async function ownerOf(
  ctx: Context,
  name: string,
  { study }: OfStudy,
): Promise<{ studyId: string } | { teamId: string }> {
  return study ? { studyId: (await getStoredStudy(ctx, name)).id } : { teamId: (await namedTeam(ctx, name)).id }
}

async function list(ctx: Context, name: string, of: OfStudy): Promise<void> {
  const links = await listLinks(ctx, await ownerOf(ctx, name, of))
  const make = of.study ? `raters ${name}` : `team '${name}'`
  if (links.length === 0) return console.log(`No link into ${name} yet: npx arena invite ${make}`)
  const lines = links.map(({ id, uses, maxUses, state, expiresAt }) => [id, `${uses} of ${maxUses}`, state, expiresAt])
  console.log(alignColumns([['link', 'used', 'state', 'until'], ...lines]))
}

async function revoke(ctx: Context, name: string, link: string, of: OfStudy): Promise<void> {
  const owner = await ownerOf(ctx, name, of)
  const shown = of.study ? `${name} --study` : `'${name}'`
  if (!/^[0-9a-f-]{36}$/i.test(link)) throw new InputError(`'${link}' is no link's id: npx arena invite list ${shown}`)
  await revokeLink(ctx, link, owner)
  console.log('Taken back.')
}

async function inviteByRole(role: NewRoleLink['role'], { people, days, origin }: InviteOptions): Promise<void> {
  const wanted = NewRoleLink.safeParse({ role, maxUses: Number(people), days: Number(days) })
  if (!wanted.success) throw new InputError('--people takes 1 to 100, --days 1 to 90.')
  const program = await openProgram()
  try {
    console.log((await createRoleLink(program.context, wanted.data, origin ?? (await addressOf(program)))).url)
  } finally {
    await program.close()
  }
}

async function listByRole(ctx: Context): Promise<void> {
  const links = await listRoleLinks(ctx)
  if (links.length === 0) return console.log('No such link yet: npx arena invite researcher')
  const lines = links.map(({ id, role, person, uses, maxUses, state, expiresAt }) => [
    ...[id, person ? `${printable(person.name)} again` : role, `${uses} of ${maxUses}`, state, expiresAt],
  ])
  console.log(alignColumns([['link', 'lets in', 'used', 'state', 'until'], ...lines]))
}

async function revokeByRole(ctx: Context, link: string): Promise<void> {
  if (!/^[0-9a-f-]{36}$/i.test(link)) throw new InputError(`'${link}' is no link's id: npx arena invite list`)
  await revokeRoleLink(ctx, link)
  console.log('Taken back.')
}
