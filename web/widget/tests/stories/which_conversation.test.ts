import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answer } from '../../src/app/answers';
import type { ContextCall } from '../../src/port';
import { Server } from './server';
import { Browser, Tab } from './tab';

// The same table that the server's rules are tried with.
interface Outcome {
  write: string[];
  guessed?: boolean;
  held?: boolean;
  waits?: boolean;
  standing?: boolean;
}
interface Decision {
  name: string;
  threads: { thread: string; status: 'OPEN' | 'WAITING' | 'SOLVED' | 'CLOSED'; minutes: number }[];
  on_screen?: string;
  last_used?: string;
  visible?: boolean;
  other_visible?: boolean;
  strategy?: ContextCall['strategy'];
  multi?: boolean;
  guess_hours?: number;
  then: Outcome;
}
interface Step {
  do: string;
  tab?: string;
  page?: string;
  browser?: string;
  thread?: string;
  minutes?: number;
  metadata?: { [key: string]: unknown };
  strategy?: ContextCall['strategy'];
  mode?: ContextCall['mode'];
  answer?: Outcome;
  then?: { contexts?: { [thread: string]: object }; held?: { [tab: string]: object | null } };
}
interface Table {
  decisions: Decision[];
  stories: { name: string; multi?: boolean; steps: Step[] }[];
}
const file = resolve(import.meta.dirname, '../../../../crates/core/cases/which_conversation.json');
const table = JSON.parse(readFileSync(file, 'utf8')) as Table;

const MINUTE_MS = 60_000;
/** Longer than a visible tab is believed to be so without saying it. */
const STEP_MS = 6_000;

/** Time goes on, and what is on its way arrives: also what tabs tell each other, which no fake clock moves. */
async function pass(ms = STEP_MS): Promise<void> {
  for (let part = 0; part < 6; part++) {
    await vi.advanceTimersByTimeAsync(ms / 6);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** How a call was answered so far, in the words of the table. */
function answered(answer: Answer | undefined): Outcome {
  if (!answer) return { write: [], waits: true };
  if ('error' in answer) throw new Error(answer.error.message);
  const { pending, conversations } = answer.result;
  expect(pending).toBe(conversations.length === 0);
  const guessed = conversations.some((reached) => reached.guessed);
  return { write: conversations.map(({ threadId }) => threadId).sort(), ...(guessed && { guessed }) };
}
const asTold = ({ write, guessed, waits }: Outcome): Outcome => ({
  write: [...write].sort(),
  ...(guessed && { guessed }),
  ...(waits && { waits }),
});

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  vi.setSystemTime(1_795_000_000_000);
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a call of the page', () => {
  it.each(table.decisions)('$name', async (decision) => {
    const { multi = true, visible = true, strategy = 'ACTIVE', then } = decision;
    const server = new Server(multi, () => Date.now());
    server.guessHours = decision.guess_hours ?? 24;
    const browser = new Browser('browser', server, multi);
    const visitor = browser.ensure();
    for (const { thread, status, minutes } of decision.threads) {
      const made = server.start(visitor, thread);
      made.status = status;
      made.newest = Date.now() - minutes * MINUTE_MS;
    }
    const tab = new Tab(browser, 'one', '/');
    if (decision.on_screen) tab.show(decision.on_screen);
    if (decision.last_used) tab.tabs.used(decision.last_used);
    if (!visible) tab.look(false);
    if (decision.other_visible) new Tab(browser, 'two', '/');
    let answer: Answer | undefined;
    void tab.call({ key: 'value' }, strategy, 'merge').then((given) => {
      answer = given;
    });
    await pass(60);
    expect(answered(answer)).toEqual(asTold(then));
    expect(tab.held).toEqual(then.held ? { key: 'value' } : null);
    const reached = server.conversations.filter(({ context }) => context.has('key'));
    expect(reached.map(({ thread }) => thread).sort()).toEqual([...then.write].sort());
    expect(server.standing.has(visitor)).toBe(!!then.standing);
  });
});

describe('the story', () => {
  it.each(table.stories)('$name', async ({ multi = true, steps }) => {
    const server = new Server(multi, () => Date.now());
    const browsers = new Map<string, Browser>();
    const tabs = new Map<string, Tab>();
    const tab = (step: Step): Tab => {
      const found = tabs.get(step.tab ?? '');
      if (!found) throw new Error(`no tab ${step.tab}`);
      return found;
    };
    const browserOf = (name = 'first'): Browser => {
      const browser = browsers.get(name) ?? new Browser(name, server, multi);
      browsers.set(name, browser);
      return browser;
    };
    const first = () => [...browsers.values()][0] as Browser;

    for (const step of steps) {
      const thread = step.thread ?? '';
      let answer: Answer | undefined;
      let before = Date.now();
      switch (step.do) {
        case 'load': {
          const browser = browserOf(step.browser);
          const name = step.tab ?? '';
          const old = tabs.get(name);
          old?.look(false);
          const made = new Tab(browser, name, step.page ?? '/');
          browser.tabs.splice(0, browser.tabs.length, ...browser.tabs.filter((other) => other !== old), made);
          tabs.set(name, made);
          break;
        }
        case 'route':
          tab(step).route(step.page ?? '/');
          break;
        case 'show':
          tab(step).show(thread);
          break;
        case 'list':
          tab(step).place = { name: 'list' };
          break;
        case 'close':
          tab(step).place = undefined;
          break;
        case 'look':
        case 'hide':
          tab(step).look(step.do === 'look');
          break;
        case 'say':
          tab(step).say(thread);
          break;
        case 'call':
          void tab(step)
            .call(step.metadata ?? {}, step.strategy ?? 'ACTIVE', step.mode ?? 'merge')
            .then((given) => {
              answer = given;
            });
          break;
        case 'answer':
          server.named(thread).newest = Date.now();
          break;
        case 'solve':
          server.named(thread).status = 'SOLVED';
          break;
        case 'shut':
          server.named(thread).status = 'CLOSED';
          break;
        case 'start':
          server.start(first().ensure(), thread);
          await first().tell(thread, true);
          break;
        case 'api':
          for (const [key, value] of Object.entries(step.metadata ?? {}))
            server.named(thread).context.set(key, { value: value as string, at: Date.now(), page: false });
          break;
        case 'pass':
          before += (step.minutes ?? 0) * MINUTE_MS;
          vi.setSystemTime(before);
          break;
        case 'logout': {
          const browser = first();
          for (const each of browser.tabs) each.forget();
          server.standing.delete(browser.ensure());
          browser.visitor = undefined;
          break;
        }
        case 'restart':
          break;
        default:
          throw new Error(`what is ${step.do}?`);
      }
      await pass();
      const where = JSON.stringify(step);
      if (step.answer) expect(answered(answer), where).toEqual(asTold(step.answer));
      for (const [name, context] of Object.entries(step.then?.contexts ?? {})) {
        const kept = [...server.named(name).context].map(([key, { value }]) => [key, value]);
        expect(Object.fromEntries(kept), `${name} after ${where}`).toEqual(context);
      }
      for (const [name, context] of Object.entries(step.then?.held ?? {}))
        expect(tabs.get(name)?.held ?? null, `${name} holds after ${where}`).toEqual(context);
      for (const { names } of server.conversations) expect(new Set(names).size, where).toBe(names.length);
    }
  });
});
