import type { Refused } from '../page/refusals';
import type { PortError, WidgetError } from '../port';
import { bring, REFUSALS } from './files';
import { Refusal } from './refusal';

const INITIALIZING = 'Widget initializing error';
const MISSING = 'Mandatory field missing';

/** Names by code. The codes up to 1199 are those that sites of other live chats know; 12xx are Beckon's. */
const NAMES: { [code: number]: string } = {
  1001: MISSING,
  1011: INITIALIZING,
  1012: INITIALIZING,
  1031: 'Widget visibility error',
  1198: 'Connection issue',
  1201: MISSING,
  1202: 'Field in wrong type',
  1203: 'Limit exceeded',
  1204: 'Unknown strategy',
  1205: 'Request refused',
  1207: 'Unknown command',
  1208: 'Unknown theme',
  1209: 'Unknown language',
  1211: 'Public address',
};

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
