import type { ConversationEvent, PositionedEvent } from '@beckon/sdk';
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
    return `${item.side}: ${item.bubbles.map((bubble) => bubble.text).join(' | ')}`;
  });
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

  it('puts lines between groups and leaves context to the card', () => {
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
});
