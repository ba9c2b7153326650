/** Colours of things that are counted and told apart, by the words people use for them. */
export const balloonColours = {
  red: { colour: '#c8372d', stripe: '#eb8f86' },
  blue: { colour: '#2f6fb0', stripe: '#e8f1f8' },
  yellow: { colour: '#edb92e', stripe: '#fff3c4' },
  green: { colour: '#3f8f5b', stripe: '#dfeccb' },
  purple: { colour: '#7b4a9b', stripe: '#f0d9ef' },
}

export const fishColours = {
  orange: { colour: '#ef7d2d', fin: '#c9501b' },
  yellow: { colour: '#f4cf3d', fin: '#c99a1a' },
  purple: { colour: '#8a5bb5', fin: '#5e3a85' },
}

export const carColours = { r: '#b8322a', w: '#eceae4', b: '#2f5f9e', g: '#7d858b', y: '#e0b12f' }
