/** One built-in model: its name in requests, its title and what it does, for registration and pages. */
interface BaselineEntry {
  name: string
  title: string
  description: string
}

/** The built-in models, in the order in which they are listed. They are labelled as baselines everywhere but in answers. */
export const baselineCatalogue = [
  {
    name: 'baseline-ocr',
    title: 'Baseline: reads text',
    description: 'Reads the words and numbers in the picture and answers with those that fit the question best.',
  },
  {
    name: 'baseline-palette',
    title: 'Baseline: measures colours',
    description: 'Measures colours, brightness, edges and layout, counts patches of colour, and reads no text.',
  },
  {
    name: 'baseline-no-image',
    title: 'Baseline: sees no image',
    description:
      'Never sees the picture: gives the usual answer to the kind of question, and the first of the choices.',
  },
  {
    name: 'baseline-points',
    title: 'Baseline: points at things',
    description: 'Finds patches that stand out from the background and answers with their places in the picture.',
  },
] as const satisfies BaselineEntry[]

/** The name of a built-in model, as it stands in a request. */
export type BaselineName = (typeof baselineCatalogue)[number]['name']
