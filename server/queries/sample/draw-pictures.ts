import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { drawFlags, drawIsland, drawOrion, drawPlanets } from '#benchmarks/drawing/atlas.ts'
import { drawChart } from '#benchmarks/drawing/charts/draw-chart.ts'
import { almanac, institute, report, weekly } from '#benchmarks/drawing/charts/look.ts'
import { drawForm, drawLetter, drawMenuBoard, drawReceipt, drawTimetable } from '#benchmarks/drawing/documents.ts'
import { drawCircuit, drawFoodWeb, drawLineGraph, drawTriangle, drawWorksheet } from '#benchmarks/drawing/homework.ts'
import { drawFloorPlan, drawSteps, drawWaterUse } from '#benchmarks/drawing/infographics.ts'
import { seededRandom } from '#benchmarks/drawing/random.ts'
import { renderPng } from '#benchmarks/drawing/render.ts'
import { drawBalloons, drawBookshelf, drawCarPark, drawFishTank, drawMarketStall } from '#benchmarks/drawing/scenes.ts'
import { drawFingerPost, drawShopFront } from '#benchmarks/drawing/signs.ts'
import type { Svg } from '#benchmarks/drawing/svg.ts'

const seed = 2409

/** Every drawn picture of the sample pool by its name. Places, shops and figures are invented. */
export const drawings: Record<string, () => Svg> = {
  'chart-cinema': () =>
    drawChart({
      kind: 'line',
      look: almanac,
      title: 'How people in Arden watch films',
      subtitle: 'Hours per person and month',
      source: 'Source: Arden Film Board, yearly panel',
      categories: [
        '2010',
        '2011',
        '2012',
        '2013',
        '2014',
        '2015',
        '2016',
        '2017',
        '2018',
        '2019',
        '2020',
        '2021',
        '2022',
      ],
      series: [
        { name: 'Cinema', values: [3.1, 3.0, 3.2, 2.9, 2.9, 2.8, 2.7, 2.8, 2.6, 2.7, 0.6, 1.1, 1.9] },
        { name: 'Discs', values: [5.6, 5.4, 5.0, 4.4, 3.9, 3.2, 2.6, 2.0, 1.5, 1.1, 0.9, 0.6, 0.5] },
        { name: 'Streaming', values: [0.4, 0.7, 1.2, 2.0, 3.1, 4.3, 5.4, 6.6, 7.5, 8.3, 12.1, 11.6, 10.9] },
      ],
    }),
  'chart-energy': () =>
    drawChart({
      kind: 'column',
      look: weekly,
      title: 'Less oil, more heat pumps',
      subtitle: 'New heating systems in the Moray Isles, thousands',
      source: 'Source: Moray Chamber of Trades',
      categories: ['2016', '2017', '2018', '2019', '2020', '2021', '2022', '2023'],
      series: [
        { name: 'Oil', values: [22, 21, 19, 17, 13, 11, 8, 4] },
        { name: 'Gas', values: [34, 35, 35, 33, 31, 27, 19, 12] },
        { name: 'Heat pump', values: [5, 6, 8, 11, 16, 24, 37, 51] },
      ],
      stacked: true,
      values: true,
    }),
  'chart-commute': () =>
    drawChart({
      kind: 'pie',
      look: report,
      title: 'How the staff of Hallow Hospital come to work',
      subtitle: 'Share of 1,240 employees, May 2023',
      source: 'Source: Hallow Hospital, mobility report',
      categories: ['Bus or tram', 'Car', 'Bicycle', 'On foot', 'Train'],
      series: [{ name: 'Staff', values: [34, 29, 19, 11, 7] }],
      after: '%',
      donut: true,
    }),
  'chart-trust': () =>
    drawChart({
      kind: 'row',
      look: institute,
      title: 'Trust in neighbours grows with age, trust in strangers hardly does',
      subtitle: '% who say they trust each group “a lot”, by age',
      source: 'Source: Survey of 3,015 adults, Tarn Valley, June 2022.',
      categories: ['18–29', '30–44', '45–59', '60 and over'],
      series: [
        { name: 'Neighbours', values: [31, 42, 55, 68], paint: institute.paints[2]! },
        { name: 'Strangers', values: [12, 13, 15, 14], paint: institute.paints[0]! },
      ],
      after: '%',
      values: true,
    }),
  receipt: () =>
    drawReceipt({
      shop: 'Corner Greens',
      address: '14 Mill Lane · Brenholm',
      when: '07.10.2023   17:42   till 2',
      items: [
        ['Rye bread', 1, 3.4],
        ['Oat milk 1 l', 2, 1.95],
        ['Tomatoes 500 g', 1, 2.2],
        ['Goat cheese', 1, 4.6],
        ['Lemons', 3, 0.45],
        ['Olive oil 0.5 l', 1, 8.9],
        ['Basil in a pot', 1, 2.5],
      ],
      taxPercent: 5,
      paid: 'Paid by card ending 4417',
    }),
  timetable: () =>
    drawTimetable({
      title: 'Departures  Brenholm Central',
      note: '* does not run on Sundays and public holidays     ** bicycles only with a reservation',
      columns: ['Time', 'Train', 'Destination', 'Calls at', 'Platform'],
      rows: [
        ['09:04', 'RE 12', 'Norhavn', 'Vess, Kelby', '3'],
        ['09:17', 'IC 208 **', 'Lindmark', 'Port Evren', '1'],
        ['09:21', 'S 4', 'Airport road', 'all stops', '7a'],
        ['09:36', 'RE 15 *', 'Cala Blava', 'Marrow', '3'],
        ['09:48', 'IC 331 **', 'Ostmere', 'Kelby', '2'],
        ['09:51', 'S 4', 'Airport road', 'all stops', '7a'],
        ['10:04', 'RE 12', 'Norhavn', 'Vess, Kelby', '4'],
      ],
      colour: '#173f6b',
    }),
  letter: () =>
    drawLetter({
      from: ['Waterworks of Hallow', 'Reservoir Road 3 · Hallow', 'service line 0800 555 014'],
      date: '12 February 2024',
      subject: 'Your water will be off on Thursday, 22 February',
      paragraphs: [
        'Dear residents of Orchard Street, numbers 1 to 38,',
        'we are replacing the main pipe under your street, which dates from 1961. The water will be off on Thursday, 22 February, from 8:30 to about 14:00. Numbers 30 to 38 may be without water until 16:00.',
        'Please fill a few bottles the evening before and leave all taps closed. When the water is back, let it run for two minutes; a brown colour at first is harmless. A water wagon will stand in front of the school.',
        'If someone in your home depends on running water for medical reasons, call us by 19 February.',
      ],
      signed: ['Network operations', 'Waterworks of Hallow'],
    }),
  form: () =>
    drawForm({
      title: 'Library card: application',
      office: 'Form L-2',
      fields: [
        ['Street and number', 'Orchard Street 27'],
        ['Post code and town', '4410 Hallow'],
        ['Date of birth', '3 August 2009'],
        ['School or employer', 'Upper School, class 8b'],
        ['Languages you read', 'English, Spanish, a little Norwegian'],
      ],
      choices: {
        label: 'I am interested in',
        options: ['Novels', 'Comics', 'Films', 'Games'],
        ticked: ['Comics', 'Games'],
      },
    }),
  menu: () =>
    drawMenuBoard({
      name: 'The Lamplighter',
      sections: [
        {
          title: 'Soups & small',
          items: [
            ['Leek and potato soup', '5.20'],
            ['Onion soup, gratin', '6.40'],
            ['Beetroot salad (v)', '6.90'],
            ['Smoked trout', '8.80'],
          ],
        },
        {
          title: 'Mains',
          items: [
            ['Mushroom risotto (v)', '12.50'],
            ['Fish pie', '14.80'],
            ['Lamb stew', '15.60'],
            ['Bean burger (v)', '11.90'],
          ],
        },
      ],
      note: 'Children’s plates at half price until six · Closed on Mondays · Prices in euros',
    }),
  triangle: () => drawTriangle(12, 9, 'cm'),
  'line-graph': () => drawLineGraph(2, -3),
  circuit: () => drawCircuit(12, 4, 8),
  worksheet: () =>
    drawWorksheet('Fractions. Work out and simplify.', [
      ['1/2 + 1/4 =', '3/4'],
      ['2/3 − 1/6 =', '1/3'],
      ['3/5 × 10 =', '6'],
      ['7/8 ÷ 1/4 =', '7/32'],
      ['1 1/2 + 2 3/4 =', '4 1/4'],
    ]),
  'food-web': () =>
    drawFoodWeb({
      animals: [
        { name: 'Pondweed', at: [170, 490], colour: '#cfe6c4' },
        { name: 'Algae', at: [480, 490], colour: '#cfe6c4' },
        { name: 'Snail', at: [140, 350], colour: '#f3e3b6' },
        { name: 'Tadpole', at: [380, 350], colour: '#f3e3b6' },
        { name: 'Water flea', at: [620, 350], colour: '#f3e3b6' },
        { name: 'Diving beetle', at: [240, 220], colour: '#f3cdb0' },
        { name: 'Stickleback', at: [540, 220], colour: '#f3cdb0' },
        { name: 'Heron', at: [390, 112], colour: '#e7b9b4' },
      ],
      arrows: [
        ['Pondweed', 'Snail'],
        ['Pondweed', 'Tadpole'],
        ['Algae', 'Tadpole'],
        ['Algae', 'Water flea'],
        ['Snail', 'Diving beetle'],
        ['Tadpole', 'Diving beetle'],
        ['Tadpole', 'Stickleback'],
        ['Water flea', 'Stickleback'],
        ['Diving beetle', 'Heron'],
        ['Stickleback', 'Heron'],
      ],
    }),
  'water-use': () =>
    drawWaterUse({
      title: 'Where a household’s water goes',
      lead: 'Litres per person on an ordinary day',
      uses: [
        {
          name: 'Shower and bath',
          litres: 46,
          note: 'Six minutes under the shower. A bath takes three times as much.',
          colour: '#1f6f93',
        },
        {
          name: 'Toilet',
          litres: 33,
          note: 'About five flushes; half of them could use the small button.',
          colour: '#3a93b3',
        },
        { name: 'Washing clothes', litres: 15, note: 'One full machine every third day.', colour: '#63b3c9' },
        {
          name: 'Dishes and kitchen',
          litres: 12,
          note: 'By hand under a running tap it would be 30.',
          colour: '#8fcbd8',
        },
        {
          name: 'Drinking and cooking',
          litres: 5,
          note: 'The only part that has to be drinking water.',
          colour: '#e2a03f',
        },
      ],
      source: 'Source: Waterworks of Hallow, household survey 2022',
    }),
  coffee: () =>
    drawSteps('From cherry to cup', [
      {
        name: 'Picking',
        note: 'Only red cherries are picked, by hand, over eight to twelve weeks.',
        colour: '#b23a3a',
      },
      {
        name: 'Washing',
        note: 'The pulp comes off; the beans ferment in water for a day and a half.',
        colour: '#4b8f9e',
      },
      {
        name: 'Drying',
        note: 'Ten days in the sun, turned every hour, until 11% of the water is left.',
        colour: '#e0b04a',
      },
      {
        name: 'Roasting',
        note: 'Twelve minutes at 200 °C. The beans lose a sixth of their weight.',
        colour: '#7a4a2a',
      },
      { name: 'Brewing', note: '60 grams for a litre, water just off the boil.', colour: '#3f2a1c' },
    ]),
  'floor-plan': () =>
    drawFloorPlan(
      'Flat 3B, second floor: 81 m²',
      [
        { name: 'Living room', area: '26 m²', at: [60, 90, 360, 260], colour: '#f4e7cf' },
        { name: 'Kitchen', area: '13 m²', at: [420, 90, 200, 260], colour: '#dcebe0' },
        { name: 'Bath', area: '6 m²', at: [620, 90, 150, 170], colour: '#d6e7f0' },
        { name: 'Hall', area: '9 m²', at: [60, 350, 710, 80], colour: '#efefec' },
        { name: 'Bedroom', area: '15 m²', at: [60, 430, 390, 160], colour: '#ece0ee' },
        { name: 'Study', area: '9 m²', at: [450, 430, 320, 160], colour: '#f3dfd8' },
        { name: 'Store', area: '3 m²', at: [620, 260, 150, 90], colour: '#efefec' },
      ],
      [
        [180, 350, false],
        [500, 350, false],
        [200, 430, false],
        [540, 430, false],
        [628, 260, false],
        [700, 350, false],
        [60, 364, true],
      ],
      [
        [120, 90, false],
        [270, 90, false],
        [480, 90, false],
        [60, 180, true],
        [150, 590, false],
        [300, 590, false],
        [570, 590, false],
      ],
    ),
  balloons: () =>
    drawBalloons(seededRandom(seed, 'balloons'), [
      { colour: '#c83f35', stripe: '#f2b04c', count: 4 },
      { colour: '#2f6ea8', stripe: '#bcdcf0', count: 3 },
      { colour: '#e2a72e', stripe: '#fff2cc', count: 2 },
      { colour: '#4d8f5b', stripe: '#d6e8c8', count: 2 },
    ]),
  'fish-tank': () =>
    drawFishTank(
      seededRandom(seed, 'fish-tank'),
      [
        { colour: '#f08a2c', fin: '#d0602a', count: 6 },
        { colour: '#e9d24a', fin: '#c7a52a', count: 4 },
        { colour: '#4a63b8', fin: '#2f4488', count: 3 },
      ],
      3,
    ),
  bookshelf: () =>
    drawBookshelf(
      [
        [
          { title: 'Coast Birds', colour: '#2f5d6b' },
          { title: 'A Year of Bread', colour: '#a8572f' },
          { title: 'Knots & Ropes', colour: '#4f6b3a' },
          { title: 'Night Trains', colour: '#2b2f52' },
          { title: 'The Salt Road', colour: '#8c3b46' },
          { title: 'Atlas of Clouds', colour: '#5b7fa3' },
          { title: 'Chess at Home', colour: '#6a4b7a' },
        ],
        [
          { title: 'Small Gardens', colour: '#4f7d4e' },
          { title: 'Learn to Sail', colour: '#2f6f8f' },
          { title: 'The Lighthouse', colour: '#b2452c' },
          { title: 'Maps and Me', colour: '#c08a2e' },
          { title: 'Violin Studies', colour: '#6b3a2a' },
          { title: 'Stones', colour: '#6f6f78' },
          { title: 'Mushrooms', colour: '#8a6b3f' },
          { title: 'Old Clocks', colour: '#3d4f5c', lying: true },
          { title: 'The Long Winter', colour: '#5a7288', lying: true },
        ],
      ],
      [4, 40],
    ),
  'car-park': () =>
    drawCarPark(['rw bgw r', 'b wy  gb'], { r: '#b8352e', w: '#e9e9e4', b: '#2f5f9e', g: '#7d8790', y: '#e2b534' }),
  market: () =>
    drawMarketStall('Fruit from the valley', [
      { fruit: 'Apples', colour: '#c03a32', price: '2.40 / kg', count: 11 },
      { fruit: 'Oranges', colour: '#ea8f2a', price: '3.10 / kg', count: 8 },
      { fruit: 'Limes', colour: '#6fa53a', price: '0.60 each', count: 10 },
      { fruit: 'Plums', colour: '#5b3b78', price: '3.80 / kg', count: 12 },
      { fruit: 'Lemons', colour: '#efcf3f', price: '0.55 each', count: 7 },
    ]),
  'finger-post': () =>
    drawFingerPost([
      { place: 'Heron Lake', distance: '1.5 km', side: 'right' },
      { place: 'Old Mill', distance: '40 min', side: 'left' },
      { place: 'Castle Ruin', distance: '3.2 km', side: 'right' },
      { place: 'Railway Station', distance: '2.8 km', side: 'left' },
    ]),
  'shop-front': () =>
    drawShopFront(
      'FERN & THISTLE',
      'POT PLANTS AND SEEDS',
      [
        ['Mon', 'closed'],
        ['Tue–Thu', '9:30–18:00'],
        ['Fri', '9:30–19:30'],
        ['Sat', '9:00–14:00'],
        ['Sun', '10:00–12:00'],
      ],
      'Bulbs −30%',
    ),
  flags: () => drawFlags(['Sweden', 'Chile', 'Italy', 'Japan', 'Ukraine', 'Switzerland']),
  stars: () => {
    const random = seededRandom(seed, 'stars')
    return drawOrion(Array.from({ length: 150 }, () => [random.integer(6, 714), random.integer(6, 714)]))
  },
  planets: () => drawPlanets(),
  island: () =>
    drawIsland('Isle of Tessaro', [
      { name: 'Port Tess', at: [300, 420], kind: 'town' },
      { name: 'Alder', at: [430, 400], kind: 'town', label: 'above' },
      { name: 'Norwick', at: [610, 226], kind: 'town', label: 'above' },
      { name: 'Mount Garrow', at: [420, 226], kind: 'peak' },
      { name: 'Cape Light', at: [692, 400], kind: 'light', label: 'left' },
      { name: 'West Light', at: [188, 250], kind: 'light' },
    ]),
}

export const picturesFolder = join(import.meta.dirname, 'pictures')

/** Draws every picture over the committed ones. */
async function drawPictures(): Promise<void> {
  await rm(picturesFolder, { recursive: true, force: true })
  await mkdir(picturesFolder, { recursive: true })
  for (const [name, draw] of Object.entries(drawings)) {
    await writeFile(join(picturesFolder, `${name}.png`), renderPng(draw()))
  }
}

if (import.meta.main) await drawPictures()
