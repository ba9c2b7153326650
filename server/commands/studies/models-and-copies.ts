import { Command } from 'commander'
import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { findEndpoint } from '#server/endpoints/service.ts'
import { copyStudy } from '#server/studies/copy-study.ts'
import { StudyCopy } from '#server/studies/schema.ts'
import { addModel, removeModel } from '#server/studies/service.ts'
import { read } from '../read-options.ts'

const studyArgument = ['<study>', 'the study, as its address names it'] as const

/** `arena studies copy`: a draft with the settings, texts, pool and models of a study. */
export function copyCommand(): Command {
  return new Command('copy')
    .description('make a draft with the settings, texts, pool and models of a study')
    .argument(...studyArgument)
    .argument('<name>', 'what raters and readers call the copy')
    .action((study: string, name: string) => withContext((ctx) => copy(ctx, study, name)))
}

async function copy(ctx: Context, from: string, name: string): Promise<void> {
  const { study, leftOut } = await copyStudy(ctx, from, read(StudyCopy, { name }).name)
  console.log(`Made the study ${study.slug}. It is a draft: npx arena studies open ${study.slug}`)
  if (leftOut.length > 0) console.log(`Without ${leftOut.join(', ')}: no endpoint answers for it any more.`)
}

/** `arena studies add-model`: the model of an endpoint joins a study. */
export function addModelCommand(): Command {
  return new Command('add-model')
    .description('compare a further model; an open study asks it for its answers')
    .argument(...studyArgument)
    .argument('<endpoint>', 'name of the endpoint that answers for it')
    .action((study: string, endpoint: string) => withContext((ctx) => add(ctx, study, endpoint)))
}

async function add(ctx: Context, study: string, name: string): Promise<void> {
  const endpoint = await findEndpoint(ctx, name)
  if (!endpoint) throw new InputError(`There is no endpoint '${name}'. npx arena models list shows them.`)
  await addModel(ctx, study, endpoint.id)
  console.log(`The model of ${name} is in ${study}.`)
}

/** `arena studies remove-model`: a draft loses a model. */
export function removeModelCommand(): Command {
  return new Command('remove-model')
    .description('take a model out of a draft; once it has begun: arena models withdraw')
    .argument(...studyArgument)
    .argument('<model>', 'the model, as its address names it')
    .action((study: string, model: string) => withContext((ctx) => remove(ctx, study, model)))
}

async function remove(ctx: Context, study: string, model: string): Promise<void> {
  await removeModel(ctx, study, model)
  console.log(`${model} is no longer in ${study}.`)
}
