/** Pieces of SVG are strings; coordinates are pixels with the origin top left. */
export type Svg = string

type Attributes = Record<string, string | number | undefined>

/** One element; attributes that are undefined are left out, numbers are kept to two decimals. */
export function element(name: string, attributes: Attributes, ...children: Svg[]): Svg {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? tidy(value) : escape(value!)}"`)
    .join('')
  return children.length ? `<${name}${written}>${children.join('')}</${name}>` : `<${name}${written}/>`
}

interface TextStyle {
  size?: number
  weight?: 400 | 600 | 700
  fill?: string
  anchor?: 'start' | 'middle' | 'end'
  /** Degrees, clockwise, around the text's own point. */
  turn?: number
  italic?: boolean
  spacing?: number
}

/** A line of text in Inter with its baseline at `y`. */
export function text(x: number, y: number, content: string, style: TextStyle = {}): Svg {
  const { size = 14, weight = 400, fill = '#222', anchor = 'start', turn, italic, spacing } = style
  return element(
    'text',
    {
      x,
      y,
      'font-family': 'Inter',
      'font-size': size,
      'font-weight': weight,
      'font-style': italic ? 'italic' : undefined,
      'letter-spacing': spacing,
      'text-anchor': anchor,
      transform: turn ? `rotate(${turn} ${tidy(x)} ${tidy(y)})` : undefined,
      fill,
    },
    escape(content),
  )
}

interface LinesStyle extends TextStyle {
  /** Distance of the baselines in multiples of the size. */
  leading?: number
}

/** Text broken to a width in pixels; says how much height it took so that the next thing can follow. */
export function paragraph(x: number, y: number, width: number, content: string, style: LinesStyle = {}) {
  const { size = 14, weight = 400, leading = 1.35 } = style
  const lines = wrap(content, width, size, weight)
  const svg = lines.map((line, index) => text(x, y + index * size * leading, line, style)).join('')
  return { svg, height: lines.length * size * leading, lines: lines.length }
}

export function rect(x: number, y: number, width: number, height: number, fill: string, more: Attributes = {}): Svg {
  return element('rect', { x, y, width: Math.max(0, width), height: Math.max(0, height), fill, ...more })
}

export function line(x1: number, y1: number, x2: number, y2: number, stroke: string, more: Attributes = {}): Svg {
  return element('line', { x1, y1, x2, y2, stroke, 'stroke-width': 1, ...more })
}

export function circle(cx: number, cy: number, r: number, fill: string, more: Attributes = {}): Svg {
  return element('circle', { cx, cy, r, fill, ...more })
}

export function ellipse(cx: number, cy: number, rx: number, ry: number, fill: string, more: Attributes = {}): Svg {
  return element('ellipse', { cx, cy, rx, ry, fill, ...more })
}

/** A path from SVG path data. */
export function path(d: string, fill: string, more: Attributes = {}): Svg {
  return element('path', { d, fill, ...more })
}

export function polygon(points: [number, number][], fill: string, more: Attributes = {}): Svg {
  return element('polygon', { points: points.map(([x, y]) => `${tidy(x)},${tidy(y)}`).join(' '), fill, ...more })
}

export function polyline(points: [number, number][], stroke: string, more: Attributes = {}): Svg {
  const written = points.map(([x, y]) => `${tidy(x)},${tidy(y)}`).join(' ')
  return element('polyline', { points: written, fill: 'none', stroke, 'stroke-linejoin': 'round', ...more })
}

export function moved(x: number, y: number, ...children: Svg[]): Svg {
  return element('g', { transform: `translate(${tidy(x)} ${tidy(y)})` }, ...children)
}

/** The whole picture. */
export function picture(width: number, height: number, background: string, ...children: Svg[]): Svg {
  const frame = { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}` }
  return element('svg', frame, rect(0, 0, width, height, background), ...children)
}

function tidy(value: number): string {
  return String(Math.round(value * 100) / 100)
}

function escape(content: string): string {
  return content.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** Advance widths of Inter from space to tilde, in thousandths of the size, for setting text without a renderer. */
const advances = {
  regular: widths(`281 288 466 633 642 982 644 300 365 365 501 662 288 460 288 360 631 407 610 618 646 593 620 566 619
    620 288 302 662 662 662 511 966 690 654 730 722 601 590 746 743 269 571 672 565 903 753 765 639 765 644 642 646 744
    690 985 682 679 629 365 360 365 471 456 323 562 612 571 612 583 370 613 591 242 242 549 242 876 591 600 612 612 376
    528 327 591 562 818 546 562 552 426 333 426 662`),
  bold: widths(`237 338 552 649 655 1016 672 339 377 377 559 679 334 468 334 388 674 431 630 646 676 622 649 582 651 649
    334 343 679 679 679 560 1016 747 662 740 722 607 587 750 747 281 584 719 565 932 762 771 648 777 657 655 667 732 747
    1038 738 731 664 377 388 377 487 476 365 581 630 588 630 596 398 632 623 271 271 580 271 913 623 613 630 630 407 560
    366 623 600 850 580 602 573 469 372 469 679`),
}

function widths(table: string): number[] {
  return table.split(/\s+/).map(Number)
}

/** The width in pixels that a line of text takes in Inter; a character outside ASCII counts as an average letter. */
export function textWidth(content: string, size: number, weight: 400 | 600 | 700 = 400): number {
  const table = weight === 400 ? advances.regular : advances.bold
  let width = 0
  for (const character of content) width += table[character.charCodeAt(0) - 32] ?? 600
  return (width * size) / 1000
}

/** Breaks text at spaces so that no line is wider than `width` pixels; a longer word stays whole. */
export function wrap(content: string, width: number, size: number, weight: 400 | 600 | 700 = 400): string[] {
  const lines: string[] = []
  for (const word of content.split(' ')) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word
    if (lines.length && textWidth(longer, size, weight) <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}
