import type { Snapshot } from '#server/boards/exports/schema.ts'

/** How to name a snapshot in a text, its address with the host under which it was opened. */
export function citationOf({ citation, address }: Snapshot, origin: string): string {
  // A server that was told its public address has written it itself.
  return citation.endsWith(` ${address}`) ? citation.slice(0, -address.length) + origin + address : citation
}

/** The same as an entry of BibTeX. */
export function bibtexOf(detail: Snapshot, origin: string): string {
  const { study, snapshot, licence } = detail
  const fields = {
    title: `{${escaped(`${study.name}: leaderboard of ${snapshot.createdAt.slice(0, 10)}`)}}`,
    year: `{${snapshot.createdAt.slice(0, 4)}}`,
    howpublished: `{${escaped(`VLM Arena ${snapshot.codeVersion}, snapshot ${snapshot.id}`)}}`,
    url: `{${addressIn(citationOf(detail, origin))}}`,
    note: `{${escaped(`Votes: ${licence}`)}}`,
  }
  const lines = Object.entries(fields).map(([name, value]) => `  ${name} = ${value},`)
  return [`@misc{${study.slug}-${snapshot.id.slice(0, 8)},`, ...lines, '}'].join('\n')
}

const addressIn = (citation: string) => citation.slice(citation.lastIndexOf(' ') + 1)

const signs: Record<string, string> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
}

/** A text as TeX sets it. */
const escaped = (text: string) => text.replace(/[\\~^{}&%$#_]/g, (sign) => signs[sign] ?? `\\${sign}`)
