import { Command } from 'commander'
import { withContext } from '#server/core/program.ts'
import { releaseModel, slugOf } from '#server/models/service.ts'

/** `arena models release` and `arena models withdraw`. */
export function releaseCommand(verb: 'release' | 'withdraw', does: string): Command {
  return new Command(verb)
    .description(does)
    .argument('<model>', 'its name, or as its address names it')
    .action((model: string) =>
      withContext(async (ctx) => {
        const { name } = await releaseModel(ctx, slugOf(model), verb === 'release')
        console.log(
          verb === 'release'
            ? `${name} is released: boards and scores show it to everybody.`
            : `${name} is withdrawn: visitors see it on no board, no new battle shows it. Its votes stay and count for its rivals.`,
        )
      }),
    )
}
