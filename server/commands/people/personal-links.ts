import { readFile, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { Command } from 'commander'
import { z } from 'zod'
import { InputError } from '#server/core/problem.ts'
import { openProgram } from '#server/core/program.ts'
import { csv } from '#server/formats/csv-writer.ts'
import { createPersonalLinks, giveAnew } from '#server/links/personal-links.ts'
import { NewPersonalLinks } from '#server/links/schema.ts'
import { getStoredStudy } from '#server/studies/service.ts'
import { addressOf } from '../admin-link.ts'
import { requireFree, writeNewFile } from '../ratings/write-new-file.ts'

interface PersonalOptions {
  people: string
  names?: string
  days: string
  cohort: string
  origin?: string
  csv?: string
}

const mostBytes = 200_000

/** `arena invite personal`: links that belong to one rater each. */
export function personalCommand(): Command {
  return new Command('personal')
    .description('print links that belong to one rater each, and find them again on any device')
    .argument('<study>', 'the study, as its address names it')
    .option('--people <n>', 'how many links', '1')
    .option('--names <file>', 'for whom instead, a line each; names are shown to operators alone')
    .option('--days <n>', 'how long they work', '90')
    .option('--cohort <name>', 'what those who join by them are counted under', 'default')
    .option('--csv <file>', 'write them as CSV instead; the file must not exist')
    .option('--origin <address>', 'address of the server, when it is not the one that it listens on')
    .action(invitePersonally)
}

async function invitePersonally(study: string, options: PersonalOptions): Promise<void> {
  const { people, names, days, cohort, origin, csv: file } = options
  const labels = names === undefined ? [] : await readNames(names)
  const wanted = NewPersonalLinks.safeParse({ people: Number(people), labels, days: Number(days), cohort })
  if (!wanted.success) throw new InputError('--people takes 1 to 1000, --days 1 to 365, --cohort up to 60 characters.')
  if (file !== undefined) requireFree(file)
  const program = await openProgram()
  try {
    const { id, status } = await getStoredStudy(program.context, study)
    if (status === 'closed')
      throw new InputError(`${study} is closed. Open it again first: npx arena studies reopen ${study}`)
    const { links } = await createPersonalLinks(program.context, id, wanted.data, origin ?? (await addressOf(program)))
    if (file === undefined) for (const { label, url } of links) console.log(label ? `${url}  ${label}` : url)
    else {
      await writeNewFile(file, Readable.from([csv([['name', 'link'], ...links.map(({ label, url }) => [label, url])])]))
      console.log(`Written to ${file}`)
    }
  } finally {
    await program.close()
  }
}

/** `arena invite anew`: another address for a link of one rater that was taken back or has expired. */
export function anewCommand(): Command {
  return new Command('anew')
    .description('give a personal link or a return address anew, that was taken back or has expired')
    .argument('<study>', 'the study, as its address names it')
    .argument('<link>', 'its id, as `raters links --study` shows it')
    .option('--origin <address>', 'address of the server, when it is not the one that it listens on')
    .action(inviteAnew)
}

async function inviteAnew(study: string, link: string, { origin }: { origin?: string }): Promise<void> {
  if (!z.uuid().safeParse(link).success)
    throw new InputError(`'${link}' is no link's id: npx arena raters links --study ${study}`)
  const program = await openProgram()
  try {
    const { id } = await getStoredStudy(program.context, study)
    const { url } = await giveAnew(program.context, id, link, origin ?? (await addressOf(program)))
    console.log(url)
  } finally {
    await program.close()
  }
}

/** The lines of a file, without those that are empty. Throws an InputError that says which line cannot be a name. */
async function readNames(file: string): Promise<string[]> {
  const found = await stat(file).catch(() => null)
  if (!found?.isFile()) throw new InputError(`There is no file ${file}.`)
  if (found.size > mostBytes) throw new InputError(`${file} is larger than 200 kB; at most 1,000 names fit in one go.`)
  const lines = (await readFile(file, 'utf8')).replace(/^\uFEFF/, '').split('\n')
  const named = lines.map((line, index) => ({ name: line.trim(), number: index + 1 })).filter(({ name }) => name !== '')
  if (named.length === 0) throw new InputError(`${file} has no name in it; write one a line.`)
  if (named.length > 1_000) throw new InputError(`${file} has ${named.length} names; at most 1,000 fit in one go.`)
  const bad = named.find(({ name }) => name.length > 120 || name.includes('\0'))
  if (bad) throw new InputError(`${file}, line ${bad.number}: a name has at most 120 characters of text.`)
  return named.map(({ name }) => name)
}
