// Draws a car from the side as SVG, 800 × 290. A drawing is a tree of [tag, attributes, ...children]:
// the page turns it into elements (showCar), a build script into the picture files under cars/.

const GLASS = '#20282A';
const WHEEL_Y = 230;

const bodies = {
  strand: {
    body: 'M62 228C50 226 46 214 50 196 54 172 74 160 112 152 150 144 190 140 224 134 262 104 310 78 382 74 452 70 506 84 556 122 606 128 668 134 712 148 742 158 752 180 752 204 752 220 746 228 734 229L668 230A58 58 0 0 0 552 230L262 230A58 58 0 0 0 146 230Z',
    wheels: [204, 610],
    roof: 'M360 75.500C428 70 452 72 478 80',
    windscreen: 'M236 130C270 104 312 82 364 77.500L350 82C310 88 278 108 252 132Z',
    rearScreen: 'M486 84C512 93 532 106 550 120L541 122C520 104 500 92 474 84Z',
    windows: [
      'M262 133C290 108 326 88.5 384 84.500L392 84.300 394 131Z',
      'M403 84.200C450 83.5 492 95 534 125L528 128.5 405 131Z',
    ],
    quarter: 'M503 104L509 128',
    doors: [
      'M258 140C262 176 268 204 280 222L543 222',
      'M399 134C401 170 401 200 399 222',
      'M550 133C557 152 557 168 551 184 546 197 544 210 543 222',
    ],
    handles: [
      [350, 152],
      [498, 151],
    ],
    mirror: [262, 130],
    shoulder:
      'M52 190C90 160 200 147 400 144 560 142 690 146 748 172L750 182C690 158 560 153 400 155 220 157 110 170 52 200Z',
    lower: 'M44 206C160 196 260 200 400 200 560 200 660 196 760 208L760 240 44 240Z',
    sill: 'M256 230L262 221 552 221 558 230Z',
    frontLamp: 'M58 182C72 168 98 158 130 152 120 166 94 178 58 187Z',
    rearLamp: 'M700 145C728 151 744 164 750 184L734 178C718 170 706 160 700 145Z',
    towBar: 'M738 224L758 225 758 214',
  },
  holme: {
    body: 'M60 226C48 224 44 210 47 190 50 168 70 156 112 150 158 144 196 140 226 132 256 100 288 72 330 64 420 52 560 52 640 66 676 74 706 108 726 146 748 156 754 180 754 204 754 220 748 228 736 229L668 230A60 60 0 0 0 548 230L264 230A60 60 0 0 0 144 230Z',
    wheels: [204, 608],
    roof: 'M330 64C420 52 560 52 636 65',
    windscreen: 'M238 127C264 100 288 78 322 69L312 75C290 84 270 106 254 129Z',
    rearScreen: 'M652 74C676 86 698 116 714 142L704 140C690 116 672 92 644 76Z',
    windows: [
      'M264 131C286 102 306 82 336 76.500L390 72 394 130Z',
      'M403 71.500C446 69.5 490 69.5 522 71L536 129.5 405 130Z',
      'M532 71.500C570 73.5 604 77 630 81 652 88 668 104 678 124L546 129.500Z',
    ],
    quarter: null,
    doors: [
      'M258 138C262 176 268 204 280 222L540 222',
      'M399 133C401 170 401 200 399 222',
      'M545 132C554 150 555 168 549 184 544 197 541 210 540 222',
    ],
    handles: [
      [350, 151],
      [500, 150],
    ],
    mirror: [264, 128],
    shoulder:
      'M48 188C90 158 200 146 400 143 560 141 680 142 728 150L748 172C690 154 560 152 400 154 220 156 110 168 48 198Z',
    lower: 'M40 206C160 196 260 200 400 200 560 200 660 196 760 208L760 240 40 240Z',
    sill: 'M256 230L264 221 548 221 556 230Z',
    frontLamp: 'M54 180C70 165 98 155 132 149 122 164 94 176 54 185Z',
    rearLamp: 'M716 128L726 146C742 156 750 168 753 186L738 180C726 164 718 148 716 128Z',
    towBar: 'M740 224L760 225 760 214',
  },
  skerry: {
    body: 'M112 226C102 224 98 210 100 192 104 170 122 160 158 154 190 150 214 146 236 138 262 104 296 82 344 76 430 66 540 68 604 84 650 98 676 124 690 156 704 168 706 186 706 204 706 220 700 228 690 229L660 230A58 58 0 0 0 544 230L306 230A58 58 0 0 0 190 230Z',
    wheels: [248, 602],
    roof: 'M344 76C430 66 540 68 600 83',
    windscreen: 'M246 134C268 108 294 88 334 80.500L322 86C298 95 278 114 262 136Z',
    rearScreen: 'M616 92C648 104 666 126 678 150L667 147C654 124 636 104 604 91Z',
    windows: [
      'M272 137C292 110 314 92 350 87L410 82.5 414 135Z',
      'M423 82C476 79.5 540 82 588 92 612 98 630 114 640 131L425 135Z',
    ],
    quarter: 'M562 90L574 131',
    doors: [
      'M266 144C270 178 290 206 318 222L536 222',
      'M419 138C421 172 421 200 419 222',
      'M572 136C571 158 556 172 546 188 540 198 537 210 536 222',
    ],
    handles: [
      [370, 156],
      [520, 155],
    ],
    mirror: [274, 133],
    shoulder:
      'M100 192C140 162 230 150 420 147 560 145 660 148 690 156L704 176C650 157 560 156 420 158 260 160 150 172 100 202Z',
    lower: 'M94 208C180 198 290 202 420 202 560 202 640 198 712 210L712 240 94 240Z',
    sill: 'M300 230L306 221 544 221 550 230Z',
    frontLamp: 'M106 184C120 170 142 161 170 156 162 169 140 180 106 189Z',
    rearLamp: 'M668 132L690 156C702 167 705 180 706 194L692 186C680 172 672 154 668 132Z',
    towBar: 'M694 224L714 225 714 214',
  },
};

/**
 * The tree of one car. `paint` is any CSS colour; `id` must be unique in the document (it names the clip).
 */
export function drawCar({ model, wheels, extras }, paint, id) {
  const car = bodies[model];
  const clip = `${id}-clip`;
  const path = (d, attributes) => ['path', { d, ...attributes }];
  const line = { fill: 'none', stroke: '#000', 'stroke-opacity': 0.28, 'stroke-width': 2, 'stroke-linecap': 'round' };
  const middle = (car.wheels[0] + car.wheels[1]) / 2;
  return [
    'g',
    {},
    ['clipPath', { id: clip }, path(car.body, {})],
    ...[352, 322, 286].map((rx) => [
      'ellipse',
      { cx: middle - 6, cy: 279, rx, ry: rx / 36, fill: '#000', 'fill-opacity': 0.06 },
    ]),
    ...(extras.includes('tow-bar') ? towBar(car.towBar) : []),
    ...car.wheels.map((x) => path(`M${x - 59} 229A59 59 0 0 1 ${x + 59} 229Z`, { fill: '#0D1011' })),
    path(car.body, { fill: paint, stroke: '#000', 'stroke-opacity': 0.22, 'stroke-width': 1.5 }),
    [
      'g',
      { 'clip-path': `url(#${clip})` },
      path(car.shoulder, { fill: '#fff', 'fill-opacity': 0.16 }),
      path(car.lower, { fill: '#000', 'fill-opacity': 0.13 }),
      path(car.sill, { fill: '#000', 'fill-opacity': 0.45 }),
      ...(extras.includes('glass-roof') ? [path(car.roof, { fill: 'none', stroke: GLASS, 'stroke-width': 13 })] : []),
      path(car.body, { fill: 'none', stroke: '#fff', 'stroke-opacity': 0.2, 'stroke-width': 3 }),
    ],
    path(car.windscreen, { fill: GLASS }),
    path(car.rearScreen, { fill: GLASS }),
    ...car.windows.map((d) =>
      path(d, { fill: GLASS, stroke: '#0D1011', 'stroke-width': 2, 'stroke-linejoin': 'round' }),
    ),
    ...(car.quarter ? [path(car.quarter, { ...line, stroke: '#0D1011', 'stroke-opacity': 1, 'stroke-width': 4 })] : []),
    ...car.doors.map((d) => path(d, line)),
    ...car.handles.map(([x, y]) => [
      'rect',
      { x, y, width: 28, height: 5, rx: 2.5, fill: '#000', 'fill-opacity': 0.34 },
    ]),
    mirror(car.mirror, paint),
    path(car.frontLamp, { fill: '#F1F2EC', stroke: '#000', 'stroke-opacity': 0.28 }),
    path(car.rearLamp, { fill: '#A3231C', stroke: '#000', 'stroke-opacity': 0.28 }),
    ...car.wheels.map((x) => wheel(wheels, x)),
  ];
}

function towBar(d) {
  return [
    ['path', { d, fill: 'none', stroke: '#50585A', 'stroke-width': 5, 'stroke-linejoin': 'round' }],
    ['circle', { cx: d.split(' ').at(-2), cy: d.split(' ').at(-1), r: 5, fill: '#50585A' }],
  ];
}

const mirror = ([x, y], paint) => [
  'g',
  {},
  ['rect', { x: x - 2, y: y - 13, width: 25, height: 15, rx: 6, fill: paint }],
  ['rect', { x: x - 2, y: y - 13, width: 25, height: 15, rx: 6, fill: '#000', 'fill-opacity': 0.22 }],
];

const turned = (count, shape) =>
  Array.from({ length: count }, (_, i) => ['g', { transform: `rotate(${(360 / count) * i})` }, shape]);

const rims = {
  fjell: {
    tyre: 48,
    rim: 34,
    face: ['g', {}, ...turned(5, ['path', { d: 'M-5 -6L-8.5 -33 8.5 -33 5 -6Z', fill: '#C4C8C4' }])],
  },
  tind: {
    tyre: 49,
    rim: 38,
    face: ['g', {}, ...turned(10, ['path', { d: 'M-1.6 -6L-2.6 -37 2.6 -37 1.6 -6Z', fill: '#D3D6D2' }])],
  },
  skjold: {
    tyre: 50,
    rim: 42,
    face: [
      'g',
      {},
      ['circle', { r: 41, fill: '#B9BEBA' }],
      ...turned(5, ['path', { d: 'M-9 -36A37 37 0 0 1 9 -36L5 -19A20 20 0 0 0 -5 -19Z', fill: '#3A4042' }]),
      ['circle', { r: 14, fill: 'none', stroke: '#8E9490', 'stroke-width': 1.5 }],
    ],
  },
};

function wheel(design, x) {
  const { tyre, rim, face } = rims[design];
  return [
    'g',
    { transform: `translate(${x} ${WHEEL_Y})` },
    ['circle', { r: tyre, fill: '#16191A' }],
    ['circle', { r: tyre - 4, fill: 'none', stroke: '#34393A', 'stroke-width': 1.5 }],
    ['circle', { r: rim, fill: '#272B2D' }],
    face,
    ['circle', { r: rim - 1.5, fill: 'none', stroke: '#D3D6D2', 'stroke-width': 3 }],
    ['circle', { r: 7, fill: '#D3D6D2' }],
    ['circle', { r: 3, fill: '#5B6163' }],
  ];
}

const SVG = 'http://www.w3.org/2000/svg';

function element([tag, attributes, ...children]) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.map(element));
  return made;
}

/** Puts the car into an <svg id viewBox="0 0 800 290">. Its colour is the custom property --paint. */
export function showCar(svg, configuration, hex) {
  svg.style.setProperty('--paint', hex);
  svg.replaceChildren(element(drawCar(configuration, 'var(--paint)', svg.id)));
}
