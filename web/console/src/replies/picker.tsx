import { Button, isInputMethods, UsersIcon } from '@beckon/ui';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { text } from '../locales/en';
import { fill, missingIn, type Values } from './fill';
import styles from './picker.module.css';
import { findReplies, type QuickReplies, type QuickReply, quickReplyQuery } from './quick_replies';

/** The quick replies on offer for what stands in the composer. */
export interface Picker {
  /** Null: nothing is being looked for. */
  offered: readonly QuickReply[] | null;
  active: QuickReply | undefined;
  /** Handles a key of the composer; true when it was meant for the list. */
  key(event: KeyboardEvent): boolean;
}

/** Looks for quick replies while a draft begins with `/` and nothing but a name follows. */
export function usePicker(replies: QuickReplies, draft: string, onChoose: (reply: QuickReply) => void): Picker {
  const query = quickReplyQuery(draft);
  const [at, setAt] = useState(0);
  const [dismissed, setDismissed] = useState(false);
  const looking = query !== null;
  useEffect(() => {
    setDismissed(false);
    if (looking) void replies.load();
  }, [looking, replies]);
  useEffect(() => setAt(0), [query]);

  const all = replies.all.value;
  const offered = looking && !dismissed ? findReplies(all ?? [], query) : null;
  const active = offered?.[Math.min(at, offered.length - 1)];
  const key = (event: KeyboardEvent): boolean => {
    if (offered === null || isInputMethods(event)) return false;
    switch (event.key) {
      case 'ArrowDown':
        setAt((at + 1) % Math.max(1, offered.length));
        return true;
      case 'ArrowUp':
        setAt((at + offered.length - 1) % Math.max(1, offered.length));
        return true;
      case 'Enter':
      case 'Tab':
        if (!active || event.shiftKey || event.ctrlKey || event.metaKey) return false;
        onChoose(active);
        return true;
      case 'Escape':
        setDismissed(true);
        return true;
      default:
        return false;
    }
  };
  return { offered, active, key };
}

interface PickerListProps {
  id: string;
  picker: Picker;
  replies: QuickReplies;
  values: Values;
  onChoose: (reply: QuickReply) => void;
  onManage: () => void;
}

/** Id of an option, for `aria-activedescendant`. */
export function optionId(list: string, reply: QuickReply): string {
  return `${list}-${reply.id}`;
}

/** The list above the composer: each reply as it would be sent here, what has no value standing out. */
export function PickerList({ id, picker, replies, values, onChoose, onManage }: PickerListProps) {
  const { offered, active } = picker;
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView?.({ block: 'nearest' });
  }, [active?.id]);
  if (offered === null) return null;
  const known = replies.all.value;
  const missing = active ? missingIn(fill(active.text, values)) : [];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the composer keeps the focus; a press here must not take it away.
    <div class={styles.popup} onMouseDown={(event) => event.preventDefault()}>
      {offered.length > 0 && (
        <div id={id} ref={list} class={styles.list} role="listbox" aria-label={text.quickReplies} tabIndex={-1}>
          {offered.map((reply) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the composer, which has the focus, listens to the keys.
            <div
              key={reply.id}
              id={optionId(id, reply)}
              class={styles.option}
              role="option"
              tabIndex={-1}
              aria-selected={reply === active}
              onClick={() => onChoose(reply)}
            >
              <span class={styles.name}>
                <bdi>/{reply.shortcut}</bdi>
                {reply.shared && (
                  <span class={styles.shared} title={text.sharedReply}>
                    <UsersIcon size={14} />
                    <span class="bk-spoken">{text.sharedReply}</span>
                  </span>
                )}
              </span>
              <span class={styles.preview}>
                <Filled template={reply.text} values={values} />
              </span>
            </div>
          ))}
        </div>
      )}
      {offered.length === 0 && (
        <div class={styles.nothing}>
          {known === null && replies.failed.value ? (
            <>
              <p role="alert">{text.quickRepliesFailed}</p>
              <Button onClick={() => void replies.load()}>{text.tryAgain}</Button>
            </>
          ) : known === null ? (
            <p>{text.loading}</p>
          ) : (
            <>
              <p>{known.length === 0 ? text.noQuickReplies : text.noSuchQuickReply}</p>
              <Button onClick={onManage}>{text.makeQuickReply}</Button>
            </>
          )}
        </div>
      )}
      {offered.length > 0 && (
        <p class={styles.foot} role="status">
          <span class={missing.length > 0 ? styles.missing : ''}>
            {missing.length > 0 ? text.replyMisses(missing) : text.quickReplyCount(offered.length)}
          </span>
          {missing.length === 0 && (
            <span class={styles.keys} aria-hidden="true">
              {text.pickerKeys}
            </span>
          )}
        </p>
      )}
    </div>
  );
}

function Filled({ template, values }: { template: string; values: Values }) {
  return (
    <>
      {fill(template, values).map((piece, index) =>
        piece.missing ? (
          <mark key={index} class={styles.gap}>
            {piece.text}
          </mark>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}
