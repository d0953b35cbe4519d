// The car the visitor is building: one plain object, kept for this tab, so that it survives a page change.
import { byId, colours, deliveries, extras, models, wheels } from './catalogue.js';

const KEY = 'norrvik:configuration';

/** Delivery is the one choice without a default: the configuration is finished when it is made. */
const standard = {
  model: 'strand',
  colour: 'madder-red',
  wheels: 'fjell',
  extras: [],
  delivery: null,
  testDrive: false,
};

/** What is stored, overruled by what the address says: links like ?model=holme&colour=sand build a car. */
export function loadConfiguration() {
  const stored = JSON.parse(sessionStorage.getItem(KEY) ?? '{}');
  return checked({ ...standard, ...stored, ...fromAddress(new URLSearchParams(location.search)) });
}

export function saveConfiguration(configuration) {
  sessionStorage.setItem(KEY, JSON.stringify(configuration));
}

export const isFinished = (configuration) => configuration.delivery !== null;

/** The line items of the summary: [{ name, price }]. */
export function lineItems({ model, colour, wheels: wheelId, extras: extraIds, delivery }) {
  const car = byId(models, model);
  const items = [
    { name: `${car.name}, ${car.kind}`, price: car.price },
    byId(colours, colour),
    byId(wheels, wheelId),
    ...extraIds.map((id) => byId(extras, id)),
  ];
  return delivery === null ? items : [...items, byId(deliveries, delivery)];
}

/** Whole euros. */
export const priceOf = (configuration) => lineItems(configuration).reduce((sum, item) => sum + item.price, 0);

/** Whole euros a month: 20 % paid at once, the rest over 60 months at 3.9 % a year. */
export function monthlyRateOf(configuration) {
  const monthly = 0.039 / 12;
  return Math.round((priceOf(configuration) * 0.8 * monthly) / (1 - (1 + monthly) ** -60));
}

/** The Monday so many weeks ahead, as 2027-01-04; null until a delivery is chosen. */
export function deliveryDateOf({ delivery }, today = new Date()) {
  if (delivery === null) return null;
  const { weeks } = byId(deliveries, delivery);
  const untilMonday = (8 - today.getDay()) % 7;
  const date = new Date(Date.UTC(today.getFullYear(), today.getMonth(), today.getDate() + weeks * 7 + untilMonday));
  return date.toISOString().slice(0, 10);
}

/** A link that builds the same car again. */
export function configurationUrlOf({ model, colour, wheels: wheelId, extras: extraIds, delivery }) {
  const url = new URL('./', location.href);
  url.searchParams.set('model', model);
  url.searchParams.set('colour', colour);
  url.searchParams.set('wheels', wheelId);
  if (extraIds.length > 0) url.searchParams.set('extras', extraIds.join('.'));
  if (delivery !== null) url.searchParams.set('delivery', delivery);
  return url.href;
}

/** A picture of the model in its colour, on this site. */
export const pictureOf = ({ model, colour }) => new URL(`cars/${model}-${colour}.svg`, location.href).href;

function fromAddress(query) {
  const said = {};
  for (const name of ['model', 'colour', 'wheels', 'delivery']) {
    if (query.has(name)) said[name] = query.get(name);
  }
  if (query.has('extras')) said.extras = query.get('extras').split('.');
  return said;
}

/** Anyone may write an address: what we do not sell falls back to the standard. */
function checked(configuration) {
  const known = (list, id, otherwise) => (byId(list, id) ? id : otherwise);
  return {
    model: known(models, configuration.model, standard.model),
    colour: known(colours, configuration.colour, standard.colour),
    wheels: known(wheels, configuration.wheels, standard.wheels),
    extras: extras.map(({ id }) => id).filter((id) => configuration.extras.includes(id)),
    delivery: known(deliveries, configuration.delivery, null),
    testDrive: configuration.testDrive === true,
  };
}
