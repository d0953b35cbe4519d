import { Avatar, GearFillIcon, GearIcon, Mark, SignOutIcon, TrayFillIcon, TrayIcon } from '@beckon/ui';
import { useState } from 'preact/hooks';
import { text } from '../locales/en';
import { hrefOf, type Route } from '../route';
import { type Agent, signOut } from '../session';
import { Menu, MenuItem } from './menu';
import styles from './shell.module.css';

/** The narrow bar of places: inbox, settings, and who is signed in. Stands at the bottom on a phone. */
export function Rail({ agent, unread, page }: { agent: Agent; unread: number; page: Route['page'] }) {
  const [failed, setFailed] = useState(false);
  const leave = (): void => {
    setFailed(false);
    signOut().catch(() => setFailed(true));
  };
  return (
    <nav class={styles.rail} aria-label={text.navigation}>
      <span class={styles.mark}>
        <Mark size={24} dot={unread > 0} />
      </span>
      <a
        class={styles.place}
        href={hrefOf({ page: 'inbox', view: 'all', conversation: null })}
        aria-current={page === 'inbox' ? 'page' : undefined}
        aria-label={text.inbox}
        title={text.inbox}
      >
        {page === 'inbox' ? <TrayFillIcon /> : <TrayIcon />}
      </a>
      <a
        class={styles.place}
        href={hrefOf({ page: 'settings', place: { name: 'menu' } })}
        aria-current={page === 'settings' ? 'page' : undefined}
        aria-label={text.settings}
        title={text.settings}
      >
        {page === 'settings' ? <GearFillIcon /> : <GearIcon />}
      </a>
      <div class={styles.account}>
        <Menu
          label={text.account(agent.name)}
          trigger={({ ref, ...attributes }) => (
            <button type="button" class={styles.accountButton} title={agent.name} ref={ref} {...attributes}>
              <Avatar id={agent.id} name={agent.name} />
              <span class="bk-spoken">{text.account(agent.name)}</span>
            </button>
          )}
        >
          <div class={styles.who}>
            <p class={styles.name}>{agent.name}</p>
            <p class={styles.email}>{agent.email}</p>
          </div>
          <MenuItem icon={<SignOutIcon />} onChoose={leave}>
            {text.signOut}
          </MenuItem>
        </Menu>
        <span role="alert" class="bk-spoken">
          {failed ? text.signOutFailed : ''}
        </span>
      </div>
    </nav>
  );
}
