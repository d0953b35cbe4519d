import { MemoryStore, Outbox, type Thread, uuid, type Write, type WriteFrame } from '@beckon/sdk';
import { beforeEach, expect, it } from 'vitest';
import { ContextCalls } from '../src/app/context_calls';
import { TabMemory } from '../src/app/tab_memory';

const LIMITS = { text: 4096, contextBytes: 65536, contextKeys: 256, keyLength: 128, stringBytes: 8192, depth: 8 };
const THREAD = { thread: 't', conversation: 'c', status: 'OPEN' } as Thread;

beforeEach(() => sessionStorage.clear());

/** One page of a tab that holds context, and an existing thread. `stores`: what is written outlives the page. */
function page(stores: boolean, known = true) {
  const memory = new TabMemory('w', { here: '' });
  const sent: (WriteFrame & { request: number })[] = [];
  const store = new MemoryStore();
  if (!stores) store.put = () => new Promise(() => undefined);
  const outbox: Outbox = new Outbox({
    store,
    environment: {
      open: () => {
        throw new Error('no socket here');
      },
      now: () => 1_000,
      random: () => 0.5,
      after: () => () => undefined,
      visible: () => true,
      watch: () => () => undefined,
    },
    tab: memory.tab,
    transmit: (frame) => sent.push(frame) > 0,
    prepare: (write) => calls.prepare(write),
    settle: (write: Write, outcome) => calls.settle(write, outcome),
  });
  const calls: ContextCalls = new ContextCalls({
    config: { multiThread: true, limits: LIMITS },
    memory,
    outbox,
    known: () => known,
    live: () => true,
    threads: () => [THREAD],
    screen: () => ({ visible: true }),
    othersVisible: async () => false,
    alone: async () => undefined,
    page: () => undefined,
    now: () => 1_000,
    at: () => 1_000,
  });
  return { calls, outbox, sent, copies: () => outbox.everything().filter(({ hint }) => hint?.copy === 't').length };
}

async function hold(): Promise<void> {
  const { calls } = page(true, false);
  const call = { client_id: uuid(), strategy: 'ACTIVE' as const, mode: 'merge' as const, made: 1_000, page: '' };
  await calls.take({ ...call, metadata: '{"car":"Strand"}' });
}

it('is offered again by the next page when the store failed, and once by each', async () => {
  await hold();
  const first = page(false);
  first.calls.startedByOthers(THREAD);
  first.calls.startedByOthers(THREAD);
  expect(first.copies()).toBe(1);
  // The page goes, and what it could not store with it.
  const second = page(true);
  second.calls.startedByOthers(THREAD);
  await expect
    .poll(() => second.sent.map((frame) => frame.type === 'context' && frame.metadata))
    .toEqual([{ car: 'Strand' }]);
});

it('is over when it has arrived', async () => {
  await hold();
  const first = page(true);
  first.calls.startedByOthers(THREAD);
  await expect.poll(() => first.sent.length).toBe(1);
  const request = first.sent[0]?.request ?? 0;
  first.outbox.accepted({ type: 'accepted', request, duplicate: false, pending: false, conversations: [] });
  first.calls.startedByOthers(THREAD);
  page(true).calls.startedByOthers(THREAD);
  expect(first.copies()).toBe(0);
  expect(page(true).copies()).toBe(0);
});
