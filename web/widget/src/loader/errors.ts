import { NAMES } from '../error_names';
import type { Refused } from '../page/refusals';
import type { PortError, WidgetError } from '../port';
import { bring, REFUSALS } from './files';
import { Refusal } from './refusal';

/** What the chat answers has its words already. */
export type Failure = Refusal | PortError;

/** One promise for all who wait, so that callbacks keep the order of their calls. */
let words: Promise<typeof import('../page/refusals')> | undefined;

/** The error a page gets: with its whole message, or with what is known without the file, the name and what it is about. */
export async function worded(failure: Failure): Promise<WidgetError> {
  const { code } = failure;
  const name = NAMES[code] as string;
  if (!(failure instanceof Refusal)) return { code, name, message: failure.message };
  let message = `${name}: ${failure.about[0]}`;
  try {
    words ||= bring(REFUSALS);
    message = (await words).explain(failure as Refused);
  } catch {
    // See above. The next mistake asks again.
    words = undefined;
  }
  return { code, name, message };
}
