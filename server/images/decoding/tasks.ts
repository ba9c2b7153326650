import { inspectImage, servedCopy } from '#server/formats/image.ts'
import { drawOverlays } from './draw-overlays.ts'
import { fitPicture } from './fit-picture.ts'
import { fingerprintOf, lookAtPicture } from './look-at-picture.ts'

/** What is done to pictures in a process of its own. Each throws InputError for what is no acceptable picture. */
export const tasks = {
  inspect: inspectImage,
  serve: servedCopy,
  drawOverlays,
  fit: fitPicture,
  look: lookAtPicture,
  fingerprint: fingerprintOf,
}

export type Tasks = typeof tasks
export type TaskName = keyof Tasks
