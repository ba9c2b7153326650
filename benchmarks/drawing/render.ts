import { createRequire } from 'node:module'
import { Resvg } from '@resvg/resvg-js'
import type { Svg } from './svg.ts'

const require = createRequire(import.meta.url)
const fontFiles = ['400Regular/Inter_400Regular', '400Regular_Italic/Inter_400Regular_Italic']
  .concat('600SemiBold/Inter_600SemiBold', '700Bold/Inter_700Bold')
  .map((file) => require.resolve(`@expo-google-fonts/inter/${file}.ttf`))

/**
 * Renders to PNG with Inter from npm and none of the machine's fonts: the same SVG gives the same bytes everywhere.
 * `widthPx` scales the picture; left out, it keeps its own width.
 */
export function renderPng(svg: Svg, widthPx?: number): Uint8Array {
  const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: 'Inter' }
  const fitTo = widthPx === undefined ? { mode: 'original' as const } : { mode: 'width' as const, value: widthPx }
  return Uint8Array.from(new Resvg(svg, { font, fitTo }).render().asPng())
}
