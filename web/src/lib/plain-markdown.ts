interface Block {
  kind: 'paragraph' | 'heading' | 'list' | 'numbers'
  items: string[]
  /** The number at which a numbered list begins. */
  start: number
}

const number = /^(\d{1,6})[.)] /

/** The blocks of a text in Markdown as far as studies use it: headings, paragraphs, and lists whose items may run over several lines. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = []
  /** What a line without a mark goes on with, and the list that an item joins, after empty lines too. */
  let open: Block | null = null
  let list: Block | null = null
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    if (line === '') {
      open = null
      continue
    }
    const read = readLine(line)
    if (read.kind === 'paragraph' && open && open.kind !== 'heading') open.items.push(`${open.items.pop()!} ${line}`)
    else if (list?.kind === read.kind) {
      list.items.push(...read.items)
      open = list
    } else {
      blocks.push(read)
      open = read
      list = isList(read) ? read : null
    }
  }
  return blocks
}

const isList = ({ kind }: Block) => kind === 'list' || kind === 'numbers'

function readLine(line: string): Block {
  const heading = /^#{1,6} /.exec(line)
  if (heading) return { kind: 'heading', items: [line.slice(heading[0].length)], start: 1 }
  if (line.startsWith('- ') || line.startsWith('* ')) return { kind: 'list', items: [line.slice(2)], start: 1 }
  const numbered = number.exec(line)
  if (numbered) return { kind: 'numbers', items: [line.slice(numbered[0].length)], start: Number(numbered[1]) }
  return { kind: 'paragraph', items: [line], start: 1 }
}
