// The drawer "What this page tells Beckon": every call as it is written, its answer, and buttons to try the others.
import { explain, followCalls, liveChat } from './calls.js';
import { loadConfiguration } from './configuration.js';
import { contextOf } from './contact.js';
import { startOver } from './new-visitor.js';

const OPEN = 'norrvik:drawer';
const drawer = document.querySelector('#drawer');
const toggle = document.querySelector('#show-code');
const list = document.querySelector('#calls');

const send = (multiThreadStrategy, why) => () => {
  explain(why);
  liveChat('send_contextual_data', { metadata: contextOf(loadConfiguration()), multiThreadStrategy });
};

const tryOut = (command, why, argument) => () => {
  explain(why);
  liveChat(command, argument);
};

const theme = (name) => tryOut('set_theme', 'Another look, for this page view.', name);

const tries = {
  ACTIVE: send(
    'ACTIVE',
    'To the conversation on screen, or at a guess the open one used last within a day; without one, held.',
  ),
  ALL: send('ALL', 'To every conversation that is not closed; if there is none, held for the first.'),
  ALL_PLUS_NEW: send('ALL_PLUS_NEW', 'To every conversation that is not closed, and to each one that starts later.'),
  open: tryOut('open', 'Opens the window; the newest message can be read at once.'),
  close: tryOut('close', 'Closes the window; the launcher stays.'),
  show: tryOut('show', 'Brings the launcher back.'),
  hide: tryOut('hide', 'Takes the whole widget away, until show, open or the next page.'),
  default: theme('default'),
  light: theme('light'),
  dark: theme('dark'),
  ocean: theme('ocean'),
  wrong: () => {
    explain('Wrong on purpose: metadata must be an object. Nothing is stored, and the error says why.');
    liveChat('send_contextual_data', { metadata: 'red' });
  },
  'start-over': startOver,
};

export function showDrawer() {
  drawer.addEventListener('click', ({ target }) => tries[target.closest('button')?.dataset.try]?.());
  drawer.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') setOpen(false);
  });
  document.querySelector('#close-drawer').addEventListener('click', () => setOpen(false));
  toggle.addEventListener('click', () => setOpen(drawer.hidden));
  followCalls(showCalls);
  if (sessionStorage.getItem(OPEN)) setOpen(true, { moveFocus: false });
}

function setOpen(open, { moveFocus = true } = {}) {
  drawer.hidden = !open;
  document.documentElement.classList.toggle('code-shown', open);
  toggle.setAttribute('aria-expanded', String(open));
  toggle.querySelector('.verb').textContent = open ? 'Hide the' : 'Show the';
  if (open) sessionStorage.setItem(OPEN, 'open');
  else sessionStorage.removeItem(OPEN);
  if (moveFocus) (open ? drawer.querySelector('h2') : toggle).focus();
}

/** Newest first. Rows stay as they are while their call does: an open JSON is not folded under the reader. */
const rows = new Map();

function showCalls(calls) {
  document.querySelector('#no-calls').hidden = calls.length > 0;
  for (const [call, row] of rows) {
    if (calls.includes(call)) continue;
    row.remove();
    rows.delete(call);
  }
  for (const call of calls) {
    if (!rows.has(call)) {
      rows.set(call, rowOf(call));
      list.prepend(rows.get(call));
    }
    const answer = rows.get(call).querySelector('.answer');
    answer.className = `answer ${call.state}`;
    if (answer.textContent !== call.words) answer.textContent = call.words;
  }
}

const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

function rowOf(call) {
  const row = document.querySelector('#call-row').content.cloneNode(true).firstElementChild;
  row.querySelector('time').dateTime = new Date(call.at).toISOString();
  row.querySelector('time').textContent = time.format(call.at);
  row.querySelector('.page').textContent = call.page;
  row.querySelector('.because').textContent = call.because;
  row.querySelector('.source code').textContent = call.source;
  row.querySelector('.source').hidden = call.source === '';
  const carried = row.querySelector('details');
  if (call.metadata === undefined || typeof call.metadata !== 'object') carried.remove();
  else {
    const json = JSON.stringify(call.metadata, null, 2);
    const keys = Object.keys(call.metadata).length;
    carried.querySelector('summary').textContent = `metadata, ${keys} keys`;
    carried.querySelector('code').textContent = json;
  }
  return row;
}
