import type { ContextCall, WidgetError } from '../port';
import type { WidgetConfig } from '../theme';
import { isWidgetError, unknownName, widgetError } from './errors';
import { metadataText } from './metadata';
import { keepCall, readCalls } from './page_store';
import { type Command, createWidget, type Done, type Widget } from './widget';

type Callback = (error?: WidgetError, result?: unknown) => unknown;
/** What the snippet leaves behind, and what replaces it: a function, with the calls that came too early. */
interface LiveChat {
  (command?: unknown, arg?: unknown, callback?: unknown): void;
  q?: ArrayLike<unknown>[];
  beckon?: true;
}

/** No `init`, or no configuration, for so long: whoever waits for it is answered with an error, milliseconds. */
const INIT_MS = 30_000;
/** All errors have a line there, and what sends context leads on to its own page. */
const DOCS = 'docs/site-guide.md';
const COMMANDS =
  'init send_contextual_data open close show hide set_theme set_language show_thread_list open_new_thread'.split(' ');
const STRATEGIES = ['ACTIVE', 'ALL', 'ALL_PLUS_NEW'];
const MODES = ['merge', 'replace'];
const CONTEXT_FIELDS = ['metadata', 'multiThreadStrategy', 'mode'];

const host = window as unknown as { liveChat?: LiveChat };
const script = document.currentScript as HTMLScriptElement | null;
const base = script?.src ? new URL(script.src).origin : location.origin;

let widget: Widget | undefined;
/** The id `init` was called with, from then on; undefined again when it failed. */
let widgetId: string | undefined;
let failure: WidgetError | undefined;
const waiting: { done: Done; run: (ready: Widget) => void; context?: ContextCall }[] = [];
let patience: ReturnType<typeof setTimeout> | undefined;

/** A random UUID. crypto.randomUUID needs a secure context; pages on plain http must work too. */
function uuid(): string {
  const digit = () => ((crypto.getRandomValues(new Uint8Array(1))[0] as number) % 16).toString(16);
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, digit);
}

/** Wraps a page's callback: runs once, later than the call itself, and whatever it throws stays here. */
function once(callback: unknown): Done {
  let ended = false;
  return (error, result) => {
    if (ended) return;
    ended = true;
    if (typeof callback !== 'function') {
      // A refused origin stands there already, as an error, once for all calls.
      if (error && error.code !== 1031)
        console.warn(`liveChat: ${error.code} ${error.name}: ${error.message} (${DOCS})`);
      return;
    }
    Promise.resolve().then(() => {
      try {
        if (error) (callback as Callback)(error);
        else (callback as Callback)(undefined, result);
      } catch (thrown) {
        console.error(thrown);
      }
    });
  };
}

/** Now, if the widget is there; with the error of `init`, if that failed; else when it has ended, in order. */
function whenReady(done: Done, run: (ready: Widget) => void, context?: ContextCall): void {
  if (widget) {
    run(widget);
    return;
  }
  if (failure && !widgetId) {
    done(failure);
    return;
  }
  waiting.push({ done, run, ...(context && { context }) });
  if (context && widgetId) keepCall(widgetId, context.client_id, context);
  if (!widgetId && !patience) {
    patience = setTimeout(() => fail(widgetError(1012, "No liveChat('init', widgetId) within 30 seconds")), INIT_MS);
  }
}

function fail(error: WidgetError): void {
  clearTimeout(patience);
  patience = undefined;
  for (const call of waiting.splice(0)) call.done(error);
}

async function loadConfig(id: string): Promise<WidgetConfig> {
  const answer = await fetch(`${base}/livechat/1/widgets/${encodeURIComponent(id)}/config`, { credentials: 'omit' });
  if (answer.ok) return (await answer.json()) as WidgetConfig;
  if (answer.status !== 403) throw widgetError(1012, `No widget '${id}' at ${base} (status ${answer.status})`);
  const body = (await answer.json()) as { requestError: { serviceException: { text: string } } };
  const { text } = body.requestError.serviceException;
  console.error(`liveChat: ${text}`);
  throw widgetError(1031, text);
}

function silence(): Promise<never> {
  return new Promise((_, reject) => setTimeout(reject, INIT_MS));
}

function documentReady(): Promise<void> {
  return new Promise((resolve) => {
    if (document.body) resolve();
    else document.addEventListener('DOMContentLoaded', () => resolve());
  });
}

async function init(arg: unknown, done: Done): Promise<void> {
  let given: unknown;
  try {
    given = Object(arg) === arg ? (arg as { widgetId?: unknown }).widgetId : arg;
  } catch {
    // The page's own getter threw: no widgetId then.
  }
  if (widgetId) {
    done(widgetError(1011, `Already initialised: ${widgetId}`));
    return;
  }
  if (typeof given !== 'string' || given === '') {
    failure = widgetError(1001, 'widgetId is missing');
    done(failure);
    fail(failure);
    return;
  }
  widgetId = given;
  clearTimeout(patience);
  patience = undefined;
  const earlier = readCalls(given);
  for (const call of waiting) if (call.context) keepCall(given, call.context.client_id, call.context);
  try {
    const [config] = await Promise.all([Promise.race([loadConfig(given), silence()]), documentReady()]);
    widget = createWidget(base, config, earlier);
  } catch (error) {
    widgetId = undefined;
    failure = isWidgetError(error) ? error : widgetError(1012, `No answer from ${base}`);
    done(failure);
    fail(failure);
    return;
  }
  failure = undefined;
  done(undefined, { widgetId: given });
  for (const call of waiting.splice(0)) call.run(widget);
}

let warned = false;

/** Reads the call's fields at once, so that what the page changes afterwards does not matter. */
function readContext(arg: unknown): ContextCall {
  // Anything that is no object has no fields.
  const fields = Object(arg) as { [name: string]: unknown };
  const metadata = metadataText(fields.metadata);
  const { multiThreadStrategy: strategy = 'ACTIVE', mode = 'merge' } = fields;
  if (!STRATEGIES.includes(strategy as string)) throw unknownName(1204, 'multiThreadStrategy', strategy, STRATEGIES);
  if (!MODES.includes(mode as string)) throw unknownName(1204, 'mode', mode, MODES);
  const unknown = Object.keys(fields).filter((name) => !CONTEXT_FIELDS.includes(name));
  if (unknown.length > 0 && !warned) {
    warned = true;
    console.warn(`liveChat: send_contextual_data ignores ${unknown.join(', ')}; put data inside metadata (${DOCS})`);
  }
  return { client_id: uuid(), strategy, mode, metadata } as ContextCall;
}

function sendContextualData(arg: unknown, done: Done): void {
  let call: ContextCall;
  try {
    call = readContext(arg);
  } catch (error) {
    done(isWidgetError(error) ? error : widgetError(1202, 'The argument could not be read'));
    return;
  }
  whenReady(done, (ready) => ready.sendContext(call, done), call);
}

function run(command: unknown, arg: unknown, callback: unknown): void {
  // A command without an argument may have its callback there.
  const done = once(callback || arg);
  if (command === 'init') void init(arg, done);
  else if (command === 'send_contextual_data') sendContextualData(arg, done);
  else if (!COMMANDS.includes(command as string)) done(unknownName(1207, 'command', command, COMMANDS));
  else whenReady(done, (ready) => ready.commands[command as Command](arg, done));
}

/** A page must never break because of its chat, whatever it hands in. */
const liveChat: LiveChat = (command, arg, callback) => {
  try {
    run(command, arg, callback);
  } catch (error) {
    console.error(error);
  }
};

const stub = host.liveChat;
if (!stub?.beckon) {
  liveChat.beckon = true;
  host.liveChat = liveChat;
  const forward = (call: ArrayLike<unknown>): number => {
    liveChat(call[0], call[1], call[2]);
    return 0;
  };
  // Whoever kept the snippet's own function, or the new one's queue, is heard too.
  const queue = stub?.q || [];
  liveChat.q = queue;
  for (const call of queue.splice(0)) forward(call);
  queue.push = (...calls) => calls.map(forward).length;
}
