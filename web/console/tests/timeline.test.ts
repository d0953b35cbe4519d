import type { ConversationEvent, MetadataEvent, PositionedEvent } from '@beckon/sdk';
import { describe, expect, it } from 'vitest';
import { type Pending, timelineOf } from '../src/thread/timeline';
import { clock, LUKA, MAJA, message, VISITOR } from './samples';

function placed(events: ConversationEvent[]): PositionedEvent[] {
  return events.map((event, index) => ({ position: index + 1, event }));
}
function laidOut(events: ConversationEvent[], pending: Pending[] = []): string[] {
  return timelineOf(placed(events), pending, MAJA).map((item) => {
    if (item.type === 'day') return 'day';
    if (item.type === 'line') return item.event.kind;
    if (item.type === 'note') return `note: ${item.text}`;
    if (item.type === 'context') {
      const kept = item.ignored.map((key) => `${key} kept`);
      return `context: ${[...item.changes.map(({ key, from, to }) => `${key} ${from} ${to}`), ...kept].join(', ')}`;
    }
    return `${item.side}: ${item.bubbles.map((bubble) => bubble.text).join(' | ')}`;
  });
}

let written = 0;
/** A write of the page: what each key was and became. */
function write(time: string, changes: [string, string | null, string | null][], parts: Partial<MetadataEvent> = {}) {
  written++;
  return {
    id: `w${written}`,
    kind: 'metadata',
    at: clock(time),
    author: VISITOR,
    client_id: null,
    version: written,
    source: 'page',
    mode: 'merge',
    changes: changes.map(([key, from, to]) => ({ key, from, to })),
    ...parts,
  } satisfies MetadataEvent;
}

function sending(clientId: string, text: string, at: string, state: Pending['state'] = 'sending'): Pending {
  return { kind: 'reply', clientId, text, at: Date.parse(at), state, reason: null };
}

describe('the timeline', () => {
  it('groups messages of one author that are less than three minutes apart', () => {
    expect(
      laidOut([
        message(VISITOR, clock('09:00:00'), 'one'),
        message(VISITOR, clock('09:02:59'), 'two'),
        message(VISITOR, clock('09:05:59'), 'three'),
        message(MAJA, clock('09:06:00'), 'four'),
        message(LUKA, clock('09:06:01'), 'five'),
      ]),
    ).toEqual(['day', 'visitor: one | two', 'visitor: three', 'team: four', 'team: five']);
  });

  it('begins each day with its name', () => {
    const yesterday = new Date(Date.parse(clock('23:59:50')) - 86_400_000).toISOString();
    expect(laidOut([message(VISITOR, yesterday, 'late'), message(VISITOR, clock('00:00:10'), 'early')])).toEqual([
      'day',
      'visitor: late',
      'day',
      'visitor: early',
    ]);
  });

  it('puts lines between groups, and no line for a write that changed nothing', () => {
    const base = { at: clock('09:01:00'), author: MAJA, client_id: null };
    expect(
      laidOut([
        message(VISITOR, clock('09:00:00'), 'one'),
        { ...base, id: 'm', kind: 'metadata', version: 1, source: 'page', mode: 'merge', changes: [] },
        message(VISITOR, clock('09:00:30'), 'two'),
        { ...base, id: 'a', kind: 'assigned', agent: { id: 'maja', name: 'Maja' } },
        { ...base, id: 'j', kind: 'joined', agent: { id: 'maja', name: 'Maja' } },
        message(VISITOR, clock('09:01:10'), 'three'),
        { ...base, id: 's', kind: 'status', from: 'OPEN', to: 'SOLVED' },
      ]),
    ).toEqual(['day', 'visitor: one | two', 'joined', 'visitor: three', 'status']);
  });

  it('says it twice when one agent is assigned and another joins', () => {
    const base = { at: clock('09:01:00'), author: MAJA, client_id: null };
    expect(
      laidOut([
        { ...base, id: 'a', kind: 'assigned', agent: { id: 'luka', name: 'Luka' } },
        { ...base, id: 'j', kind: 'joined', agent: { id: 'maja', name: 'Maja' } },
      ]),
    ).toEqual(['day', 'assigned', 'joined']);
  });

  it('shows what is on its way, once, and with the key it keeps when it has arrived', () => {
    const before = timelineOf([], [sending('c1', 'hello', clock('09:00:00'))], MAJA);
    const after = timelineOf(
      placed([message(MAJA, clock('09:00:01'), 'hello', 'c1')]),
      [sending('c1', 'hello', clock('09:00:00'), 'sent')],
      MAJA,
    );
    const bubbles = (items: ReturnType<typeof timelineOf>) =>
      items.flatMap((item) => (item.type === 'group' ? item.bubbles.map(({ key }) => key) : []));
    expect(bubbles(before)).toEqual(['c1']);
    expect(bubbles(after)).toEqual(['c1']);
  });

  it('lets a message that failed stand alone', () => {
    const at = clock('09:00:00');
    expect(
      laidOut([], [sending('a', 'one', at), sending('b', 'two', at, 'failed'), sending('c', 'three', at)]),
    ).toEqual(['day', 'team: one', 'team: two', 'team: three']);
  });

  it('folds writes within thirty seconds into their net change', () => {
    expect(
      laidOut([
        write('09:00:00', [['colour', '"sand"', '"red"']]),
        write('09:00:20', [
          ['colour', '"red"', '"blue"'],
          ['wheels', null, '"Fjell"'],
        ]),
        write('09:00:30', [['wheels', '"Fjell"', null]]),
        write('09:00:31', [['colour', '"blue"', '"sand"']]),
      ]),
    ).toEqual(['day', 'context: colour "sand" "blue"', 'context: colour "blue" "sand"']);
  });

  it('shows no row, and no day, for a burst that ends where it began', () => {
    const there = write('09:00:00', [['a', '1', '2']]);
    const back = write('09:00:05', [['a', '2', '1']]);
    expect(laidOut([there, back])).toEqual([]);
  });

  it('begins a new row after a message, and for another source', () => {
    expect(
      laidOut([
        write('09:00:00', [['a', '1', '2']]),
        message(VISITOR, clock('09:00:01'), 'hi'),
        write('09:00:02', [['a', '2', '3']]),
        write('09:00:03', [['a', '3', '4']], { source: 'api', author: { type: 'api', id: 'crm', name: 'CRM' } }),
      ]),
    ).toEqual(['day', 'context: a 1 2', 'visitor: hi', 'context: a 2 3', 'context: a 3 4']);
  });

  it('says which keys were kept because they are locked', () => {
    expect(
      laidOut([
        write('09:00:00', [['a', '1', '2']], { ignored: ['price'] }),
        write('09:00:01', [['a', '2', '1']], { ignored: ['price'] }),
      ]),
    ).toEqual(['day', 'context: price kept']);
  });
});
