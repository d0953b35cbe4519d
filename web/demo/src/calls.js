// Writes down every call to liveChat for the drawer. Kept for this tab, so that the story of a held context can be
// followed over a page change. A site of your own needs nothing of this file.

const KEY = 'norrvik:calls';
const KEPT = 40;

/**
 * Newest last: { at, page, because, source, metadata?, state: 'waiting' | 'done' | 'failed' | 'left' | 'remark', words }.
 * A call of an earlier page that has not called back is 'left': the widget still finishes it, nobody is told.
 */
const calls = stored();
const listeners = new Set();
let because = '';

/** Says in a sentence why the next call is made. */
export function explain(sentence) {
  because = sentence;
}

/** liveChat as on any site, written down. */
export function liveChat(command, argument, callback) {
  const call = add({
    source: asWritten(command, argument),
    metadata: argument?.metadata,
    state: 'waiting',
    words: 'no answer yet',
  });
  window.liveChat(command, argument, (error, result) => {
    call.state = error ? 'failed' : 'done';
    call.words = error ? `${error.code} ${error.name}: ${error.message}` : inWords(command, result);
    changed();
    callback?.(error, result);
  });
}

/** A line in the drawer that is not a call. */
export function remark(sentence) {
  add({ source: '', state: 'remark', words: sentence });
}

/** Calls `listener(calls)` now and after each change. */
export function followCalls(listener) {
  listeners.add(listener);
  listener(calls);
}

function add(call) {
  const written = { at: Date.now(), page: document.title.split(', ').pop(), because, ...call };
  because = '';
  calls.push(written);
  calls.splice(0, calls.length - KEPT);
  changed();
  return written;
}

function changed() {
  sessionStorage.setItem(KEY, JSON.stringify(calls));
  for (const listener of listeners) listener(calls);
}

function stored() {
  const earlier = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
  for (const call of earlier) {
    if (call.state !== 'waiting') continue;
    call.state = 'left';
    call.words = 'the page was left before the answer';
  }
  return earlier;
}

/** The call as it stands in the source. */
function asWritten(command, argument) {
  if (typeof argument === 'string') return `liveChat('${command}', '${argument}')`;
  if (argument === undefined || argument === null) return `liveChat('${command}')`;
  const metadata = typeof argument.metadata === 'string' ? `metadata: '${argument.metadata}'` : 'metadata';
  const strategy = argument.multiThreadStrategy;
  return `liveChat('${command}', {\n  ${metadata},${strategy ? `\n  multiThreadStrategy: '${strategy}',` : ''}\n})`;
}

const REASONS = { locked: 'it is locked', newer: 'a newer value is there' };

/** The result a callback gets, in words. */
function inWords(command, result) {
  if (command === 'init') return 'ready';
  if (command !== 'send_contextual_data') return 'done';
  const { pending, conversations, ignored } = result;
  const words = [];
  if (conversations.length === 1) words.push(`stored, version ${conversations[0].version}`);
  if (conversations.some(({ guessed }) => guessed)) words.push('a best guess: held for a new conversation as well');
  if (conversations.length > 1) {
    const versions = conversations.map(({ version }) => version).join(', ');
    words.push(`stored in ${conversations.length} conversations, versions ${versions}`);
  }
  if (pending) words.push(words.length > 0 ? 'held for new ones too' : 'held until a conversation starts');
  for (const { key, reason } of ignored) words.push(`${key} left out: ${REASONS[reason] ?? reason}`);
  return words.join('; ') || 'nothing changed';
}
