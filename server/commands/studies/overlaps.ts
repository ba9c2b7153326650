import { Command, Option } from 'commander'
import { z } from 'zod'
import { cancelOverlaps, changeOverlap, listOverlaps } from '#server/battles/overlap/overlaps.ts'
import { OverlapQuery, type Overlap } from '#server/battles/overlap/schema.ts'
import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { alignColumns } from '../align-columns.ts'
import { read } from '../read-options.ts'

const ofStudy = ['<study>', 'the study, as its address names it'] as const

/** `arena studies overlaps`: battles that are planned for several raters. */
export function overlapsCommand(): Command {
  return new Command('overlaps')
    .description('battles that are planned for several raters: how far each is, cancelled and restored')
    .addCommand(
      new Command('list')
        .description('the planned battles of a study, newest first, fifty a page')
        .argument(...ofStudy)
        .addOption(
          new Option('--show <which>', 'which of them')
            .choices(OverlapQuery.shape.show.unwrap().options)
            .default('all'),
        )
        .option('--page <number>', 'which page', '1')
        .action((study: string, options: object) =>
          withContext((ctx) => list(ctx, study, read(OverlapQuery, options))),
        ),
    )
    .addCommand(
      new Command('cancel')
        .description('give a planned battle to no further rater; its votes stay and count')
        .argument(...ofStudy)
        .argument('[battle]', 'its id, as `overlaps list` shows it')
        .option('--all', 'whatever still waits', false)
        .action((study: string, battle: string | undefined, { all }: { all: boolean }) =>
          withContext((ctx) => cancel(ctx, study, battle, all)),
        ),
    )
    .addCommand(
      new Command('restore')
        .description('give a cancelled battle to raters again')
        .argument(...ofStudy)
        .argument('<battle>', 'its id, as `overlaps list` shows it')
        .action((study: string, battle: string) =>
          withContext(async (ctx) => show([await changeOverlap(ctx, study, idOf(battle), false)])),
        ),
    )
}

async function list(ctx: Context, study: string, asked: OverlapQuery) {
  const { overlaps, total, page, pages } = await listOverlaps(ctx, study, asked)
  if (total === 0) return console.log(asked.show === 'all' ? 'No battle is planned for several raters.' : 'None.')
  show(overlaps)
  if (pages > 1) console.log(`Page ${page} of ${pages}; --page ${Math.min(page + 1, pages)} shows others.`)
}

async function cancel(ctx: Context, study: string, battle: string | undefined, all: boolean) {
  if ((battle === undefined) === !all) throw new InputError('Name one planned battle, or say --all for whatever waits.')
  if (battle !== undefined) return show([await changeOverlap(ctx, study, idOf(battle), true)])
  console.log(`Cancelled: ${await cancelOverlaps(ctx, study)}. Votes on them stay and count.`)
}

const idOf = (battle: string) =>
  read(z.object({ battle: z.uuid('is no id: `overlaps list` shows them') }), { battle }).battle

function show(overlaps: Overlap[]) {
  const head = ['battle', 'query', 'models', 'judged', 'lent', 'state']
  const lines = overlaps.map(({ id, query, models, judged, raters, lent, state, why }) => [
    ...[
      id,
      query.key,
      models.join(' : '),
      `${judged} of ${raters}`,
      String(lent),
      why === null ? state : `${state}: ${why}`,
    ],
  ])
  console.log(alignColumns([head, ...lines]))
}
