import { circle, line, paragraph, path, picture, rect, text, type Svg } from './svg.ts'

const ink = '#26241f'
const quiet = '#77736a'

interface Receipt {
  shop: string
  address: string
  when: string
  items: [name: string, count: number, price: number][]
  taxPercent: number
  paid: string
}

/** A till receipt on a table; prices in the unit of the shop, tax included in the total. */
export function drawReceipt({ shop, address, when, items, taxPercent, paid }: Receipt): Svg {
  const width = 460
  const height = 330 + items.length * 30
  const total = items.reduce((sum, [, count, price]) => sum + count * price, 0)
  const right = width - 62
  const small = { size: 14, fill: ink } as const
  const rows = items.map(([name, count, price], index) => {
    const y = 166 + index * 30
    return (
      text(62, y, `${count} × ${name}`, small) + text(right, y, (count * price).toFixed(2), { ...small, anchor: 'end' })
    )
  })
  const end = 166 + items.length * 30
  const teeth = Array.from({ length: 46 }, (_, at) => `L${425 - (at + 1) * 8.5} ${height - (at % 2 ? 34 : 24)}`)
  return picture(
    width,
    height,
    '#cdbfa9',
    path(`M38 24H430V${height - 28}H38Z`, '#00000022'),
    path(`M34 18H425V${height - 34}${teeth.join('')}Z`, '#fffdf8'),
    text(width / 2, 66, shop, { size: 25, weight: 700, anchor: 'middle', fill: ink }),
    text(width / 2, 90, address, { size: 13, anchor: 'middle', fill: quiet }),
    text(width / 2, 110, when, { size: 13, anchor: 'middle', fill: quiet }),
    line(62, 130, right, 130, quiet, { 'stroke-dasharray': '4 4' }),
    ...rows,
    line(62, end - 6, right, end - 6, quiet, { 'stroke-dasharray': '4 4' }),
    text(62, end + 26, 'TOTAL', { size: 20, weight: 700, fill: ink }),
    text(right, end + 26, `£${total.toFixed(2)}`, { size: 20, weight: 700, fill: ink, anchor: 'end' }),
    text(62, end + 52, `incl. ${taxPercent}% VAT`, { size: 13, fill: quiet }),
    text(right, end + 52, (total - total / (1 + taxPercent / 100)).toFixed(2), {
      size: 13,
      fill: quiet,
      anchor: 'end',
    }),
    text(62, end + 76, paid, { size: 13, fill: quiet }),
    text(width / 2, end + 110, 'Thank you, come again', { size: 14, anchor: 'middle', fill: ink, italic: true }),
  )
}

interface Timetable {
  title: string
  note: string
  columns: string[]
  rows: string[][]
  colour: string
}

/** A departure board: the first column in bold, every second row tinted. */
export function drawTimetable({ title, note, columns, rows, colour }: Timetable): Svg {
  const width = 800
  const height = 190 + rows.length * 38
  const xs = columns.map((_, index) => 40 + (index * (width - 80)) / columns.length)
  const body = rows.map((cells, row) => {
    const y = 140 + row * 38
    const ground = row % 2 ? '' : rect(24, y, width - 48, 38, '#f1f3f4')
    const written = cells.map((cell, at) =>
      text(xs[at]!, y + 25, cell, { size: 17, weight: at ? 400 : 700, fill: '#1d2429' }),
    )
    return ground + written.join('')
  })
  return picture(
    width,
    height,
    '#ffffff',
    rect(0, 0, width, 78, colour),
    text(40, 50, title, { size: 30, weight: 700, fill: '#ffffff' }),
    ...columns.map((name, index) => text(xs[index]!, 118, name, { size: 14, weight: 600, fill: '#5c666d' })),
    ...body,
    text(40, height - 20, note, { size: 13.5, fill: '#5c666d' }),
  )
}

interface Letter {
  from: string[]
  date: string
  subject: string
  paragraphs: string[]
  signed: string[]
}

/** A typed letter or notice on white paper. */
export function drawLetter({ from, date, subject, paragraphs, signed }: Letter): Svg {
  const width = 720
  let y = 250
  const parts = paragraphs.map((content) => {
    const { svg, height } = paragraph(80, y, width - 160, content, { size: 16, fill: ink, leading: 1.5 })
    y += height + 16
    return svg
  })
  const end = y
  return picture(
    width,
    end + 40 + signed.length * 22,
    '#fdfcf9',
    rect(80, 54, 40, 40, '#20505a'),
    circle(100, 74, 11, '#fdfcf9'),
    ...from.map((part, index) =>
      text(134, 68 + index * 20, part, { size: index ? 13 : 17, weight: index ? 400 : 700, fill: index ? quiet : ink }),
    ),
    text(width - 80, 150, date, { size: 15, fill: ink, anchor: 'end' }),
    text(80, 204, subject, { size: 18, weight: 700, fill: ink }),
    ...parts,
    ...signed.map((part, index) => text(80, end + 14 + index * 22, part, { size: 16, fill: ink, italic: index === 0 })),
  )
}

interface Form {
  title: string
  office: string
  fields: [label: string, value: string][]
  choices: { label: string; options: string[]; ticked: string[] }
}

/** A form that someone filled in: printed labels, handwriting set in italics, ticked boxes. */
export function drawForm({ title, office, fields, choices }: Form): Svg {
  const width = 720
  const height = 256 + fields.length * 66
  const end = 128 + fields.length * 66
  return picture(
    width,
    height,
    '#f6f4ee',
    rect(32, 28, width - 64, height - 56, '#ffffff', { stroke: '#8d8a82' }),
    text(60, 74, title, { size: 24, weight: 700, fill: ink }),
    text(width - 60, 74, office, { size: 13, fill: quiet, anchor: 'end' }),
    line(60, 92, width - 60, 92, ink, { 'stroke-width': 2 }),
    ...fields.map(([label, value], index) => {
      const y = 122 + index * 66
      const field = rect(60, y + 8, width - 120, 36, '#fbfaf6', { stroke: '#b9b5aa' })
      return (
        field +
        text(60, y, label, { size: 12, weight: 600, fill: quiet }) +
        text(74, y + 32, value, { size: 18, italic: true, fill: '#1f3f8f' })
      )
    }),
    text(60, end + 12, choices.label, { size: 12, weight: 600, fill: quiet }),
    ...choices.options.map((option, index) => {
      const x = 60 + index * 150
      const box = rect(x, end + 26, 20, 20, '#ffffff', { stroke: ink, 'stroke-width': 1.5 })
      const tick = choices.ticked.includes(option)
        ? path(`M${x + 3} ${end + 35}l6 7l12 -19`, 'none', { stroke: '#1f3f8f', 'stroke-width': 3 })
        : ''
      return box + tick + text(x + 30, end + 42, option, { size: 15, fill: ink })
    }),
  )
}

interface MenuBoard {
  name: string
  sections: { title: string; items: [name: string, price: string][] }[]
  note: string
}

/** A blackboard with prices. */
export function drawMenuBoard({ name, sections, note }: MenuBoard): Svg {
  const width = 760
  const column = (width - 140) / sections.length
  const longest = Math.max(...sections.map(({ items }) => items.length))
  const height = 270 + longest * 40
  return picture(
    width,
    height,
    '#8a6238',
    rect(22, 22, width - 44, height - 44, '#26302c'),
    text(width / 2, 96, name, { size: 40, weight: 700, fill: '#f5efdf', anchor: 'middle' }),
    line(width / 2 - 90, 116, width / 2 + 90, 116, '#e0a94a', { 'stroke-width': 3 }),
    ...sections.map(({ title, items }, index) => {
      const x = 60 + index * (column + 20)
      const rows = items.map(([item, price], row) => {
        const y = 206 + row * 40
        const dish = text(x, y, item, { size: 18, fill: '#f5efdf' })
        return dish + text(x + column - 10, y, price, { size: 18, weight: 600, fill: '#e0a94a', anchor: 'end' })
      })
      return text(x, 164, title, { size: 20, weight: 700, fill: '#8fc9b5' }) + rows.join('')
    }),
    text(width / 2, height - 50, note, { size: 15, italic: true, fill: '#c9cdbf', anchor: 'middle' }),
  )
}
