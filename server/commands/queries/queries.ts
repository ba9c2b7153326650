import { Command } from 'commander'
import { changeCommands } from './change.ts'
import { askingsCommand, proposeCommand } from './propose.ts'
import { rulesCommand } from './rules.ts'
import { checkCommand, lookAlikesCommand } from './check.ts'
import { importCommand } from './import.ts'
import { listCommand } from './list.ts'

/** `arena queries`: the image queries of pools. */
export function queriesCommand(): Command {
  const command = new Command('queries')
    .description('import queries into pools, list, edit, hold and delete them, propose their categories')
    .addCommand(importCommand())
    .addCommand(listCommand())
    .addCommand(checkCommand())
    .addCommand(lookAlikesCommand())
    .addCommand(proposeCommand())
    .addCommand(askingsCommand())
    .addCommand(rulesCommand())
  for (const change of changeCommands()) command.addCommand(change)
  return command
}
