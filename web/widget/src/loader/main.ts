import type { ContextCall, WidgetError } from '../port';
import type { WidgetConfig } from '../theme';
import { type Failure, worded } from './errors';
import { base, within } from './files';
import { uuid } from './identifier';
import { metadataText } from './metadata';
import { keepCall, readCalls } from './page_store';
import { Refusal } from './refusal';
import { type Command, createWidget, type Done, type Widget } from './widget';

type Callback = (error?: WidgetError, result?: unknown) => unknown;
/** What the snippet leaves behind, and what replaces it: a function, with the calls that came too early. */
interface LiveChat {
  (command?: unknown, arg?: unknown, callback?: unknown): void;
  q?: ArrayLike<unknown>[];
  beckon?: true;
}

interface Waiting {
  done: Done;
  run(ready: Widget): void;
  context?: ContextCall | undefined;
}

/** No `init`, or no configuration, for so long: what waits for it is answered with an error, milliseconds. So often a server that failed is asked again. */
const INIT_MS = 30_000;
/** All errors have a line there, and what sends context leads on to its own page. */
const DOCS = 'docs/site-guide.md';
const COMMANDS =
  'init send_contextual_data open close show hide set_theme set_language show_thread_list open_new_thread logout'.split(
    ' ',
  );
/** What a refused configuration means, by its status: the page's origin, or the address that this script came from. */
const REFUSED: { [status: number]: 1031 | 1211 } = { 403: 1031, 421: 1211 };
/** Of the contract, and not there yet. */
const LATER = 'auth identify config send mobile_chat_pause mobile_chat_resume'.split(' ');
const STRATEGIES = ['ACTIVE', 'ALL', 'ALL_PLUS_NEW'];
const MODES = ['merge', 'replace'];
/** Longest address of a page that is sent with a call, characters: what the server keeps. */
const PAGE_LENGTH = 512;
const CONTEXT_FIELDS = ['metadata', 'multiThreadStrategy', 'mode'];

const host = window as unknown as { liveChat?: LiveChat };

let widget: Widget | undefined;
/** The id `init` was called with, from then on; undefined again when it failed. */
let widgetId: string | undefined;
let failure: Failure | undefined;
const waiting: Waiting[] = [];
let patience: ReturnType<typeof setTimeout> | undefined;

/** Wraps a page's callback: runs once, later than the call itself, and whatever it throws stays here. */
function once(callback: unknown): Done {
  let ended = false;
  return async (failed, result) => {
    if (ended) return;
    ended = true;
    // Waits in either case, so that nothing of the page runs inside its own call.
    const error = await (failed && worded(failed));
    if (typeof callback !== 'function') {
      // A refused origin or address is there already, as an error, once for all calls.
      if (error && error.code !== 1031 && error.code !== 1211)
        console.warn(`liveChat: ${error.code} ${error.name}: ${error.message} (${DOCS})`);
      return;
    }
    try {
      if (error) (callback as Callback)(error);
      else (callback as Callback)(undefined, result);
    } catch (thrown) {
      console.error(thrown);
    }
  };
}

/** Now, if the widget is there; with the error of `init`, if that failed; else when it has ended, in order. */
function whenReady(call: Waiting): void {
  if (widget) call.run(widget);
  else if (failure && !widgetId) call.done(failure);
  else {
    waiting.push(call);
    if (widgetId) keep(widgetId, call);
    else patience ||= setTimeout(() => fail(new Refusal(1012, 'init')), INIT_MS);
  }
}

/** Should the page go before `init` has ended, the next one takes over. */
function keep(id: string, { context }: Waiting): void {
  if (context) keepCall(id, context.client_id, context);
}

function fail(error: Failure): void {
  stopWaiting();
  for (const call of waiting.splice(0)) call.done(error);
}

function stopWaiting(): void {
  clearTimeout(patience);
  patience = undefined;
}

async function loadConfig(id: string): Promise<WidgetConfig> {
  const answer = await fetch(`${base}/livechat/1/widgets/${encodeURIComponent(id)}/config?at=${base}`, {
    credentials: 'omit',
  });
  if (answer.ok) return (await answer.json()) as WidgetConfig;
  const code = REFUSED[answer.status];
  if (!code) throw new Refusal(1012, base, id, answer.status);
  const body = (await answer.json()) as { requestError: { serviceException: { text: string } } };
  const { text } = body.requestError.serviceException;
  console.error(`liveChat: ${text}`);
  throw new Refusal(code, text);
}

async function init(given: unknown, done: Done): Promise<void> {
  stopWaiting();
  waiting.unshift({ done, run: () => done(undefined, { widgetId: given }) });
  try {
    if (typeof given !== 'string' || given === '') throw new Refusal(1001, 'widgetId');
    widgetId = given;
    const earlier = readCalls(given);
    for (const call of waiting) keep(given, call);
    const config = await within(INIT_MS, loadConfig(given));
    if (!document.body) await new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve));
    widget = createWidget(config, earlier, () => loadConfig(given));
  } catch (error) {
    // Answered with an error, they must not happen on the next page.
    for (const { context } of waiting) if (context) keepCall(given as string, context.client_id);
    widgetId = undefined;
    failure = error instanceof Refusal ? error : new Refusal(1012, base);
    fail(failure);
    // The right server may answer later: then the widget is there, for calls from then on.
    if (failure.code === 1012) patience = setTimeout(init, INIT_MS, given, () => undefined);
    return;
  }
  for (const call of waiting.splice(0)) call.run(widget);
}

let warned = false;

/** Reads the call's fields at once, so that what the page changes afterwards does not matter. */
function readContext(arg: unknown): ContextCall {
  // Anything that is no object has no fields.
  const fields = Object(arg) as { [name: string]: unknown };
  const metadata = metadataText(fields.metadata);
  // Null counts as left out.
  const strategy = fields.multiThreadStrategy ?? 'ACTIVE';
  const mode = fields.mode ?? 'merge';
  if (!STRATEGIES.includes(strategy as string)) throw new Refusal(1204, 'multiThreadStrategy', strategy, STRATEGIES);
  if (!MODES.includes(mode as string)) throw new Refusal(1204, 'mode', mode, MODES);
  const unknown = Object.keys(fields).filter((name) => !CONTEXT_FIELDS.includes(name));
  if (unknown.length > 0 && !warned) {
    warned = true;
    console.warn(`liveChat: send_contextual_data ignores ${unknown}; put data inside metadata (${DOCS})`);
  }
  const page = (location.origin + location.pathname).slice(0, PAGE_LENGTH);
  return { client_id: uuid(), strategy, mode, metadata, made: Date.now(), page } as ContextCall;
}

/** A page must never break because of its chat, whatever it hands in. */
const liveChat: LiveChat = (command, arg, callback) => {
  // A command without an argument may have its callback there.
  const done = once(callback || arg);
  try {
    const context = command === 'send_contextual_data' ? readContext(arg) : undefined;
    if (LATER.includes(command as string)) throw new Refusal(1206, command as string);
    if (!COMMANDS.includes(command as string)) throw new Refusal(1207, 'command', command, COMMANDS);
    if (command !== 'init') {
      whenReady({ done, run: (ready) => ready[command as Command](context || arg, done), context });
    } else if (widgetId) throw new Refusal(1011, widgetId);
    else void init(Object(arg) === arg ? (arg as { widgetId?: unknown }).widgetId : arg, done);
  } catch (error) {
    done(error instanceof Refusal ? error : new Refusal(1202, 'argument', error, 'argument'));
  }
};

const stub = host.liveChat;
if (!stub?.beckon) {
  liveChat.beckon = true;
  host.liveChat = liveChat;
  // Whoever kept the snippet's own function, or the new one's queue, is heard too.
  const queue = stub?.q || [];
  liveChat.q = queue;
  const push = (...calls: ArrayLike<unknown>[]): void => {
    for (const call of calls) liveChat(...Array.from(call || []));
  };
  // Not by assignment: on a page that froze the arrays' prototype that would throw.
  Object.defineProperty(queue, 'push', { value: push });
  push(...queue.splice(0));
}
