// The configurator page: one form, one drawing, one summary.
import { showCar } from './car.js';
import { byId, colours, deliveries, extras, models, money, wheels } from './catalogue.js';
import {
  deliveryDateOf,
  isFinished,
  lineItems,
  loadConfiguration,
  monthlyRateOf,
  priceOf,
  saveConfiguration,
} from './configuration.js';
import { configurationChanged, contactUs } from './contact.js';
import { startPage } from './page.js';
import { isSingleThread } from './site.js';

const form = document.querySelector('#configurator');
const stage = document.querySelector('#stage-car');
const small = document.querySelector('#small-car');
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

let configuration = loadConfiguration();
saveConfiguration(configuration);
// The car of the address is taken over; from here on the choices count, also when the page is loaded again.
history.replaceState(null, '', location.pathname + (isSingleThread ? '?single' : '') + location.hash);

offer('model', models, (model) => [`The ${model.kind}`, money(model.price)]);
offer('colour', colours, (colour) => ['', added(colour.price)]);
offer('wheels', wheels, (wheel) => [wheel.detail, added(wheel.price)]);
offer('extras', extras, (extra) => [extra.detail, added(extra.price)]);
offer('delivery', deliveries, (delivery) => [
  day.format(new Date(deliveryDateOf({ delivery: delivery.id }))),
  added(delivery.price),
]);
for (const swatch of form.querySelectorAll('[data-swatch]')) {
  swatch.style.backgroundColor = byId(colours, swatch.dataset.swatch).hex;
}
form.elements.testDrive.checked = configuration.testDrive;

form.addEventListener('change', () => {
  const chosen = new FormData(form);
  configuration = {
    model: chosen.get('model'),
    colour: chosen.get('colour'),
    wheels: chosen.get('wheels'),
    extras: chosen.getAll('extras'),
    delivery: chosen.get('delivery'),
    testDrive: chosen.has('testDrive'),
  };
  saveConfiguration(configuration);
  show();
  configurationChanged(configuration);
});

document.querySelector('#contact').addEventListener('click', () => contactUs(configuration));

show();
startPage();
// A link may bring a finished car along.
configurationChanged(configuration);

function added(price) {
  return price === 0 ? 'Included' : `+ ${money(price)}`;
}

/** Fills a fieldset with a choice per item; `words` gives a choice its second line and its price. */
function offer(group, items, words) {
  const fieldset = form.querySelector(`#${group} .choices`);
  const template = document.querySelector(`#${group}-choice`) ?? document.querySelector('#choice');
  for (const item of items) {
    const choice = template.content.cloneNode(true);
    const input = choice.querySelector('input');
    input.name = group;
    input.type = group === 'extras' ? 'checkbox' : 'radio';
    input.value = item.id;
    input.checked = [configuration[group]].flat().includes(item.id);
    const [detail, price] = words(item);
    choice.querySelector('.name').textContent = item.name;
    choice.querySelector('.detail').textContent = detail;
    choice.querySelector('.price').textContent = price;
    const swatch = choice.querySelector('.swatch');
    if (swatch) swatch.dataset.swatch = item.id;
    fieldset.append(choice);
  }
}

function show() {
  const model = byId(models, configuration.model);
  const colour = byId(colours, configuration.colour);
  const price = money(priceOf(configuration));
  const monthly = `${money(monthlyRateOf(configuration))} a month`;

  for (const svg of [stage, small]) showCar(svg, configuration, colour.hex);
  stage.setAttribute('aria-label', `${model.name} in ${colour.name}, seen from the side`);
  document.querySelector('#car-name').textContent = model.name;
  document.querySelector('#car-line').textContent = model.line;
  document.querySelector('#your-car').textContent = `Your ${model.name}`;
  document.querySelector('#your-price').textContent = price;
  document.querySelector('#total').textContent = price;
  document.querySelector('#monthly').textContent = monthly;

  document.querySelector('#items').replaceChildren(
    ...lineItems(configuration).flatMap((item) => {
      const name = document.createElement('dt');
      const cost = document.createElement('dd');
      name.textContent = item.name;
      cost.textContent = item.price === 0 ? 'Included' : money(item.price);
      return [name, cost];
    }),
  );
  document.querySelector('#when').textContent = isFinished(configuration)
    ? `Ready on ${day.format(new Date(deliveryDateOf(configuration)))}${configuration.testDrive ? ', with a test drive before' : ''}.`
    : 'Choose a delivery to finish your car.';
}
