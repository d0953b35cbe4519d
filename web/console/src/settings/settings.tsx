import { CaretRightIcon, ChatCircleIcon, KeyIcon, UserIcon, UsersIcon } from '@beckon/ui';
import { useEffect } from 'preact/hooks';
import { words } from '../locales/en_settings';
import { go, hrefOf, type SettingsPlace } from '../route';
import type { Agent, SessionBody } from '../session';
import { panesBeside } from '../viewport';
import { Keys } from './keys';
import { People } from './people';
import { Profile } from './profile';
import styles from './settings.module.css';
import { LeaveGuard } from './unsaved';
import { WidgetPage } from './widget/widget_page';
import { Widgets } from './widgets';

type Entry = 'profile' | 'people' | 'widgets' | 'keys';

const ICONS = {
  profile: UserIcon,
  people: UsersIcon,
  widgets: ChatCircleIcon,
  keys: KeyIcon,
} satisfies Record<Entry, unknown>;

/** The pages that somebody with this role may see. */
function entriesFor(role: Agent['role']): readonly Entry[] {
  return role === 'ADMIN' ? ['profile', 'people', 'widgets', 'keys'] : ['profile'];
}

interface SettingsProps {
  who: SessionBody;
  place: SettingsPlace;
  /** The connection stands: only then is known who is here. */
  live: boolean;
}

/** The settings: the list of pages, and the one that was chosen. */
export function Settings({ who, place, live }: SettingsProps) {
  const entries = entriesFor(who.agent.role);
  const entry = place.name === 'widget' ? 'widgets' : place.name;
  const wide = panesBeside.value;
  const hasMenu = entries.length > 1;
  // The list alone is a page only where nothing fits beside it; a page that is not for this agent is none.
  const astray = entry === 'menu' ? wide || !hasMenu : !entries.includes(entry);
  useEffect(() => {
    if (astray) go({ page: 'settings', place: { name: 'profile' } }, true);
  }, [astray]);
  if (astray) return null;
  return (
    <div class={styles.settings} data-menu={hasMenu && wide ? 'beside' : 'none'}>
      <LeaveGuard />
      {hasMenu && (wide || entry === 'menu') && <PageList entries={entries} current={entry} alone={!wide} />}
      {entry !== 'menu' && <Chosen who={who} place={place} live={live} hasMenu={hasMenu} />}
    </div>
  );
}

function PageList({ entries, current, alone }: { entries: readonly Entry[]; current: string; alone: boolean }) {
  const List = alone ? 'main' : 'div';
  return (
    <List class={styles.list}>
      <header class={styles.header}>
        {alone ? <h1 class={styles.heading}>{words.heading}</h1> : <p class={styles.heading}>{words.heading}</p>}
      </header>
      <nav aria-label={words.heading}>
        {entries.map((entry) => {
          const Icon = ICONS[entry];
          return (
            <a
              key={entry}
              class={styles.entry}
              href={hrefOf({ page: 'settings', place: { name: entry } })}
              aria-current={current === entry ? 'page' : undefined}
            >
              <Icon />
              {words.pages[entry]}
              {alone && (
                <span class={styles.caret}>
                  <CaretRightIcon size={16} />
                </span>
              )}
            </a>
          );
        })}
      </nav>
    </List>
  );
}

function Chosen({ who, place, live, hasMenu }: SettingsProps & { hasMenu: boolean }) {
  const back = hasMenu ? ({ to: { name: 'menu' }, label: words.backToMenu } as const) : undefined;
  switch (place.name) {
    case 'menu':
      return null;
    case 'profile':
      return <Profile who={who} back={back} />;
    case 'people':
      return <People me={who.agent} live={live} back={back} />;
    case 'widgets':
      return <Widgets back={back} />;
    case 'widget':
      return <WidgetPage key={place.id} id={place.id} publicUrl={who.server.public_url} />;
    case 'keys':
      return <Keys back={back} />;
  }
}
