// Beckon, part 3, and the reason for it all: telling the agent which car the visitor has in front of them.
//
// On your own site leave out this import and the explain(...) lines: liveChat is then the function of the snippet.
// The one used here does the same and writes each call into the drawer "What this page tells Beckon".
import { explain, liveChat } from './calls.js';
import { byId, colours, currency, dealer, deliveries, extras, models, wheels } from './catalogue.js';
import { configurationUrlOf, deliveryDateOf, isFinished, monthlyRateOf, pictureOf, priceOf } from './configuration.js';
import { tickOff } from './story.js';

/** Any JSON will do: nothing is declared beforehand, and the agent sees it in this order. */
export function contextOf(configuration) {
  const colour = byId(colours, configuration.colour);
  return {
    model: byId(models, configuration.model).name,
    colour: { name: colour.name, hex: colour.hex },
    wheels: byId(wheels, configuration.wheels).name,
    price: { amount: priceOf(configuration), currency },
    monthlyRate: { amount: monthlyRateOf(configuration), currency },
    extras: configuration.extras.map((id) => {
      const { name, price } = byId(extras, id);
      return { name, price: { amount: price, currency } };
    }),
    // null takes a key away: nothing is left of a delivery that is not chosen.
    delivery: byId(deliveries, configuration.delivery)?.name ?? null,
    deliveryDate: deliveryDateOf(configuration),
    testDrive: configuration.testDrive,
    configurationUrl: configurationUrlOf(configuration),
    picture: pictureOf(configuration),
    dealer,
  };
}

/** The button: a new conversation about this car, with the car already in it, and the window open. */
export function contactUs(configuration) {
  const metadata = contextOf(configuration);

  explain('Contact us: a visitor who wrote last week gets a fresh conversation for this car.');
  liveChat('open_new_thread');

  explain(
    'The car goes along, to every conversation, open or yet to start. The agent sees it together with the first message.',
  );
  liveChat('send_contextual_data', { metadata, multiThreadStrategy: 'ALL_PLUS_NEW' });

  explain('The visitor may write.');
  liveChat('open', null, (error) => {
    if (!error) tickOff('contact');
  });
}

const SETTLE_MS = 700;
const TOLD = 'norrvik:told';
let settling;

/** Called after every change of the car: tells Beckon once it is finished, and again when it has changed. */
export function configurationChanged(configuration) {
  clearTimeout(settling);
  if (!isFinished(configuration)) return;
  // A visitor tries five colours in a row; only the one that stays is worth a call.
  settling = setTimeout(() => {
    const metadata = contextOf(configuration);
    const now = JSON.stringify(metadata);
    const before = sessionStorage.getItem(TOLD);
    if (now === before) return;

    explain(before ? 'The visitor changed the car.' : 'The car is finished: every choice is made.');
    liveChat('send_contextual_data', { metadata, multiThreadStrategy: 'ALL_PLUS_NEW' }, (error) => {
      if (error) return;
      sessionStorage.setItem(TOLD, now);
      tickOff('build');
    });
  }, SETTLE_MS);
}
