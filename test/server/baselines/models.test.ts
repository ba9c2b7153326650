import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { baselineCatalogue } from '#server/baselines/catalogue.ts'
import { serveHere } from './endpoint.ts'
import { barChart, blank, circle, circles, draw, fruit, text } from './pictures.ts'

const short = '\nAnswer the question using a single word or phrase.'
const number = '\nAnswer with a single number.'
const letter = "\nAnswer with the option's letter from the given choices directly."

const cacheDir = mkdtempSync(path.join(os.tmpdir(), 'arena-baselines-'))
let endpoint: Awaited<ReturnType<typeof serveHere>>
beforeAll(async () => {
  endpoint = await serveHere(cacheDir)
})
afterAll(async () => {
  await endpoint.close()
  rmSync(cacheDir, { recursive: true })
})

describe('the model that reads text', () => {
  test.each([
    ['How many tonnes of pears were sold?', '32'],
    ['Which fruit sold the most?', 'Grapes'],
    ['What is the lowest value?', '12'],
    ['What is the difference between Grapes and Plums?', '15'],
    ['What is the sum of Apples and Plums?', '36'],
    ['How many fruits sold more than 20 tonnes?', '3'],
    ['Is the value of Apples greater than Plums?', 'No'],
    ['What is the title of the chart?', 'Fruit sold (tonnes)'],
  ])('answers "%s" from the figures of a chart: %s', async (question, answer) => {
    expect(await endpoint.ask('baseline-ocr', question + short, fruit)).toBe(answer)
  })

  test('gives another answer when the chart shows other figures', async () => {
    const other = barChart('Fruit sold (tonnes)', [
      ['Apples', 36],
      ['Pears', 18],
      ['Plums', 25],
    ])
    expect(await endpoint.ask('baseline-ocr', `How many tonnes of pears were sold?${short}`, other)).toBe('18')
  })

  test('chooses the letter of the option that the figures give', async () => {
    const prompt = `Which fruit sold least?\nA. Pears\nB. Plums\nC. Apples${letter}`
    expect(await endpoint.ask('baseline-ocr', prompt, fruit)).toBe('C')
  })

  test('finds a field of a form and writes the fields as JSON when asked', async () => {
    const lines = ['Invoice number: 20419', 'Customer: Harbour Books', 'Total: $578.00']
    const form = draw(lines.map((line, index) => text(60, 120 + index * 60, line, 24, 'start')).join(''))
    expect(await endpoint.ask('baseline-ocr', `Who is the customer?${short}`, form)).toBe('Harbour Books')
    expect(await endpoint.ask('baseline-ocr', `What is the total?${short}`, form)).toBe('$578.00')
    expect(await endpoint.ask('baseline-ocr', 'Extract the fields as JSON.', form)).toContain('"Total": "$578.00"')
  })

  test('reads white letters on a coloured sign', async () => {
    const sign = draw(
      `<rect x="200" y="160" width="400" height="220" fill="#c22"/>${text(400, 300, 'STOP', 90, 'middle', '#fff')}`,
    )
    expect(await endpoint.ask('baseline-ocr', 'What does the sign say?', sign)).toContain('STOP')
  })

  test('says so when there is nothing to read', async () => {
    expect(await endpoint.ask('baseline-ocr', 'What does it say?', circles)).toContain('no readable words')
  })

  test('keeps what it read by the hash of the picture, and reads again what is damaged', async () => {
    const page = draw(text(400, 280, 'Harbour', 60))
    const before = new Set(readdirSync(path.join(cacheDir, 'text')))
    await endpoint.ask('baseline-ocr', 'What does it say?', page)
    const [file] = readdirSync(path.join(cacheDir, 'text')).filter((name) => !before.has(name))
    expect(file).toMatch(/^[0-9a-f]{64}\.json$/)

    const kept = path.join(cacheDir, 'text', file!)
    const words = [{ text: 'Lighthouse', confidence: 99, left: 0, top: 0, right: 90, bottom: 20 }]
    writeFileSync(kept, JSON.stringify({ version: 1, words }))
    const second = await serveHere(cacheDir)
    expect(await second.ask('baseline-ocr', 'What does it say?', page)).toContain('Lighthouse')
    await second.close()

    writeFileSync(kept, '{"version":1,"wor')
    const third = await serveHere(cacheDir)
    expect(await third.ask('baseline-ocr', 'What does it say?', page)).toContain('Harbour')
    await third.close()
  })
})

describe('the model that measures colours', () => {
  test('names the colour that is there', async () => {
    const red = draw(circle(400, 280, '#d22'))
    const green = draw(circle(400, 280, '#2a2'))
    expect(await endpoint.ask('baseline-palette', `What colour is the ball?${short}`, red)).toBe('red')
    expect(await endpoint.ask('baseline-palette', `What colour is the ball?${short}`, green)).toBe('green')
    const prompt = `What color is the ball?\n(A) blue\n(B) green\n(C) red\n${letter}`
    expect(await endpoint.ask('baseline-palette', prompt, green)).toBe('B')
  })

  test('counts patches, or those of the colour asked for', async () => {
    expect(await endpoint.ask('baseline-palette', `How many circles are there?${number}`, circles)).toBe('5')
    expect(await endpoint.ask('baseline-palette', `How many red circles are there?${number}`, circles)).toBe('2')
    expect(await endpoint.ask('baseline-palette', `How many circles are there?${number}`, blank)).toBe('0')
  })

  test('describes where the colours are', async () => {
    const sky = draw('<rect y="280" width="800" height="280" fill="#2a2"/>', '#4af')
    expect(await endpoint.ask('baseline-palette', 'Describe this picture.', sky)).toMatch(
      /blue at the top.*green at the bottom/,
    )
  })

  test('writes a table when one is asked for', async () => {
    const table = await endpoint.ask('baseline-palette', 'Show the colours as a markdown table.', circles)
    expect(table.split('\n').every((line) => /^\|.*\|$/.test(line))).toBe(true)
  })
})

describe('the model that points', () => {
  test('counts in the words of the point format', async () => {
    const answer = await endpoint.ask('baseline-points', 'How many red circles are there?', circles)
    expect(answer).toMatch(
      /^Counting the <points x1="\d+\.\d" y1="\d+\.\d" x2="\d+\.\d" y2="\d+\.\d" alt="red circles">red circles<\/points> shows a total of 2\.$/,
    )
  })

  test('names places in percent of width and height, top-down and then left to right', async () => {
    const answer = await endpoint.ask('baseline-points', 'Point to the circles.', circles)
    const places = [...answer.matchAll(/x\d="([\d.]+)"\s+y\d="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)])
    const drawn = [
      [25, 25],
      [75, 25],
      [25, 75],
      [50, 75],
      [75, 75],
    ]
    expect(places).toHaveLength(5)
    for (const [index, [x, y]] of places.entries()) {
      expect(Math.abs(x! - drawn[index]![0]!)).toBeLessThan(1)
      expect(Math.abs(y! - drawn[index]![1]!)).toBeLessThan(1)
    }
  })

  test('uses the singular tag for one place and says when there are none', async () => {
    const one = draw(circle(400, 280, '#2a2'))
    expect(await endpoint.ask('baseline-points', 'Point to the ball.', one)).toMatch(
      /^<point x="\d+\.\d" y="\d+\.\d" alt="ball">ball<\/point>$/,
    )
    expect(await endpoint.ask('baseline-points', 'Point to the yellow circles.', circles)).toBe('There are none.')
    expect(await endpoint.ask('baseline-points', 'How many birds are there?', blank)).toBe('There are none.')
  })

  test('gives the number alone when only a number is asked for', async () => {
    expect(await endpoint.ask('baseline-points', `How many circles are there?${number}`, circles)).toBe('5')
  })

  test('points at a ring itself and not into its hole', async () => {
    const ring = draw('<circle cx="400" cy="280" r="150" fill="none" stroke="#2a2" stroke-width="40"/>')
    const answer = await endpoint.ask('baseline-points', 'Point to the ring.', ring)
    const [, x, y] = /x="([\d.]+)" y="([\d.]+)"/.exec(answer)!
    const radius = Math.hypot(Number(x) * 8 - 400, Number(y) * 5.6 - 280)
    expect(radius).toBeGreaterThan(125)
    expect(radius).toBeLessThan(175)
  })
})

describe('the model that sees no image', () => {
  test.each(['How many circles are there?', 'What colour is it?', 'Describe this picture.', `Is it red?${short}`])(
    'answers "%s" the same for every picture and for none',
    async (prompt) => {
      const answer = await endpoint.ask('baseline-no-image', prompt, circles)
      expect(await endpoint.ask('baseline-no-image', prompt, fruit)).toBe(answer)
      expect(await endpoint.ask('baseline-no-image', prompt, null)).toBe(answer)
    },
  )

  test('takes the first of the choices', async () => {
    expect(await endpoint.ask('baseline-no-image', `Which?\nA. left\nB. right${letter}`, circles)).toBe('A')
    expect(await endpoint.ask('baseline-no-image', 'ai2_diagram_no_letter: Which is the root?\nM\nT', circles)).toBe(
      'M',
    )
  })
})

const prompts = [
  'Describe this picture.',
  'Write a haiku about it.',
  'List three facts as bullet points.',
  'How many are there?',
  'Where is the ball?',
  'What is this for?',
]
const pictures = { fruit, circles, blank, none: null }

test.each(baselineCatalogue.map(({ name }) => name))(
  '%s answers twice alike and never says what it is',
  async (model) => {
    for (const prompt of prompts) {
      for (const picture of Object.values(pictures)) {
        const answer = await endpoint.ask(model, prompt, picture)
        expect(answer.length).toBeGreaterThan(0)
        expect(answer).not.toMatch(/baseline|palette|\bocr\b|tesseract|sharp|molmo|\bmodel\b|openai/i)
        expect(await endpoint.ask(model, prompt, picture)).toBe(answer)
      }
    }
  },
)

test('no two models describe a picture in the same words', async () => {
  const answers = await Promise.all(
    endpoint.models.map((model) => endpoint.ask(model, 'Describe this picture.', fruit)),
  )
  expect(new Set(answers).size).toBe(baselineCatalogue.length)
})
