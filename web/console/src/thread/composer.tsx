import type { Row } from '@beckon/sdk';
import { isEnter, isInputMethods, PaperPlaneIcon } from '@beckon/ui';
import type { RefObject } from 'preact';
import { useEffect, useId, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { textOf } from '../context/fold';
import type { Desk } from '../desk';
import { text } from '../locales/en';
import { visitorName } from '../names';
import { fill, joined, missingIn, valuesOf } from '../replies/fill';
import { ManageDialog } from '../replies/manage_dialog';
import { optionId, PickerList, usePicker } from '../replies/picker';
import type { QuickReply } from '../replies/quick_replies';
import { Collision } from './collision';
import styles from './composer.module.css';
import { ComposerTools } from './composer_tools';
import type { Conversation } from './conversation';
import type { Kind } from './timeline';

/** What a message or a note may hold, in characters as the server counts them. */
const LIMITS: Readonly<Record<Kind, number>> = { reply: 4_096, note: 4_000 };
/** The agent sees how much is left once it is as little as this. */
const COUNT_LEFT = 296;

/** Length as the server counts: an emoji of two code units is one character. */
export function characters(message: string): number {
  return Array.from(message).length;
}

interface ComposerProps {
  desk: Desk;
  conversation: Conversation;
  row: Row;
  field: RefObject<HTMLTextAreaElement | null>;
  /** Escape with nothing to close: the agent stops writing. */
  onLeave: () => void;
}

/** Where an answer or a note is written. Enter sends, Shift+Enter breaks the line; drafts stay with their conversation. */
export function Composer({ desk, conversation, row, field, onLeave }: ComposerProps) {
  const id = useId();
  const [managing, setManaging] = useState(false);
  const kind = conversation.kind.value;
  const draft = conversation.draft.value[kind];
  const fold = conversation.context.fold.value;
  const context = useMemo(() => fold && textOf(fold), [fold]);
  const me = desk.who.agent.name;
  const values = useMemo(() => valuesOf(row.visitor.name, me, context), [row.visitor.name, me, context]);
  const write = (value: string): void => desk.write(conversation, kind, value);

  // The field grows with its text; a style sheet alone cannot do that in every browser yet.
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.blockSize = '';
    if (element.scrollHeight > element.clientHeight) element.style.blockSize = `${element.scrollHeight}px`;
  }, [draft, field, conversation]);

  // Variables are filled where they stand: when written by hand, and when a value arrives that was missing.
  const pieces = kind === 'reply' ? fill(draft, values) : [];
  const filled = kind === 'reply' ? joined(pieces) : draft;
  useEffect(() => {
    if (filled !== draft) conversation.write(kind, filled);
  }, [filled, draft, conversation, kind]);

  const choose = (reply: QuickReply): void => {
    const made = fill(reply.text, values);
    write(joined(made));
    selectGap(field, made);
  };
  const picker = usePicker(desk.quickReplies, kind === 'reply' ? draft : '', choose);

  if (row.status === 'CLOSED') {
    return <p class={styles.closed}>{text.closedComposer}</p>;
  }

  const limit = LIMITS[kind];
  const length = characters(draft);
  const over = length - limit;
  const missing = missingIn(pieces);
  const sendable = draft.trim() !== '' && over <= 0 && missing.length === 0 && picker.offered === null;
  const send = (): void => {
    if (!sendable) return;
    desk.send(conversation, kind, draft.trim());
    field.current?.focus();
  };
  const label = kind === 'note' ? text.noteAbout(visitorName(row)) : text.replyTo(visitorName(row));
  const hint =
    kind === 'note'
      ? text.noteHint
      : row.status === 'SOLVED'
        ? text.replyReopens
        : row.agent === null
          ? text.replyTakes
          : text.keys;
  const counted = length >= limit - COUNT_LEFT;
  return (
    <>
      <form
        class={styles.composer}
        data-kind={kind}
        aria-label={kind === 'note' ? text.note : text.reply}
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <Collision viewers={conversation.viewers.value} />
        <ComposerTools
          kind={kind}
          onKind={(next) => {
            conversation.kind.value = next;
            field.current?.focus();
          }}
          onQuickReply={() => {
            conversation.kind.value = 'reply';
            if (conversation.draft.peek().reply === '') desk.write(conversation, 'reply', '/');
            field.current?.focus();
          }}
          onManage={() => setManaging(true)}
        />
        <div class={styles.stage}>
          <PickerList
            id={`${id}-replies`}
            picker={picker}
            replies={desk.quickReplies}
            values={values}
            onChoose={choose}
            onManage={() => setManaging(true)}
          />
          <div class={styles.box}>
            <textarea
              ref={field}
              class={styles.text}
              rows={1}
              value={draft}
              placeholder={label}
              aria-label={label}
              aria-describedby={id}
              aria-invalid={over > 0 || missing.length > 0}
              aria-autocomplete="list"
              aria-controls={picker.offered?.length ? `${id}-replies` : undefined}
              aria-activedescendant={picker.active ? optionId(`${id}-replies`, picker.active) : undefined}
              data-composer
              dir="auto"
              onInput={(event) => write(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (picker.key(event)) {
                  event.preventDefault();
                  return;
                }
                if (event.key === 'Escape' && !isInputMethods(event)) {
                  event.preventDefault();
                  onLeave();
                }
                if (!isEnter(event) || event.shiftKey || event.altKey) return;
                event.preventDefault();
                send();
              }}
            />
            <SendButton kind={kind} sendable={sendable} />
          </div>
        </div>
        <p class={styles.below} id={id} data-needed={hint !== text.keys || counted || missing.length > 0}>
          {missing.length > 0 ? (
            <span class={styles.over} role="status">
              {text.missingValue(missing)}
            </span>
          ) : (
            <span>{hint}</span>
          )}
          <span class={over > 0 ? `${styles.count} ${styles.over}` : styles.count} role="status">
            {over > 0 ? text.tooLong(over, limit) : counted ? text.charactersLeft(limit - length) : ''}
          </span>
        </p>
      </form>
      {managing && (
        <ManageDialog
          replies={desk.quickReplies}
          agent={desk.who.agent}
          onClose={() => {
            setManaging(false);
            field.current?.focus();
          }}
        />
      )}
    </>
  );
}

function SendButton({ kind, sendable }: { kind: Kind; sendable: boolean }) {
  const name = kind === 'note' ? text.addNote : text.send;
  return (
    <button type="submit" class={styles.send} aria-label={name} title={name} disabled={!sendable}>
      <PaperPlaneIcon />
    </button>
  );
}

/** Puts the selection on the first variable without a value, or the cursor at the end, once the text is in the field. */
function selectGap(field: RefObject<HTMLTextAreaElement | null>, pieces: ReturnType<typeof fill>): void {
  const gap = pieces.findIndex(({ missing }) => missing);
  const before = joined(gap < 0 ? pieces : pieces.slice(0, gap)).length;
  setTimeout(() => {
    field.current?.focus();
    field.current?.setSelectionRange(before, before + (pieces[gap]?.text.length ?? 0));
  });
}
