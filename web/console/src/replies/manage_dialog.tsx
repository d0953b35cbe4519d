import { Button, IconButton, PencilSimpleIcon, PlusIcon, TrashIcon, UsersIcon } from '@beckon/ui';
import { useEffect, useState } from 'preact/hooks';
import { Dialog } from '../dialog/dialog';
import { text } from '../locales/en';
import { reasonOf } from '../names';
import type { Agent } from '../session';
import styles from './manage_dialog.module.css';
import type { QuickReplies, QuickReply } from './quick_replies';
import { ReplyForm } from './reply_form';

interface ManageDialogProps {
  replies: QuickReplies;
  agent: Agent;
  onClose: () => void;
}

/** Own and shared quick replies: made, changed and deleted in one place. */
export function ManageDialog({ replies, agent, onClose }: ManageDialogProps) {
  /** The one that is written: null for a new one, undefined for none. */
  const [edited, setEdited] = useState<QuickReply | null | undefined>(undefined);
  const mayShare = agent.role !== 'AGENT';
  useEffect(() => void replies.load(), [replies]);
  const known = replies.all.value;
  return (
    <Dialog
      title={
        edited === undefined
          ? text.quickReplies
          : edited === null
            ? text.makeQuickReply
            : text.editQuickReply(edited.shortcut)
      }
      class={styles.dialog}
      onClose={onClose}
    >
      {edited !== undefined ? (
        <ReplyForm
          reply={edited}
          mayShare={mayShare}
          onSave={(details) => replies.save(edited?.id ?? null, details)}
          onDone={() => setEdited(undefined)}
        />
      ) : (
        <>
          <div class={styles.body}>
            {replies.failed.value && known === null ? (
              <p class={styles.nothing} role="alert">
                {text.quickRepliesFailed}{' '}
                <button type="button" class={styles.act} onClick={() => void replies.load()}>
                  {text.tryAgain}
                </button>
              </p>
            ) : known === null ? (
              <p class={styles.nothing} role="status">
                {text.loading}
              </p>
            ) : known.length === 0 ? (
              <p class={styles.nothing}>{text.noQuickReplies}</p>
            ) : (
              <ul>
                {known.map((reply) => (
                  <Entry
                    key={reply.id}
                    reply={reply}
                    mayChange={reply.mine || (reply.shared && mayShare)}
                    onEdit={() => setEdited(reply)}
                    onDelete={() => replies.remove(reply.id)}
                  />
                ))}
              </ul>
            )}
          </div>
          <footer class={styles.foot}>
            <Button variant="primary" onClick={() => setEdited(null)} autoFocus>
              <PlusIcon size={16} />
              {text.makeQuickReply}
            </Button>
          </footer>
        </>
      )}
    </Dialog>
  );
}

interface EntryProps {
  reply: QuickReply;
  mayChange: boolean;
  onEdit: () => void;
  onDelete: () => Promise<void>;
}

function Entry({ reply, mayChange, onEdit, onDelete }: EntryProps) {
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const remove = (): void => {
    setFailure(null);
    onDelete().catch((error: unknown) => setFailure(text.failed(reasonOf(error))));
  };
  return (
    <li class={styles.entry}>
      <div class={styles.what}>
        <p class={styles.name}>
          <bdi>/{reply.shortcut}</bdi>
          {reply.shared && (
            <span class={styles.shared}>
              <UsersIcon size={14} />
              {text.sharedReply}
            </span>
          )}
        </p>
        <p class={styles.text} dir="auto">
          {reply.text}
        </p>
        {asking && (
          <p class={styles.question} role="alert">
            <span>{text.deleteQuickReplyQuestion(reply.shortcut)}</span>
            <button type="button" class={`${styles.act} ${styles.danger}`} onClick={remove}>
              {text.delete}
            </button>
            <button type="button" class={styles.act} onClick={() => setAsking(false)}>
              {text.cancel}
            </button>
          </p>
        )}
        {failure !== null && (
          <p class={styles.danger} role="alert">
            {failure}
          </p>
        )}
      </div>
      {mayChange && (
        <div class={styles.buttons}>
          <IconButton label={text.editQuickReply(reply.shortcut)} onClick={onEdit}>
            <PencilSimpleIcon />
          </IconButton>
          <IconButton label={text.deleteQuickReply(reply.shortcut)} onClick={() => setAsking(true)}>
            <TrashIcon />
          </IconButton>
        </div>
      )}
    </li>
  );
}
