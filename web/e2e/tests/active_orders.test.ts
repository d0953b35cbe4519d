import { expect, pageWithWidget, test } from '../src/harness';
import { Chance } from '../src/orders/chance';
import { Customer } from '../src/orders/customer';
import { Oracle, type Step } from '../src/orders/oracle';

/**
 * Orders of steps made up by chance, in a real browser with up to three tabs: after each step every conversation has the context that the oracle says.
 * A real server's clock cannot be set, so what is too old to be guessed (a day) or copied (half an hour) is left to the tests of the rules.
 */
const STEPS = 15;
const ORDERS = [
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((seed) => ({ seed, kind: 'multi' as const })),
  ...[9, 10].map((seed) => ({ seed, kind: 'single' as const })),
];
/** A guard against hanging. */
const PATIENCE_MS = 240_000;

test.for(ORDERS)(
  'order $seed, $kind-thread: each call reaches the conversations it should, and the card shows it',
  {
    timeout: PATIENCE_MS,
  },
  async ({ seed, kind }, { beckon, site, newVisitor, newAgent, colleague }) => {
    const visitor = await newVisitor();
    const address = site.put('/order.html', pageWithWidget(beckon.origin, await beckon.widgetId(kind)));
    const oracle = new Oracle(kind === 'multi');
    const chance = new Chance(seed, oracle.multi);
    const customer = new Customer(`s${seed}`, visitor.context(), beckon, colleague, address, oracle);
    const taken: Step[] = [];
    try {
      for (let count = 0; count < STEPS; count++) {
        const step = chance.next(oracle);
        taken.push(step);
        const expected = oracle.step(step);
        await customer.take(step, expected);
        await customer.settled();
      }
      const agent = await newAgent();
      for (const [talk, id] of customer.talks.entries()) {
        await agent.goto(`${beckon.origin}/console/#/c/${id}`);
        await expect
          .poll(() =>
            agent
              .locator('[data-context-card] [data-row]')
              .evaluateAll((rows) =>
                Object.fromEntries(
                  rows.map((row) => [row.getAttribute('data-path'), /v\d+/.exec(row.textContent ?? '')?.[0]]),
                ),
              ),
          )
          .toEqual(oracle.context(talk));
      }
    } catch (error) {
      throw new Error(`seed ${seed}, step ${taken.length}: ${JSON.stringify(taken, null, 1)}`, { cause: error });
    }
  },
);
