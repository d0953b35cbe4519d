// The strip under the bar: three steps that tick themselves off.
import { askServer } from './site.js';

const KEY = 'norrvik:story';
const steps = ['build', 'contact', 'agent'];
const done = new Set(JSON.parse(sessionStorage.getItem(KEY) ?? '[]'));

/** @param step 'build' | 'contact' | 'agent' */
export function tickOff(step) {
  done.add(step);
  sessionStorage.setItem(KEY, JSON.stringify([...done]));
  showStory();
}

export function showStory() {
  const next = steps.find((step) => !done.has(step));
  for (const item of document.querySelectorAll('.story li')) {
    const { step } = item.dataset;
    item.classList.toggle('done', done.has(step));
    item.querySelector('.state').textContent = done.has(step) ? 'done' : '';
    if (step === next) item.setAttribute('aria-current', 'step');
    else item.removeAttribute('aria-current');
  }
}

/** The third step leads into the console, or to the terminal as long as nobody has set the console up. */
export async function showWayToConsole() {
  const link = document.querySelector('#console-link');
  link.addEventListener('click', () => tickOff('agent'));
  const ask = async () => {
    const { consoleUrl, setUpDone } = await askServer();
    link.href = consoleUrl;
    document.querySelector('#set-up-hint').hidden = setUpDone;
  };
  await ask();
  // Set up in another tab meanwhile? The hint goes when the visitor comes back.
  addEventListener('focus', () => {
    if (!document.querySelector('#set-up-hint').hidden) ask();
  });
}
