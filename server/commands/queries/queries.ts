import { Command } from 'commander'
import { changeCommands } from './change.ts'
import { checkCommand, lookAlikesCommand } from './check.ts'
import { importCommand } from './import.ts'
import { listCommand } from './list.ts'

/** `arena queries`: the image queries of pools. */
export function queriesCommand(): Command {
  const command = new Command('queries')
    .description('import queries into pools, list, edit, hold and delete them')
    .addCommand(importCommand())
    .addCommand(listCommand())
    .addCommand(checkCommand())
    .addCommand(lookAlikesCommand())
  for (const change of changeCommands()) command.addCommand(change)
  return command
}
