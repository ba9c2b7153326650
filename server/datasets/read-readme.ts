import { readFile } from 'node:fs/promises'
import MarkdownIt from 'markdown-it'

/** What the README of a benchmark says, rendered: HTML that its own text cannot add tags to. */
interface Readme {
  /** What it tests: the text before the table. */
  tests: string
  /** The two-column table: paper, split, official scorer and so on. */
  facts: { name: string; html: string }[]
  /** Each second-level heading with what stands below it. */
  sections: { title: string; html: string }[]
}

const markdown = new MarkdownIt({ html: false, linkify: false })
markdown.renderer.rules.link_open = (tokens, index, options, _env, renderer) => {
  tokens[index]!.attrSet('rel', 'external noreferrer')
  return renderer.renderToken(tokens, index, options)
}

/** Reads the README of a benchmark's folder; one that is missing says nothing. */
export async function readReadme(path: string): Promise<Readme> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const [opening = '', ...parts] = text.split(/^## /m)
  const lines = opening.split('\n').filter((line) => !line.startsWith('# '))
  const isRow = (line: string) => line.startsWith('|')
  return {
    tests: markdown.render(lines.filter((line) => !isRow(line)).join('\n')),
    facts: lines.filter(isRow).flatMap(factOf),
    sections: parts.map((part) => {
      const [title = '', ...body] = part.split('\n')
      return { title: title.trim(), html: markdown.render(body.join('\n')) }
    }),
  }
}

/** The row `| paper | Masry et al. |`; the empty head and the rule below it are none. */
function factOf(row: string): { name: string; html: string }[] {
  const [, name = '', value = ''] = row.split('|').map((cell) => cell.trim())
  return name === '' || /^-+$/.test(name) ? [] : [{ name, html: markdown.renderInline(value) }]
}
