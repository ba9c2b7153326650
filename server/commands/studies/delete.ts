import { Command } from 'commander'
import { deleteWithVotes } from '#server/battles/delete-study.ts'
import { countVotes } from '#server/battles/study-votes.ts'
import type { Context } from '#server/core/context.ts'
import { withContext } from '#server/core/program.ts'
import { removeStudy } from '#server/raters/remove-study.ts'
import { deleteSnapshots } from '#server/snapshots/delete-snapshots.ts'
import { getStoredStudy } from '#server/studies/service.ts'

interface DeleteOptions {
  withVotes?: boolean
  name?: string
}

/** `arena studies delete`: a draft, or with `--with-votes` and its name a closed study and all that belongs to it. */
export function deleteCommand(): Command {
  return new Command('delete')
    .description('delete a draft with its invite links, or a closed study with its votes')
    .argument('<study>', 'the study, as its address names it')
    .option('--with-votes', 'of a closed study: says what would go, and deletes it once --name is given')
    .option('--name <name>', 'the name of the study, to confirm')
    .action((study: string, options: DeleteOptions) => withContext((ctx) => remove(ctx, study, options)))
}

async function remove(ctx: Context, study: string, { withVotes, name }: DeleteOptions): Promise<void> {
  if (!withVotes) await removeStudy(ctx, study)
  else if (name === undefined) return tell(ctx, study)
  else await deleteWithVotes(ctx, study, name, deleteSnapshots)
  console.log(`Deleted ${study}.`)
}

async function tell(ctx: Context, slug: string): Promise<void> {
  const { id, name } = await getStoredStudy(ctx, slug)
  const votes = (await countVotes(ctx, [id])).get(id) ?? 0
  console.log(`${name} has ${votes} votes that count. They would go for good, with its battles, reports, answers, boards, invite links
and the raters' places in it. Models, endpoints, queries, people, what calls cost, and the audit trail stay. Archives that
were packed before can still be replayed. Nothing is deleted yet: say --name "${name}" to do it.`)
}
