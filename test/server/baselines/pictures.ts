import { createRequire } from 'node:module'
import { Resvg } from '@resvg/resvg-js'

const font = createRequire(import.meta.url).resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf')

/** A PNG of an SVG body on a background, 800 × 560, its letters in a font from npm. */
export function draw(body: string, background = '#ffffff'): Buffer {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="560"><rect width="800" height="560" fill="${background}"/>${body}</svg>`
  return Buffer.from(new Resvg(svg, { font: { fontFiles: [font], loadSystemFonts: false } }).render().asPng())
}

export function text(x: number, y: number, words: string, size = 20, anchor = 'middle', fill = '#222'): string {
  return `<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" fill="${fill}" font-family="Inter">${words}</text>`
}

export function circle(x: number, y: number, fill: string): string {
  return `<circle cx="${x}" cy="${y}" r="45" fill="${fill}"/>`
}

/** A bar chart with an axis from 0 to 40, grid lines, and each bar's value above it. */
export function barChart(title: string, bars: [label: string, value: number][]): Buffer {
  const fills = ['#4878a8', '#e49444', '#5ba053', '#d1615d', '#857aab']
  const axis = [0, 10, 20, 30, 40].map((mark) => {
    const y = 480 - mark * 9
    return `<line x1="70" x2="760" y1="${y}" y2="${y}" stroke="#ccc"/>${text(60, y + 6, String(mark), 16, 'end')}`
  })
  const drawn = bars.map(([label, value], index) => {
    const x = 90 + (index * 660) / bars.length
    const width = 400 / bars.length
    const bar = `<rect x="${x}" y="${480 - value * 9}" width="${width}" height="${value * 9}" fill="${fills[index]}"/>`
    return bar + text(x + width / 2, 470 - value * 9, String(value)) + text(x + width / 2, 510, label)
  })
  return draw(text(40, 50, title, 26, 'start') + axis.join('') + drawn.join(''))
}

export const fruit = barChart('Fruit sold (tonnes)', [
  ['Apples', 12],
  ['Pears', 32],
  ['Plums', 24],
  ['Grapes', 39],
])

/** Two red circles above three blue ones. */
export const circles = draw(
  circle(200, 140, '#d22') + circle(600, 140, '#d22') + [200, 400, 600].map((x) => circle(x, 420, '#26c')).join(''),
)

export const blank = draw('')
