import { circle, line, path, picture, polygon, rect, text, textWidth, type Svg } from './svg.ts'

/** A finger post in a landscape: each arm has a place, a distance and a side. */
export function drawFingerPost(arms: { place: string; distance: string; side: 'left' | 'right' }[]): Svg {
  return picture(
    800,
    620,
    '#cfe6ef',
    path('M0 330Q160 250 330 320T640 290T800 330V620H0Z', '#9dbb97'),
    path('M0 420Q220 350 430 410T800 390V620H0Z', '#7aa277'),
    path('M300 620Q370 500 420 415Q430 400 446 415Q470 500 560 620Z', '#d8c9a4'),
    rect(392, 70, 18, 470, '#6b4a2f'),
    polygon(
      [
        [388, 70],
        [414, 70],
        [401, 50],
      ],
      '#6b4a2f',
    ),
    ...arms.map(({ place, distance, side }, index) => {
      const y = 92 + index * 72
      const length = 120 + Math.max(textWidth(place, 22, 700), 120)
      const tip = side === 'left' ? 401 - length : 401 + length
      const inner = side === 'left' ? tip + 26 : tip - 26
      const board = polygon(
        [
          [401, y],
          [inner, y],
          [tip, y + 27],
          [inner, y + 54],
          [401, y + 54],
        ],
        '#2f5d43',
        { stroke: '#f3efe2', 'stroke-width': 3 },
      )
      const start = side === 'left' ? inner + 6 : 422
      const end = side === 'left' ? 384 : inner - 4
      return (
        board +
        text(start, y + 35, place, { size: 22, weight: 700, fill: '#f8f5ea' }) +
        text(end, y + 35, distance, { size: 16, fill: '#dfe9d8', anchor: 'end' })
      )
    }),
  )
}

/** A shop front with its name, opening hours and a notice in the window. */
export function drawShopFront(name: string, trade: string, hours: [days: string, time: string][], notice: string): Svg {
  return picture(
    900,
    620,
    '#c9a98d',
    ...Array.from({ length: 11 }, (_, row) => line(0, row * 56, 900, row * 56, '#b79476')),
    rect(60, 60, 780, 100, '#1f4b43'),
    text(450, 112, name, { size: 42, weight: 700, fill: '#f4e3b4', anchor: 'middle' }),
    text(450, 145, trade, { size: 19, fill: '#e4ecdf', anchor: 'middle', spacing: 3 }),
    rect(80, 176, 430, 340, '#dfeef0', { stroke: '#1f4b43', 'stroke-width': 12 }),
    polygon(
      [
        [100, 500],
        [260, 190],
        [320, 190],
        [160, 500],
      ],
      '#ffffff55',
    ),
    ...[0, 1, 2, 3].map(
      (pot) =>
        rect(
          110 + pot * 92,
          440 - (pot % 2) * 24,
          56,
          64 + (pot % 2) * 24,
          ['#b65a3c', '#d9a441', '#5d7f8f', '#8b5a7a'][pot]!,
          { rx: 6 },
        ) + circle(138 + pot * 92, 412 - (pot % 2) * 24, 34, ['#4f8a5b', '#7fae68', '#3f7a58', '#93b35d'][pot]!),
    ),
    rect(300, 206, 184, 70, '#fff7d9', { stroke: '#b2452c', 'stroke-width': 3 }),
    text(392, 249, notice, { size: 19, weight: 700, fill: '#b2452c', anchor: 'middle' }),
    rect(560, 176, 250, 384, '#1f4b43'),
    rect(586, 204, 198, 214, '#dfeef0'),
    circle(776, 450, 9, '#e0b84a'),
    rect(600, 232, 170, 40 + hours.length * 26, '#ffffff', { stroke: '#1f4b43' }),
    text(685, 255, 'Opening hours', { size: 15, weight: 700, anchor: 'middle', fill: '#1f2f2b' }),
    ...hours.map(
      ([days, time], index) =>
        text(610, 282 + index * 26, days, { size: 13.5, fill: '#1f2f2b' }) +
        text(760, 282 + index * 26, time, { size: 13.5, fill: '#1f2f2b', anchor: 'end' }),
    ),
    rect(0, 560, 900, 60, '#8b8f92'),
    line(0, 562, 900, 562, '#6f7376', { 'stroke-width': 4 }),
  )
}
