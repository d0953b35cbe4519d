import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ContextCard } from '../card/context_card';
import { focusCard } from '../card/keyboard';
import type { Desk } from '../desk';
import { text } from '../locales/en';
import type { Conversation } from '../thread/conversation';
import { cardBeside, roomy } from '../viewport';
import { CARD_LEAST, CARD_MOST, cardWidth, chooseCardWidth, firstWidth } from './card_width';
import styles from './context_pane.module.css';
import { textOf } from './fold';

/** How far an arrow key moves the card's edge, CSS pixels. */
const KEY_STEP = 16;

interface ContextPaneProps {
  desk: Desk;
  conversation: Conversation;
  /** The drawer is open; means nothing where the card stands beside the thread. */
  open: boolean;
  onClose: () => void;
  /** The agent goes back to writing. */
  onLeave: () => void;
}

/** The context card in its place: beside the thread, or as a drawer over it. */
export function ContextPane({ desk, conversation, open, onClose, onLeave }: ContextPaneProps) {
  const beside = cardBeside.value;
  const fold = conversation.context.value;
  const live = desk.status.value.state === 'live';
  const state = conversation.contextFailed.value ? 'error' : !live && fold ? 'offline' : fold ? 'ready' : 'loading';
  const card = (
    <ContextCard
      context={fold && { text: textOf(fold), version: fold.version, updatedAt: fold.updatedAt }}
      state={state}
      conversationId={conversation.id}
      allowedImageOrigins={desk.who.server.widget_origins}
      baseUrl={desk.who.server.public_url}
      howToHref="/demo/"
      locale={text.locale}
      onRetry={() => void conversation.reloadContext()}
      onClose={beside ? undefined : onClose}
      onLeave={beside ? onLeave : undefined}
    />
  );
  if (beside) return <Beside>{card}</Beside>;
  return open ? <Drawer onClose={onClose}>{card}</Drawer> : null;
}

/** A pane whose edge can be dragged. */
function Beside({ children }: { children: ComponentChildren }) {
  const [dragging, setDragging] = useState(false);
  const width = cardWidth.value ?? firstWidth(roomy.value);
  /** Towards the start of the line the card gets wider. */
  const outward = (): 1 | -1 => (getComputedStyle(document.documentElement).direction === 'rtl' ? 1 : -1);
  return (
    <div class={styles.beside} style={{ inlineSize: `${width}px` }}>
      {/* biome-ignore lint/a11y/useSemanticElements: a rule that can be moved is no <hr>. */}
      <div
        class={styles.handle}
        data-dragging={dragging}
        role="separator"
        aria-orientation="vertical"
        aria-label={text.contextWidth}
        aria-valuenow={width}
        aria-valuemin={CARD_LEAST}
        aria-valuemax={CARD_MOST}
        tabIndex={0}
        onKeyDown={(event) => {
          const step = { ArrowLeft: -KEY_STEP, ArrowRight: KEY_STEP }[event.key];
          if (step === undefined) return;
          event.preventDefault();
          chooseCardWidth(width + step * outward());
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDragging(true);
        }}
        onPointerMove={(event) => {
          const pane = event.currentTarget.parentElement?.getBoundingClientRect();
          if (!dragging || !pane) return;
          chooseCardWidth(outward() < 0 ? pane.right - event.clientX : event.clientX - pane.left);
        }}
        onPointerUp={() => setDragging(false)}
        onPointerCancel={() => setDragging(false)}
      />
      {children}
    </div>
  );
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
