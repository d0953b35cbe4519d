import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { callFor } from '../attention/attention';
import { announceUnread } from '../attention/title';
import { focusCard } from '../card/keyboard';
import { ContextPane } from '../context/context_pane';
import { Desk } from '../desk';
import { List } from '../inbox/list';
import type { View } from '../inbox/rows';
import { go, type Route, route } from '../route';
import type { SessionBody } from '../session';
import { Settings } from '../settings/settings';
import { focusMessages } from '../thread/messages';
import { NoThread, Thread } from '../thread/thread';
import { cardBeside, panesBeside } from '../viewport';
import { ConnectionNotice } from './connection_notice';
import { useDeskKeys } from './desk_keys';
import { KeyMap } from './key_map';
import { Rail } from './rail';
import styles from './shell.module.css';

/** What is open in the inbox while the settings are on screen. */
const NOWHERE = { view: 'all', conversation: null } as const;

/** The console of a signed-in agent: rail, then list, thread and context, or the settings. */
export function Workplace({ who, place }: { who: SessionBody; place: Extract<Route, { page: 'inbox' | 'settings' }> }) {
  const { view, conversation: selected } = place.page === 'inbox' ? place : NOWHERE;
  const desk = useDesk(who);
  const field = useRef<HTMLTextAreaElement>(null);
  const [drawer, setDrawer] = useState(false);
  const conversation = useMemo(() => (selected === null ? null : desk.conversation(selected)), [desk, selected]);

  useEffect(() => {
    desk.open(selected);
    setDrawer(false);
  }, [desk, selected]);
  useEffect(() => announceUnread(desk.inbox.unread), [desk]);
  useEffect(() => desk.inbox.onArrival(callFor), [desk]);

  const keys = useDeskKeys({
    desk,
    active: place.page === 'inbox',
    view,
    conversation,
    field,
    onCard: () => {
      if (cardBeside.peek()) focusCard(document);
      else setDrawer(true);
    },
  });

  // Whoever opens a conversation where there is room wants to answer; on a phone a keyboard would hide what is to be read.
  const ready =
    conversation !== null && conversation.phase.value === 'ready' && desk.inbox.row(conversation.id) !== undefined;
  useEffect(() => {
    if (!ready) return;
    const how = keys.passing.arrive(conversation.id);
    if (how === 'passed') focusMessages();
    else if (how === 'chosen' && panesBeside.peek()) field.current?.focus({ preventScroll: true });
  }, [ready, conversation]);

  const missing = conversation?.phase.value === 'unknown' ? conversation.id : null;
  useEffect(() => {
    if (missing !== null) keys.passing.arrive(missing);
  }, [missing]);

  const wide = panesBeside.value;
  const showThread = wide || conversation !== null;
  return (
    <div class={styles.shell}>
      <Rail agent={who.agent} unread={desk.inbox.unread.value} page={place.page} />
      <ConnectionNotice desk={desk} />
      {place.page === 'settings' ? (
        <Settings who={who} place={place.place} live={desk.status.value.state === 'live'} />
      ) : (
        <div class={styles.panes} data-card={conversation !== null && cardBeside.value ? 'beside' : 'none'}>
          {(wide || conversation === null) && (
            <List
              inbox={desk.inbox}
              pinsOf={(widget) => desk.cards.pins(widget).paths}
              view={view}
              selected={selected}
              alone={!wide}
            />
          )}
          {showThread &&
            (conversation === null ? (
              <NoThread empty={desk.inbox.list(view).shown.value.rows.length === 0} />
            ) : (
              <Thread
                desk={desk}
                conversation={conversation}
                view={view}
                field={field}
                onContext={() => setDrawer(true)}
              />
            ))}
          {conversation !== null && conversation.phase.value !== 'unknown' && (
            <ContextPane
              desk={desk}
              conversation={conversation}
              open={drawer}
              onClose={() => setDrawer(false)}
              onLeave={() => field.current?.focus()}
              onOpen={(id) => go({ page: 'inbox', view, conversation: id })}
            />
          )}
        </div>
      )}
      <KeyMap />
    </div>
  );
}

function useDesk(who: SessionBody): Desk {
  // A new name or role is no new desk: drafts and the connection stay.
  const desk = useMemo(() => new Desk(who, shownView), [who.agent.id]);
  desk.who = who;
  useEffect(() => () => desk.end(), [desk]);
  return desk;
}

function shownView(): View {
  const place = route.peek();
  return place.page === 'inbox' ? place.view : 'all';
}
