import type { AgentCommand } from '@beckon/sdk';
import { IconButton, XIcon } from '@beckon/ui';
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { CardEdge } from '../context/card_edge';
import type { Desk } from '../desk';
import { Confirm } from '../dialog/confirm';
import type { View } from '../inbox/rows';
import { text } from '../locales/en';
import { visitorName } from '../names';
import { hrefOf } from '../route';
import { cardBeside, panesBeside } from '../viewport';
import { AssignDialog } from './assign_dialog';
import { Composer } from './composer';
import type { Conversation } from './conversation';
import { Back, Header } from './header';
import { focusMessages, Messages } from './messages';
import styles from './thread.module.css';

interface ThreadProps {
  desk: Desk;
  conversation: Conversation;
  view: View;
  field: RefObject<HTMLTextAreaElement | null>;
  onContext: () => void;
}

/** One conversation: header, messages, composer. */
export function Thread({ desk, conversation, view, field, onContext }: ThreadProps) {
  const { agent } = desk.who;
  const row = desk.inbox.row(conversation.id);
  const phase = conversation.phase.value;
  const [asking, setAsking] = useState<'close' | 'assign' | null>(null);
  const failure = conversation.failure.value;
  // What was asked or went wrong in one conversation means nothing later.
  useEffect(() => {
    setAsking(null);
    conversation.failure.value = null;
  }, [conversation]);

  if (phase === 'unknown') {
    return (
      <main class={styles.pane}>
        <div class={styles.still}>
          <h1 class={styles.stillLead}>{text.threadUnknown}</h1>
          <a href={hrefOf({ page: 'inbox', view, conversation: null })}>{text.back}</a>
        </div>
      </main>
    );
  }
  if (
    !row ||
    (phase === 'loading' && conversation.events.value.length === 0 && conversation.pending.value.length === 0)
  ) {
    return <Loading label={row ? text.conversationWith(visitorName(row)) : text.loading} view={view} />;
  }

  const run = (command: AgentCommand): void => void desk.run(conversation, command);
  return (
    <main class={styles.pane} aria-label={text.conversationWith(visitorName(row))}>
      <Header
        row={row}
        me={agent.id}
        pins={desk.cards.pins(row.widget.id).paths}
        viewers={conversation.viewers.value}
        view={view}
        busy={conversation.busy.value}
        onCommand={run}
        onClose={() => setAsking('close')}
        onAssign={() => setAsking('assign')}
        onContext={onContext}
        changes={cardBeside.value ? 0 : conversation.context.changeCount.value}
      />
      <Messages
        key={conversation.id}
        conversation={conversation}
        row={row}
        me={agent}
        offline={desk.status.value.state !== 'live'}
        onRetry={(clientId) => desk.retry(conversation, clientId)}
        onDelete={(clientId) => desk.discard(conversation, clientId)}
        onSeen={(position) => desk.read(conversation, position)}
        onThen={(position, at) => {
          conversation.showThen(position, at);
          if (!cardBeside.peek()) onContext();
        }}
      />
      <div>
        <div role="alert">
          {failure !== null && (
            <div class={styles.notice}>
              <p>{failure}</p>
              <IconButton
                label={text.dismiss}
                onClick={() => {
                  conversation.failure.value = null;
                }}
              >
                <XIcon />
              </IconButton>
            </div>
          )}
        </div>
        <Composer
          key={conversation.id}
          desk={desk}
          conversation={conversation}
          row={row}
          field={field}
          onLeave={focusMessages}
        />
      </div>
      {cardBeside.value && <CardEdge />}
      {asking === 'assign' && (
        <AssignDialog row={row} me={agent.id} name={visitorName(row)} onClose={() => setAsking(null)} />
      )}
      {asking === 'close' && (
        <Confirm
          heading={text.closeQuestion}
          lead={text.closeLead(visitorName(row))}
          verb={text.closeConversation}
          danger
          onCancel={() => setAsking(null)}
          onConfirm={async () => {
            setAsking(null);
            run('close');
          }}
        />
      )}
    </main>
  );
}

function Loading({ label, view }: { label: string; view: View }) {
  return (
    <main class={styles.pane} aria-label={label} aria-busy="true">
      <h1 class="bk-spoken">{label}</h1>
      <div class={styles.header}>{!panesBeside.value && <Back view={view} />}</div>
      <div class={styles.log}>
        <div class={`${styles.column} ${styles.ghosts}`} aria-hidden="true">
          <span class={styles.ghost} style={{ inlineSize: '46%' }} />
          <span class={styles.ghost} style={{ inlineSize: '38%' }} />
          <span class={styles.ghost} style={{ inlineSize: '58%' }} />
        </div>
      </div>
    </main>
  );
}

/** The place of a thread while none is chosen. `empty`: there is none to choose, which the list says already. */
export function NoThread({ empty }: { empty: boolean }) {
  return (
    <main class={styles.pane} aria-label={text.messages}>
      {empty ? (
        <h1 class="bk-spoken">{text.messages}</h1>
      ) : (
        <div class={styles.still}>
          <h1 class={styles.stillHeading}>{text.chooseHeading}</h1>
          <p class={styles.stillLead}>{text.chooseLead}</p>
        </div>
      )}
    </main>
  );
}
