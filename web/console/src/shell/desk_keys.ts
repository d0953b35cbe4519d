import { effect } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Desk } from '../desk';
import type { View } from '../inbox/rows';
import { go, route } from '../route';
import type { Conversation } from '../thread/conversation';
import type { Kind } from '../thread/timeline';
import { showKeyMap } from './key_map';
import { Passing } from './passing';
import { useShortcuts } from './shortcuts';

interface DeskKeysOptions {
  desk: Desk;
  /** The inbox is on screen. */
  active: boolean;
  view: View;
  conversation: Conversation | null;
  field: RefObject<HTMLTextAreaElement | null>;
  onCard: () => void;
}

/** What the single keys do at this desk. `passing`: where J and K lead. */
export function useDeskKeys({ desk, active, view, conversation, field, onCard }: DeskKeysOptions): {
  passing: Passing;
} {
  const passing = useMemo(() => new Passing(), []);
  useEffect(
    () => effect(() => passing.turn(route.value.page === 'inbox' ? route.value.conversation : null)),
    [passing],
  );
  const place = useRef(0);
  const rows = desk.inbox.list(view).shown.value.rows;
  const selected = conversation?.id ?? null;
  useEffect(() => {
    const at = rows.findIndex((row) => row.conversation === selected);
    if (at >= 0) place.current = at;
  }, [rows, selected]);

  const step = (by: 1 | -1): void => {
    const next = neighbour(
      rows.map((row) => row.conversation),
      selected,
      place.current,
      by,
    );
    if (!active || next === undefined || next === selected) return;
    passing.lead(next);
    go({ page: 'inbox', view, conversation: next });
    document.querySelector(`[data-conversation="${next}"]`)?.scrollIntoView?.({ block: 'nearest' });
  };
  const command = (which: 'take' | 'solve'): void => {
    const row = conversation && desk.inbox.row(conversation.id);
    if (!row || row.status === 'CLOSED' || (which === 'take' && row.agent !== null)) return;
    const asked = which === 'solve' && row.status === 'SOLVED' ? 'reopen' : which;
    void desk.run(conversation, asked);
  };
  const write = (kind: Kind, text?: string): void => {
    if (!conversation) return;
    conversation.kind.value = kind;
    if (text !== undefined && conversation.draft.peek()[kind] === '') desk.write(conversation, kind, text);
    field.current?.focus();
  };
  useShortcuts({
    next: () => step(1),
    previous: () => step(-1),
    take: () => command('take'),
    solve: () => command('solve'),
    reply: () => write('reply'),
    note: () => write('note'),
    quickReply: () => write('reply', '/'),
    card: () => {
      if (conversation) onCard();
    },
    keyMap: showKeyMap,
  });
  return { passing };
}

/**
 * The conversation before or after the selected one. One that left the list (solved under a filter) left its place `at`
 * to the next.
 */
export function neighbour(ids: readonly string[], selected: string | null, at: number, by: 1 | -1): string | undefined {
  const found = selected === null ? -1 : ids.indexOf(selected);
  if (found >= 0) return ids[found + by];
  if (selected === null) return by === 1 ? ids[0] : ids.at(-1);
  return ids[by === 1 ? Math.min(at, ids.length - 1) : Math.max(0, at - 1)];
}
