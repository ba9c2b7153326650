import { Command } from 'commander'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { changeQueries } from '#server/queries/change-queries.ts'
import { QueryEdit, type QueriesChange } from '#server/queries/schema.ts'
import { poolUses } from '#server/responses/pool-uses.ts'
import { read } from '../read-options.ts'
import { readChosen, withFilter, type ChoosingOptions } from './chosen.ts'

type Change = QueriesChange['change']
interface ChangeOptions extends ChoosingOptions {
  all?: boolean
  yes?: boolean
}
interface SetOptions extends ChangeOptions {
  category?: string
  language?: string
  licence?: string
  source?: string
  question?: string
}

/** `arena queries set`, `hold`, `release`, `delete`, `accept`, `reject` and `restore`. */
export function changeCommands(): Command[] {
  const released = { do: 'release' } as const
  const restored = { do: 'restore' } as const
  const accepted = { do: 'accept' } as const
  const rejected = { do: 'reject' } as const
  return [
    changing('set', 'edit queries', ({ category, language, licence, source, question }: SetOptions) => {
      const edit = read(QueryEdit, { category, language, licence, source, question })
      if (Object.values(edit).every((value) => value === undefined))
        throw new InputError('Nothing to change: give --category, --language, --licence, --source or --question.')
      return { do: 'edit', edit }
    })
      .option('--category <category>', 'boards by category keep the votes that are cast already')
      .option('--language <code>', 'a code such as pt-BR')
      .option('--licence <licence>')
      .option('--source <source>')
      .option('--question <words>', 'of one query that no model was asked'),
    changing('hold', 'give queries to no rater any more; votes already cast stay', ({ reason }: { reason: string }) => {
      return { do: 'hold', reason }
    }).requiredOption('--reason <words>'),
    changing('release', 'give held queries to raters again', () => released),
    changing(
      'delete',
      'delete queries; those that models were asked are taken out and can be restored',
      removal,
    ).option('--yes', 'delete them'),
    changing('accept', 'give queries the categories that are proposed for them', () => accepted),
    changing('reject', 'keep what is proposed for queries from being proposed again', () => rejected),
    changing('restore', 'bring back queries that were taken out', () => restored),
  ]
}

function removal({ yes }: ChangeOptions): Change {
  if (!yes)
    throw new InputError(
      'Queries that no model was asked are deleted for good; the others are taken out, and votes on them stay. Say --yes to do it.',
    )
  return { do: 'delete' }
}

function changing<Options extends object>(
  verb: string,
  does: string,
  changeOf: (options: Options & ChangeOptions) => Change,
): Command {
  return withFilter(new Command(verb).description(does))
    .argument('[keys...]', 'the queries, as `arena queries list` names them')
    .option('--all', 'all queries of the pool')
    .action((pool: string, keys: string[], options: Options & ChangeOptions) => {
      const asked = { which: readChosen(keys, options), change: changeOf(options) }
      return withContext(async (ctx) => {
        const { changed, deleted } = await changeQueries(ctx, pool, asked, poolUses)
        const gone = asked.change.do === 'delete' ? `, ${deleted} of them gone for good` : ''
        console.log(`${changed === 1 ? '1 query' : `${changed} queries`} changed${gone}`)
      })
    })
}
