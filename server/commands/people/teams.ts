import { Command } from 'commander'
import { namedTeam, createTeam, deleteTeam, disableTeam, listTeams, renameTeam } from '#server/accounts/teams/teams.ts'
import { NewTeam } from '#server/accounts/teams/schema.ts'
import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { pauseRunsOf } from '#server/runs/changes/endpoint-uses.ts'
import { alignColumns } from '../align-columns.ts'

/** `arena teams`: model teams; `arena invite` lets people in. */
export function teamsCommand(): Command {
  const command = new Command('teams').description('make, list, rename, disable and delete model teams')
  command
    .command('list')
    .description('all teams and how many people they have')
    .action(() => withContext(list))
  command
    .command('add')
    .description('make a team; `arena invite team` makes one too')
    .argument('<name>')
    .action((name: string) => withContext((ctx) => add(ctx, name)))
  command
    .command('rename')
    .description('give a team another name')
    .argument('<name>')
    .argument('<new-name>')
    .action((name: string, next: string) => withContext((ctx) => rename(ctx, name, next)))
  command
    .command('disable')
    .description('sign its people out, let nobody in, pause its runs; nothing is lost')
    .argument('<name>')
    .action((name: string) => withContext((ctx) => disable(ctx, name)))
  command
    .command('enable')
    .description('let a disabled team in again')
    .argument('<name>')
    .action((name: string) => withContext((ctx) => enable(ctx, name)))
  command
    .command('delete')
    .description('delete a team that has neither people, models nor endpoints')
    .argument('<name>')
    .action((name: string) => withContext((ctx) => remove(ctx, name)))
  return command
}

/** A name as teams have it. Throws InputError. */
export function teamName(text: string): string {
  const team = NewTeam.safeParse({ name: text })
  if (team.success) return team.data.name
  throw new InputError(`'${text}' is no name of a team: ${team.error.issues[0]?.message}.`)
}

async function list(ctx: Context): Promise<void> {
  const teams = await listTeams(ctx)
  if (teams.length === 0) return console.log('No team yet: npx arena invite team NAME')
  const lines = teams.map(({ name, people, disabled }) => [
    name,
    String(people.length),
    disabled ? 'disabled' : 'active',
  ])
  console.log(alignColumns([['team', 'people', 'state'], ...lines]))
}

async function add(ctx: Context, name: string): Promise<void> {
  const team = await createTeam(ctx, teamName(name))
  console.log(`Made the team ${team.name}. Let people in: npx arena invite team '${team.name}'`)
}

async function rename(ctx: Context, name: string, next: string): Promise<void> {
  const { id } = await namedTeam(ctx, name)
  await renameTeam(ctx, id, teamName(next))
  console.log(`${name} is called ${teamName(next)} now.`)
}

async function disable(ctx: Context, name: string): Promise<void> {
  const { id } = await namedTeam(ctx, name)
  await disableTeam(ctx, id, true)
  await pauseRunsOf(ctx, id, `The team ${name} is disabled`)
  console.log(
    `${name} is disabled: its people are signed out and its runs are paused. npx arena teams enable '${name}'`,
  )
}

async function enable(ctx: Context, name: string): Promise<void> {
  const { id } = await namedTeam(ctx, name)
  await disableTeam(ctx, id, false)
  console.log(`${name} is let in again. Its runs stay paused until someone resumes them.`)
}

async function remove(ctx: Context, name: string): Promise<void> {
  const { id } = await namedTeam(ctx, name)
  await deleteTeam(ctx, id)
  console.log(`Deleted ${name}.`)
}
