import {
  type ContextFrame,
  type JsonObject,
  MemoryStore,
  Outbox,
  type Thread,
  uuid,
  type WriteFrame,
} from '@beckon/sdk';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../src/app/answers';
import { ContextCalls } from '../src/app/context_calls';
import { TabMemory } from '../src/app/tab_memory';
import type { ContextCall } from '../src/port';

const LIMITS = { text: 4096, contextBytes: 65_536, contextKeys: 256, keyLength: 128, stringBytes: 8192, depth: 8 };
/** What the server allows a session: so many writes at once, and one more each so many milliseconds. */
const BURST = 10;
const REFILL_MS = 500;
/** A write and its answer take so long, milliseconds. */
const TRIP_MS = 20;
const LOCKED = 'tier';

type Sent = WriteFrame & { request: number };

function callOf(metadata: JsonObject, mode: ContextCall['mode'] = 'merge'): ContextCall {
  return { client_id: uuid(), strategy: 'ACTIVE', mode, metadata: JSON.stringify(metadata), made: 0, page: '' };
}

/** A tab of the widget with one open thread on screen, and a server that allows 2 writes a second, all in a time that only moves when told. */
class Tab {
  now = 1_000_000;
  readonly frames: Sent[] = [];
  /** How often the server said that it was too much. */
  refused = 0;
  /** The context as the server has it. */
  context = new Map<string, unknown>();
  /** Messages, and the context's text when each was stored. */
  readonly said: string[] = [];
  version = 0;
  private tokens = BURST;
  private filledAt = this.now;
  private timers: { at: number; run: () => void }[] = [];
  private readonly outbox: Outbox;
  readonly calls: ContextCalls;

  constructor() {
    const memory = new TabMemory(uuid(), { here: '' });
    const environment = {
      open: () => {
        throw new Error('no socket here');
      },
      now: () => this.now,
      random: () => 0.5,
      after: (milliseconds: number, run: () => void) => this.later(milliseconds, run),
      visible: () => true,
      watch: () => () => undefined,
    };
    this.outbox = new Outbox({
      store: new MemoryStore(),
      environment,
      tab: memory.tab,
      transmit: (frame) => {
        this.later(TRIP_MS, () => this.answer(frame));
        return true;
      },
      prepare: (write) => this.calls.prepare(write),
      settle: (write, outcome) => this.calls.settle(write, outcome),
    });
    const thread = { thread: 't', conversation: 'c', status: 'OPEN' } as Thread;
    this.calls = new ContextCalls({
      config: { multiThread: true, limits: LIMITS },
      memory,
      outbox: this.outbox,
      known: () => true,
      live: () => true,
      threads: () => [thread],
      screen: () => ({ visible: true, on_screen: 't', last_used: 't' }),
      othersVisible: async () => false,
      alone: async () => undefined,
      page: () => undefined,
      now: () => this.now,
      at: () => this.now,
    });
  }

  call(metadata: JsonObject, mode: 'merge' | 'replace' = 'merge'): Promise<Answer> {
    return this.calls.take(callOf(metadata, mode));
  }

  say(text: string): void {
    const client_id = uuid();
    const frame = { type: 'send' as const, client_id, thread: 't', message: { type: 'TEXT' as const, text } };
    void this.outbox.add({
      client_id,
      lanes: ['t'],
      frame,
      sealed: false,
      state: 'waiting',
      queued_at: this.now,
      tab: 'tab',
    });
  }

  /** Moves the time, and does what is due on the way. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    for (;;) {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      const [due] = this.timers.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (!due) break;
      this.timers = this.timers.filter((timer) => timer !== due);
      this.now = Math.max(this.now, due.at);
      due.run();
    }
    this.now = end;
  }

  private later(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.now + milliseconds, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  private answer(frame: Sent): void {
    this.frames.push(frame);
    const { request } = frame;
    if (frame.type === 'send') {
      this.said.push(`${frame.message.text} ${JSON.stringify([...this.context])}`);
      this.outbox.accepted({ type: 'accepted', request, duplicate: false });
      return;
    }
    if (frame.type !== 'context') throw new Error(`what is ${frame.type}?`);
    this.tokens = Math.min(BURST, this.tokens + (this.now - this.filledAt) / REFILL_MS);
    this.filledAt = this.now;
    if (this.tokens < 1) {
      this.refused++;
      const after_ms = Math.ceil((1 - this.tokens) * REFILL_MS);
      const code = 'rate_limited';
      this.outbox.rejected({ type: 'rejected', request, code, message: 'Too many', retry: 'later', after_ms });
      return;
    }
    this.tokens--;
    const ignored = this.write(frame);
    this.outbox.accepted({
      type: 'accepted',
      request,
      duplicate: false,
      pending: false,
      conversations: [{ thread: 't', conversation: 'c', version: ++this.version }],
      ignored,
    });
  }

  private write({ mode, metadata }: ContextFrame): { key: string; reason: string }[] {
    if (mode === 'replace') this.context = new Map();
    const ignored = [];
    for (const [key, value] of Object.entries(metadata)) {
      if (key === LOCKED) ignored.push({ key, reason: 'locked' });
      else if (value === null) this.context.delete(key);
      else this.context.set(key, value);
    }
    return ignored;
  }
}

/** The version each call was answered with; an answer with an error fails here. */
async function versions(answers: Promise<Answer>[]): Promise<(number | undefined)[]> {
  return (await Promise.all(answers)).map((answer) => {
    if ('error' in answer) throw new Error(answer.error.message);
    expect(answer.result.pending).toBe(false);
    return answer.result.conversations[0]?.version;
  });
}

let tab: Tab;
beforeEach(() => {
  sessionStorage.clear();
  tab = new Tab();
});

describe('a burst of context calls', () => {
  it('is two writes: the one on its way, and one for all that waited meanwhile', async () => {
    const answers = [tab.call({ n: 0 })];
    await tab.pass(TRIP_MS / 2);
    for (let n = 1; n < 200; n++) answers.push(tab.call({ n, [`k${n % 7}`]: n }));
    await tab.pass(1_000);
    const told = await versions(answers);
    expect(told).toEqual([1, ...Array.from({ length: 199 }, () => 2)]);
    expect(tab.frames).toHaveLength(2);
    expect(tab.refused).toBe(0);
    expect(tab.context.get('n')).toBe(199);
    for (let k = 0; k < 7; k++) expect(tab.context.get(`k${k}`)).toBe(199 - ((199 - k) % 7));
  });

  it('that goes on is slowed to what the server allows, loses nothing and answers everybody', async () => {
    const answers: Promise<Answer>[] = [];
    // Forty calls a second for ten seconds, each with a key of its own.
    for (let n = 0; n < 400; n++) {
      answers.push(tab.call({ newest: n, [`k${n % 100}`]: n }));
      await tab.pass(25);
    }
    await tab.pass(5_000);
    const told = await versions(answers);
    expect(told).toEqual([...told].sort((one, other) => Number(one) - Number(other)));
    expect(tab.context.get('newest')).toBe(399);
    for (let n = 300; n < 400; n++) expect(tab.context.get(`k${n % 100}`)).toBe(n);
    expect(tab.refused).toBeGreaterThan(0);
    // The burst, and two a second while it lasted and after.
    expect(tab.version).toBeLessThanOrEqual(BURST + 2 * 15);
    expect(tab.version).toBeGreaterThan(BURST);
  });

  it('keeps its place before and after a message', async () => {
    for (let n = 0; n < 30; n++) void tab.call({ n });
    tab.say('first');
    for (let n = 30; n < 60; n++) void tab.call({ n });
    tab.say('second');
    void tab.call({ n: 60 });
    await tab.pass(10_000);
    expect(tab.said).toEqual(['first [["n",29]]', 'second [["n",59]]']);
    expect(tab.context.get('n')).toBe(60);
    expect(tab.frames.map(({ type }) => type)).toEqual(['context', 'send', 'context', 'send', 'context']);
  });

  it('shares also what was left out', async () => {
    const answers = [tab.call({ a: 1 }), tab.call({ a: 2, [LOCKED]: 'gold' }), tab.call({ a: 3 })];
    await tab.pass(1_000);
    const ignored = [{ key: LOCKED, reason: 'locked' }];
    const results = (await Promise.all(answers)).map((answer) => 'result' in answer && answer.result.ignored);
    expect(results).toEqual([ignored, ignored, ignored]);
    expect([...tab.context]).toEqual([['a', 3]]);
  });

  it('is not applied again when the page changes and offers its calls once more', async () => {
    const made = Array.from({ length: 150 }, (_, n) => callOf({ n }));
    for (const call of made) void tab.calls.take(call);
    await tab.pass(1_000);
    for (const call of made) void tab.calls.take(call);
    await tab.pass(1_000);
    expect(tab.frames).toHaveLength(1);
    expect(tab.context.get('n')).toBe(149);
  });

  it('ends as the same calls would one by one, whatever they are and whenever they come', async () => {
    const metadata = fc
      .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom(1, 'x', null, [null])), {
        selector: ([key]) => key,
      })
      .map((members) => Object.fromEntries(members) as JsonObject);
    const mode = fc.oneof({ weight: 6, arbitrary: fc.constant('merge' as const) }, fc.constant('replace' as const));
    const call = fc.record({ metadata, mode, wait: fc.constantFrom(0, 0, 0, 10, 30, 200) });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 60 }), async (made) => {
        const own = new Tab();
        let alone = new Map<string, unknown>();
        const answers: Promise<Answer>[] = [];
        for (const { metadata, mode, wait } of made) {
          answers.push(own.call(metadata, mode));
          if (mode === 'replace') alone = new Map();
          for (const [key, value] of Object.entries(metadata)) {
            if (value === null) alone.delete(key);
            else alone.set(key, value);
          }
          await own.pass(wait);
        }
        await own.pass(60_000);
        await versions(answers);
        expect(Object.fromEntries(own.context)).toEqual(Object.fromEntries(alone));
      }),
      { numRuns: 60 },
    );
  });
});

it('ages what is sealed by the clock that its calls were timed with', () => {
  const tab = new Tab();
  const frame = {
    type: 'context',
    client_id: 'c',
    strategy: 'ALL',
    mode: 'merge',
    metadata: {},
    visible: true,
  } as const;
  const write = {
    client_id: 'c',
    lanes: ['*'],
    frame,
    sealed: false,
    state: 'waiting',
    queued_at: 0,
    tab: 't',
  } as const;
  const parcel = { said: [{ call: 'x', at: tab.now - 5, key: 'a', value: 1 }] };
  const prepared = tab.calls.prepare({ ...write, lanes: ['*'], parcel });
  if (!prepared || !('frame' in prepared)) throw new Error('not prepared');
  expect([prepared.at, prepared.frame]).toMatchObject([tab.now, { age_ms: 5 }]);
  const sealed = { ...write, lanes: ['*'], frame: prepared.frame, sealed: true, sealed_at: prepared.at ?? 0 };
  tab.now += 1000;
  expect(tab.calls.stamp(sealed)).toMatchObject({ age_ms: 1005 });
});
