import { drawFoodWeb } from '../drawing/homework.ts'
import { circle, ellipse, line, path, picture, rect, text, textWidth, type Svg } from '../drawing/svg.ts'

/** A diagram with words in it; `box` is where a word stands, in pixels. */
export interface Diagram {
  picture: Svg
  labels: { word: string; box: [left: number, top: number, right: number, bottom: number] }[]
}

const ink = '#22303a'

function labelAt(word: string, centreX: number, baseline: number, size = 17) {
  const half = textWidth(word, size, 600) / 2 + 5
  const box: [number, number, number, number] = [centreX - half, baseline - size, centreX + half, baseline + 6]
  return {
    svg: text(centreX, baseline, word, { size, weight: 600, anchor: 'middle', fill: ink }),
    label: { word, box: box.map(Math.round) as typeof box },
  }
}

/** Who eats whom; labels are the animals' names. */
export function foodWeb(animals: [name: string, x: number, y: number][], arrows: [string, string][]): Diagram {
  const tints = ['#cfe6c4', '#f3e3b6', '#f3cdb0', '#e7b9b4']
  const coloured = animals.map(([name, x, y]) => ({
    name,
    at: [x, y] as [number, number],
    colour: tints[Math.min(3, Math.floor((560 - y) / 130))]!,
  }))
  return {
    picture: drawFoodWeb({ animals: coloured, arrows }),
    labels: animals.map(([name, x, y]) => labelAt(name, x, y + 6).label),
  }
}

/** A flowering plant with its parts named at the side. */
export function plant(): Diagram {
  const parts = [
    { at: labelAt('Flower', 560, 116), to: [402, 110] },
    { at: labelAt('Leaf', 560, 256), to: [462, 250] },
    { at: labelAt('Stem', 190, 336), to: [352, 330] },
    { at: labelAt('Root', 190, 496), to: [340, 492] },
  ]
  const petals = [0, 60, 120, 180, 240, 300].map((turn) =>
    ellipse(360, 74, 17, 32, '#d9638d', { transform: `rotate(${turn} 360 108)` }),
  )
  const roots = [-60, -28, 0, 30, 64].map((lean) =>
    path(`M360 430Q${360 + lean * 0.3} 470 ${360 + lean} ${520 - Math.abs(lean) * 0.4}`, 'none', {
      stroke: '#8d6a45',
      'stroke-width': 5,
    }),
  )
  return {
    picture: picture(
      720,
      560,
      '#fdfcf6',
      rect(0, 430, 720, 130, '#e4d3b4'),
      line(360, 130, 360, 432, '#4f8a4b', { 'stroke-width': 10 }),
      path('M362 300Q420 220 480 244Q440 310 362 300Z', '#6fae5e'),
      path('M358 370Q300 300 246 322Q290 384 358 370Z', '#6fae5e'),
      ...petals,
      circle(360, 108, 20, '#f0c33c'),
      ...roots,
      ...parts.map(({ at: { svg, label }, to: [x, y] }) => {
        const [left, top, right, bottom] = label.box
        return svg + line(left > 360 ? left - 4 : right + 4, (top + bottom) / 2, x!, y!, '#7a858c')
      }),
    ),
    labels: parts.map(({ at }) => at.label),
  }
}

/** The way of water from sea to cloud to hill and back. */
export function waterCycle(): Diagram {
  const stages = [
    labelAt('Evaporation', 160, 300),
    labelAt('Condensation', 300, 150),
    labelAt('Precipitation', 600, 250),
    labelAt('Run-off', 440, 440),
  ]
  const arrow = (d: string) => path(d, 'none', { stroke: '#2f6fa0', 'stroke-width': 5, 'stroke-dasharray': '12 7' })
  return {
    picture: picture(
      760,
      540,
      '#dcedf5',
      path('M0 420H300Q420 470 520 540H0Z', '#4d8fb5'),
      path('M300 420Q480 400 560 300Q620 240 680 320L760 420V540H520Q420 470 300 420Z', '#93ad72'),
      circle(80, 80, 40, '#f4c64a'),
      ...[
        [430, 100, 60],
        [500, 84, 70],
        [570, 106, 56],
      ].map(([x, y, r]) => ellipse(x!, y!, r!, r! * 0.6, '#f4f7f9', { stroke: '#b8c6ce' })),
      arrow('M150 400V320M150 270Q160 180 230 160M370 130Q390 118 400 112'),
      arrow('M560 150L590 228M600 262L610 300M590 380Q540 420 490 432M390 444Q350 446 320 440'),
      ...stages.map(({ svg }) => svg),
    ),
    labels: stages.map(({ label }) => label),
  }
}
