// Draws src/cars/<model>-<colour>.svg, the pictures an agent sees in the context card.
// Run after changing car.js or the colours: node draw-pictures.js
import { mkdirSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { drawCar } from './src/car.js';
import { colours, models } from './src/catalogue.js';

const folder = new URL('src/cars/', import.meta.url);

const text = ([tag, attributes, ...children]) => {
  const named = Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`);
  return `<${tag}${named.join('')}>${children.map(text).join('')}</${tag}>`;
};

/** Every picture as [file name, SVG text]: the car in its standard trim, on a square of the stage's colour. */
export function pictures() {
  return models.flatMap((model) =>
    colours.map((colour) => {
      const car = drawCar({ model: model.id, wheels: 'fjell', extras: [] }, colour.hex, 'car');
      const drawing = text([
        'svg',
        { xmlns: 'http://www.w3.org/2000/svg', viewBox: '0 0 800 800', width: 800, height: 800 },
        ['rect', { width: 800, height: 800, fill: '#EBEAE3' }],
        ['g', { transform: 'translate(20 246) scale(.95)' }, car],
      ]);
      return [`${model.id}-${colour.id}.svg`, `${drawing}\n`];
    }),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  mkdirSync(folder, { recursive: true });
  for (const [name, drawing] of pictures()) writeFileSync(new URL(name, folder), drawing);
}
