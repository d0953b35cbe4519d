import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ContextCard } from '../card/context_card';
import { focusCard } from '../card/keyboard';
import type { Desk } from '../desk';
import { text } from '../locales/en';
import type { Conversation } from '../thread/conversation';
import { cardBeside, roomy } from '../viewport';
import { cardWidth, firstWidth } from './card_width';
import styles from './context_pane.module.css';
import { textOf } from './fold';

interface ContextPaneProps {
  desk: Desk;
  conversation: Conversation;
  /** The drawer is open; means nothing where the card stands beside the thread. */
  open: boolean;
  onClose: () => void;
  /** The agent goes back to writing. */
  onLeave: () => void;
  /** The agent goes to another conversation. */
  onOpen: (conversation: string) => void;
}

/** The context card in its place: beside the thread, or as a drawer over it. */
export function ContextPane({ desk, conversation, open, onClose, onLeave, onOpen }: ContextPaneProps) {
  const beside = cardBeside.value;
  const known = conversation.context;
  const fold = known.fold.value;
  const live = desk.status.value.state === 'live';
  const widget = desk.inbox.row(conversation.id)?.widget.id;
  const state = known.failed.value ? 'error' : !live && fold ? 'offline' : fold ? 'ready' : 'loading';
  const started = desk.inbox.row(conversation.id)?.created_at;
  const elsewhere = known.elsewhere.value;
  const card = (
    <ContextCard
      context={fold && { text: textOf(fold), version: fold.version, updatedAt: fold.updatedAt }}
      baseline={known.baseline.value?.text ?? null}
      onSeen={() => desk.seen(conversation)}
      origins={known.origins.value}
      startedAt={started === undefined ? undefined : Date.parse(started)}
      onElsewhere={elsewhere === null ? undefined : () => onOpen(elsewhere)}
      history={{
        versions: known.history.versions.value,
        phase: known.history.phase.value,
        complete: known.history.complete.value,
        open: () => void known.history.open(),
        more: () => void known.history.more(),
      }}
      moment={known.moment.value}
      onMoment={({ position, at, version }) => void known.showThen(position, Date.parse(at), version)}
      onNow={() => known.showNow()}
      pins={widget === undefined ? undefined : desk.cards.pins(widget)}
      state={state}
      conversationId={conversation.id}
      allowedImageOrigins={[
        ...desk.who.server.widget_origins,
        ...(widget === undefined ? [] : desk.cards.imageHosts(widget)),
      ]}
      baseUrl={desk.who.server.public_url}
      howToHref="/docs/#context"
      locale={text.locale}
      onRetry={() => void known.reload()}
      onClose={beside ? undefined : onClose}
      onLeave={beside ? onLeave : undefined}
    />
  );
  if (beside) {
    const width = cardWidth.value ?? firstWidth(roomy.value);
    return (
      <div class={styles.beside} style={{ inlineSize: `${width}px` }}>
        {card}
      </div>
    );
  }
  return open ? <Drawer onClose={onClose}>{card}</Drawer> : null;
}

function Drawer({ onClose, children }: { onClose: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    if (dialog.current) focusCard(dialog.current);
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard's way out is Escape, which every dialog has.
    <dialog
      ref={dialog}
      class={styles.drawer}
      aria-label={text.context}
      onClose={onClose}
      onClick={(event) => {
        // The dialog itself is hit only outside of what it holds: on its backdrop.
        if (event.target === event.currentTarget) onClose();
      }}
    >
      {children}
    </dialog>
  );
}
