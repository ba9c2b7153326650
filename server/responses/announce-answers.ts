import { announcer } from '../core/announcements.ts'

/** The job that makes a study's answers ready to be shown: `{ studyId }`. */
export const renderAnswersJob = 'render-answers'

/** Tells whoever shows answers that more of a study may be shown. */
export const announceAnswers = announcer(renderAnswersJob, 'the rendering of answers could not be queued')
