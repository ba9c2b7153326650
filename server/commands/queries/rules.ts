import { Argument, Command, Option } from 'commander'
import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { addRule, changeRule, deleteRule, listRules } from '#server/queries/categories/rules.ts'
import { CategoryRuleChange, NewCategoryRule, QueryCategory } from '#server/queries/categories/schema.ts'
import { alignColumns } from '../align-columns.ts'
import { read } from '../read-options.ts'

/** `arena queries rules`: words of a question that speak for a category. */
export function rulesCommand(): Command {
  const command = new Command('rules').description('words of a question that speak for a category')
  command
    .command('list')
    .description('all rules')
    .action(() => withContext(list))
  command
    .command('add')
    .description('words speak for a category')
    .addArgument(new Argument('<category>').choices(QueryCategory.options))
    .argument('<words>')
    .action((category: string, words: string) =>
      withContext(async (ctx) => {
        await addRule(ctx, read(NewCategoryRule, { category, words }))
        console.log('Added.')
      }),
    )
  command
    .command('set')
    .description('change the words of a rule, or what they speak for')
    .argument('<words>', 'as the list has them')
    .option('--words <words>')
    .addOption(new Option('--category <category>').choices(QueryCategory.options))
    .option('--of <category>', 'where several categories have these words')
    .action((words: string, { of, ...asked }: { words?: string; category?: string; of?: string }) =>
      withContext(async (ctx) => {
        const change = read(CategoryRuleChange, asked)
        if (Object.values(change).every((value) => value === undefined))
          throw new InputError('Nothing to change: give --words or --category.')
        await changeRule(ctx, await idOf(ctx, words, of), change)
        console.log('Changed.')
      }),
    )
  command
    .command('delete')
    .description('delete a rule; what it proposed stays proposed')
    .argument('<words>', 'as the list has them')
    .option('--of <category>', 'where several categories have these words')
    .action((words: string, { of }: { of?: string }) =>
      withContext(async (ctx) => {
        await deleteRule(ctx, await idOf(ctx, words, of))
        console.log('Deleted.')
      }),
    )
  return command
}

async function list(ctx: Context): Promise<void> {
  const rules = await listRules(ctx)
  if (rules.length === 0) return console.log('No rule yet: npx arena queries rules add counting "how many"')
  console.log(alignColumns([['category', 'words'], ...rules.map(({ category, words }) => [category, words])]))
}

async function idOf(ctx: Context, words: string, of: string | undefined): Promise<string> {
  const named = words.trim().toLowerCase()
  const found = (await listRules(ctx)).filter((rule) => rule.words === named && (of ?? rule.category) === rule.category)
  if (found.length === 1) return found[0]!.id
  if (found.length === 0) throw new InputError(`There is no rule '${words}': see npx arena queries rules list.`)
  throw new InputError(
    `'${words}' speaks for ${found.map(({ category }) => category).join(' and ')}: add --of CATEGORY.`,
  )
}
