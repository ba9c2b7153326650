export interface Paint {
  /** What a person would call it, for questions that ask by colour. */
  name: string
  hex: string
}

/** How a publisher's charts look: ground, type, lines and where things stand. */
export interface Look {
  ground: string
  ink: string
  quiet: string
  grid: string
  paints: Paint[]
  titleSize: number
  align: 'start' | 'middle'
  gridStyle: 'solid' | 'dashed' | 'none'
  axis: 'left' | 'right'
  legend: 'top' | 'bottom'
  /** A mark at the top: a short block, a rule over the whole width, or nothing. */
  mark: { kind: 'block' | 'rule'; colour: string } | null
  corner: number
}

function paints(list: string): Paint[] {
  return list.split(' ').map((entry) => {
    const [name, hex] = entry.split('#')
    return { name: name!.replace('-', ' '), hex: `#${hex}` }
  })
}

/** A weekly's charts: cool ground, red block, figures on the right. */
export const weekly: Look = {
  ground: '#eaf1f4',
  ink: '#10212b',
  quiet: '#52656f',
  grid: '#bccdd5',
  paints: paints('dark-blue#0f5c80 light-blue#4fb3d1 red#c8372d gold#d9a528 green#4c8c63 grey#8a979d'),
  titleSize: 20,
  align: 'start',
  gridStyle: 'solid',
  axis: 'right',
  legend: 'top',
  mark: { kind: 'block', colour: '#d1281f' },
  corner: 0,
}

/** A statistics portal: white, centred legend below, rounded bars with their values. */
export const portal: Look = {
  ground: '#ffffff',
  ink: '#24292f',
  quiet: '#6a737d',
  grid: '#e4e7ea',
  paints: paints('blue#2f7ed8 dark-blue#0d233a green#8bbc21 red#b0302c light-blue#1aadce purple#7a55a0'),
  titleSize: 18,
  align: 'middle',
  gridStyle: 'dashed',
  axis: 'left',
  legend: 'bottom',
  mark: null,
  corner: 2,
}

/** A survey institute: bold heading over a rule, hardly any axes. */
export const institute: Look = {
  ground: '#ffffff',
  ink: '#1c1c1c',
  quiet: '#707070',
  grid: '#e2e2de',
  paints: paints('gold#c9a227 green#6f8f3a blue#45688f brown#8c5a2b grey#a3a39b dark-green#2f4f3a'),
  titleSize: 19,
  align: 'start',
  gridStyle: 'none',
  axis: 'left',
  legend: 'top',
  mark: { kind: 'rule', colour: '#1c1c1c' },
  corner: 0,
}

/** An online almanac: large grey-blue title, dashed grid, muted colours. */
export const almanac: Look = {
  ground: '#ffffff',
  ink: '#3a4656',
  quiet: '#76818f',
  grid: '#d8dde3',
  paints: paints('blue#3b6fb5 orange#e07b39 teal#2a9d8f purple#7b4b94 red#c0413b olive#8a8b2f'),
  titleSize: 22,
  align: 'start',
  gridStyle: 'dashed',
  axis: 'left',
  legend: 'top',
  mark: null,
  corner: 0,
}

/** An annual report: warm paper and earth tones. */
export const report: Look = {
  ground: '#faf6ee',
  ink: '#33291f',
  quiet: '#7d7061',
  grid: '#e3d9c7',
  paints: paints('orange#d9762b teal#2f7f79 maroon#7e2f3b yellow#e3b84b navy#2b3f5c pink#d88f93'),
  titleSize: 20,
  align: 'start',
  gridStyle: 'solid',
  axis: 'left',
  legend: 'bottom',
  mark: { kind: 'rule', colour: '#d9762b' },
  corner: 3,
}
