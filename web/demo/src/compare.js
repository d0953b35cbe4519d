// The second page: three cars side by side. Nothing is sent from here; the widget still holds what the shop sent.
import { explain, liveChat } from './calls.js';
import { showCar } from './car.js';
import { byId, colours, models, money } from './catalogue.js';
import { loadConfiguration, priceOf } from './configuration.js';
import { startPage } from './page.js';

const configuration = loadConfiguration();
const yours = byId(models, configuration.model);
const colour = byId(colours, configuration.colour);

document.querySelector('#your-car').textContent = `Your ${yours.name}`;
document.querySelector('#your-price').textContent = money(priceOf(configuration));

for (const model of models) {
  const as = { ...configuration, model: model.id };
  const svg = document.querySelector(`#${model.id}-car`);
  showCar(svg, as, colour.hex);
  svg.setAttribute('aria-label', `${model.name} in ${colour.name}, seen from the side`);
  document.querySelector(`#${model.id}-price`).textContent = money(priceOf(as));
  for (const [fact, value] of Object.entries(model.facts)) {
    document.querySelector(`[data-fact="${fact}"] [headers~="${model.id}"]`).textContent = value;
  }
  const choose = document.querySelector(`#${model.id}-choose`);
  choose.textContent = model === yours ? `Back to your ${model.name}` : `Build this ${model.name}`;
  choose.classList.toggle('primary', model === yours);
}

document.querySelector('#ask').addEventListener('click', () => {
  explain('Only the window: the car was sent on the page before and is still held.');
  liveChat('open');
});

startPage();
