import { GearFillIcon, GearIcon, Mark, TrayFillIcon, TrayIcon } from '@beckon/ui';
import { text } from '../locales/en';
import { hrefOf, type Route } from '../route';
import type { Agent } from '../session';
import { AccountMenu } from './account_menu';
import styles from './shell.module.css';

/** The narrow bar of places: inbox, settings, and who is signed in. Stands at the bottom on a phone. */
export function Rail({ agent, unread, page }: { agent: Agent; unread: number; page: Route['page'] }) {
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
      <AccountMenu agent={agent} />
    </nav>
  );
}
