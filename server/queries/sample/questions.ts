import type { QueryCategory } from '../categories/schema.ts'

/** Questions over one picture: a photograph from npm by its package's last word, or a drawing by its name. */
export interface PictureQuestions {
  photo?: string
  drawing?: string
  questions: [category: QueryCategory, question: string][]
}

/** What a curious person might ask. Every category is also asked of drawings, because the photographs are optional. */
export const sampleQuestions: PictureQuestions[] = [
  {
    photo: 'nagasaki-boats',
    questions: [
      ['captioning', 'Describe this photograph for someone who cannot see it.'],
      ['counting', 'How many people are in the boats? Point to each of them.'],
      ['fine_grained', 'Where is the mast of the large ship? Point to its top.'],
      ['named_entities', 'In which country might this harbour be, and what in the picture tells you so?'],
      ['output_format', 'List every boat you can see as a JSON array with the fields "position" and "size".'],
    ],
  },
  {
    photo: 'march-pastoral',
    questions: [
      ['counting', 'Count the lambs in this picture and point to each of them.'],
      ['captioning', 'Write a one-sentence caption for this picture for a museum label.'],
      ['fine_grained', 'What is the lamb in the foreground doing?'],
      ['creative', 'Write a four-line poem about this scene without using the word “sheep”.'],
    ],
  },
  {
    photo: 'locomotion-house-cat',
    questions: [
      ['counting', 'How many frames does this sheet have in all, and how many are in one row?'],
      ['named_entities', 'Which photographer is known for sheets like this one, and what did he want to show?'],
      ['fine_grained', 'Point to a frame in which the cat’s body is stretched out the longest.'],
      ['general', 'What could an animator learn from this sheet?'],
    ],
  },
  {
    photo: 'airplane-from-above',
    questions: [
      ['fine_grained', 'What markings are on the wings, and what do they look like?'],
      ['counting', 'How many round markings can you see on the aircraft? Point to them.'],
      ['general', 'Roughly when was this aircraft built? Say what you base your guess on.'],
      ['creative', 'Write the opening line of a novel that begins with this view.'],
    ],
  },
  {
    photo: 'dust-bowl-home',
    questions: [
      ['captioning', 'Describe the house and the land around it in two or three sentences.'],
      ['general', 'Does anyone still live here? Explain what makes you think so.'],
      ['fine_grained', 'Point to the open door.'],
      ['creative', 'Write a short diary entry by someone who left this house last week.'],
    ],
  },
  {
    photo: 'black-canyon',
    questions: [
      ['general', 'What is lying at the edge of the water, and what may people have used it for?'],
      ['captioning', 'Describe how light and dark are spread over this photograph.'],
      ['named_entities', 'Which large rivers of North America run through canyons like this one?'],
      ['fine_grained', 'Point to the boat.'],
    ],
  },
  {
    photo: 'french-alpine-landscape',
    questions: [
      ['captioning', 'Describe this landscape from the foreground to the horizon.'],
      ['general', 'What season could it be? Give two clues from the picture.'],
      ['output_format', 'Describe this picture in exactly three bullet points of at most eight words each.'],
    ],
  },
  {
    photo: 'acanthus-mollis',
    questions: [
      ['named_entities', 'What plant is this, and where does its shape turn up in architecture?'],
      ['creative', 'Think of a piece of jewellery inspired by this plant and describe it.'],
      ['fine_grained', 'Are the leaves smooth or spiny at the edges? Point to an example.'],
    ],
  },
  {
    photo: 'allium-oreophilum',
    questions: [
      ['captioning', 'Describe this photograph of a plant in plain words for a child.'],
      ['counting', 'About how many buds can you count at the top?'],
      ['output_format', 'Answer with one word only: are the buds open or closed?'],
    ],
  },
  {
    drawing: 'chart-cinema',
    questions: [
      ['charts', 'When did people in Arden begin to spend more time with streaming than with discs?'],
      ['charts', 'What happened to the three lines in 2020, and what may be the reason?'],
    ],
  },
  {
    drawing: 'chart-energy',
    questions: [
      ['charts', 'In which year were more heat pumps installed than oil and gas heatings together for the first time?'],
      ['output_format', 'Turn the figures of 2021 to 2023 into a Markdown table.'],
    ],
  },
  {
    drawing: 'chart-commute',
    questions: [
      ['charts', 'How many of the 1,240 employees come by bicycle? Show the calculation.'],
      ['charts', 'Do more people come by bus, tram and train together than by car and on foot together?'],
    ],
  },
  {
    drawing: 'chart-trust',
    questions: [
      ['charts', 'By how many percentage points does trust in neighbours differ between the youngest and the oldest?'],
      ['charts', 'Is the headline of this chart fair? Check it against the numbers.'],
    ],
  },
  {
    drawing: 'receipt',
    questions: [
      ['documents', 'How much did the lemons cost in all, and how much is one lemon?'],
      ['output_format', 'Extract the bought items as CSV with the columns item, count and price.'],
    ],
  },
  {
    drawing: 'timetable',
    questions: [
      ['documents', 'It is 9:30 on a Sunday. When does the next train leave for Ostmere, and from which platform?'],
      ['documents', 'Which of these trains ask for a reservation for a bicycle?'],
    ],
  },
  {
    drawing: 'letter',
    questions: [
      ['documents', 'I live at Orchard Street 34. From when until when will I have no water?'],
      ['documents', 'Sum up this letter in two sentences for a neighbour who reads little English.'],
    ],
  },
  {
    drawing: 'form',
    questions: [
      ['documents', 'Which boxes are ticked on this form? Point to the ticks.'],
      ['output_format', 'Return the filled-in fields as one JSON object with short English keys.'],
    ],
  },
  {
    drawing: 'menu',
    questions: [
      ['documents', 'What is the cheapest vegetarian main course, and what does a child pay for it at five o’clock?'],
      ['creative', 'Invent a dessert that would fit this menu and describe it in one mouth-watering line.'],
    ],
  },
  { drawing: 'triangle', questions: [['homework', 'Solve the exercise and explain each step.']] },
  {
    drawing: 'line-graph',
    questions: [['homework', 'What is the equation of the line? Say how you read slope and intercept.']],
  },
  { drawing: 'circuit', questions: [['homework', 'How large is the current? Give the answer with its unit.']] },
  {
    drawing: 'worksheet',
    questions: [
      ['homework', 'Check the pupil’s answers. Which are wrong, and what would be right?'],
      ['homework', 'Point to the answer that is wrong and give the pupil a hint without the solution.'],
    ],
  },
  {
    drawing: 'food-web',
    questions: [
      ['homework', 'What could happen to the herons if all tadpoles disappeared?'],
      ['homework', 'Which animals in this food web eat plants only?'],
    ],
  },
  {
    drawing: 'water-use',
    questions: [
      ['documents', 'How many litres would a person save per day who stops flushing the toilet with drinking water?'],
      ['charts', 'What share of all the water do the two largest uses make up?'],
    ],
  },
  { drawing: 'coffee', questions: [['general', 'At which step do the beans lose weight through heat, and how much?']] },
  {
    drawing: 'floor-plan',
    questions: [
      ['fine_grained', 'Which rooms have no window? Point to them.'],
      ['general', 'Would this flat suit a family of four? Name one thing for it and one against it.'],
    ],
  },
  {
    drawing: 'balloons',
    questions: [
      ['counting', 'How many red balloons are in the sky? Point to each of them.'],
      ['captioning', 'Describe this scene in two lively sentences.'],
    ],
  },
  {
    drawing: 'fish-tank',
    questions: [
      ['counting', 'Point to all the blue fish. How many are there?'],
      ['fine_grained', 'Which fish swim to the left while most swim to the right?'],
    ],
  },
  {
    drawing: 'bookshelf',
    questions: [
      ['fine_grained', 'What time does the clock show?'],
      ['named_entities', 'Which book titles are about animals, plants or fungi?'],
    ],
  },
  {
    drawing: 'car-park',
    questions: [
      ['counting', 'How many parking bays are free? Give their numbers.'],
      ['fine_grained', 'Point to the yellow car and say which bay it stands in.'],
    ],
  },
  {
    drawing: 'market',
    questions: [
      ['counting', 'Which crate holds the fewest pieces of fruit, and how many are in it?'],
      ['general', 'I want two limes and three lemons. What will I pay?'],
    ],
  },
  {
    drawing: 'finger-post',
    questions: [['general', 'Which place can I reach on foot first, and in which direction do I have to go?']],
  },
  {
    drawing: 'shop-front',
    questions: [
      ['general', 'Can I buy seeds here on Saturday at three in the afternoon?'],
      ['creative', 'Write a cheerful social media post of at most thirty words for this shop.'],
    ],
  },
  {
    drawing: 'flags',
    questions: [
      ['named_entities', 'Which countries do the flags A to F belong to?'],
      ['named_entities', 'Which of these flags belongs to a country in South America? Point to it.'],
    ],
  },
  {
    drawing: 'stars',
    questions: [['named_entities', 'Which constellation is this, and what are its two brightest stars called?']],
  },
  { drawing: 'planets', questions: [['named_entities', 'Name the planets from 1 to 8. Point to the one we live on.']] },
  {
    drawing: 'island',
    questions: [
      ['fine_grained', 'Point to both lighthouses and name the grid squares they stand in.'],
      ['creative', 'Write the first three sentences of an adventure that begins on this island.'],
    ],
  },
]
