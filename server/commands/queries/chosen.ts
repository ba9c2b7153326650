import { Option, type Command } from 'commander'
import { InputError } from '#server/core/problem.ts'
import { read } from '../read-options.ts'
import { QueryCategory } from '#server/queries/categories/schema.ts'
import { QueryFilter, QueryState, type QueriesChange } from '#server/queries/schema.ts'

/** What the options that choose queries give. */
export interface ChoosingOptions {
  search?: string
  where?: string[]
  state?: QueryState
}

const names = ['category', 'proposed', 'language', 'licence', 'source'] as const

/** Adds the options that choose queries by what they have. */
export function withFilter(command: Command): Command {
  return command
    .argument('<pool>')
    .option('--search <words>', 'those whose question or key has these words')
    .option(
      '--where <name=value...>',
      `those with this ${names.join(', ')}, as in category=${QueryCategory.options[0]}`,
    )
    .addOption(new Option('--state <state>', 'those in this state').choices(QueryState.options))
}

/** The filter of the options. Throws InputError. */
export function readFilter({ search, where = [], state }: ChoosingOptions): QueryFilter {
  const asked = where.map((pair) => {
    const sign = pair.indexOf('=')
    const name = pair.slice(0, Math.max(0, sign))
    if (!names.some((known) => known === name))
      throw new InputError(`--where ${pair}: give one of ${names.join(', ')}, an equals sign and a value.`)
    return [name, pair.slice(sign + 1)]
  })
  return read(QueryFilter, { search, state, ...Object.fromEntries(asked) })
}

/** Which queries a change is for: keys, what the filter lets through, or with `all` the whole pool. Throws InputError. */
export function readChosen(keys: string[], options: ChoosingOptions & { all?: boolean }): QueriesChange['which'] {
  const filter = readFilter(options)
  const filtered = Object.values(filter).some((value) => value !== undefined)
  if (keys.length > 0 && (filtered || options.all))
    throw new InputError('Give keys, or what the queries have; not both.')
  if (keys.length > 1_000) throw new InputError('Give at most 1,000 keys at a time.')
  if (keys.length > 0) return { keys }
  if (!filtered && !options.all)
    throw new InputError('Say which queries: keys, --search, --where or --state; or --all of the pool.')
  return { filter }
}
