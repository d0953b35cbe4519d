import { Avatar, BellIcon, KeyboardIcon, SignOutIcon, SpeakerHighIcon, SpeakerSlashIcon } from '@beckon/ui';
import { useState } from 'preact/hooks';
import { notificationsBlocked, notifies, turnOffNotifications, turnOnNotifications } from '../attention/notification';
import { want, wants } from '../attention/preferences';
import { chime } from '../attention/sound';
import { text } from '../locales/en';
import { type Agent, signOut } from '../session';
import { showKeyMap } from './key_map';
import { Menu, MenuItem } from './menu';
import styles from './shell.module.css';

/** Who is signed in, how this browser calls them, and the way out. */
export function AccountMenu({ agent }: { agent: Agent }) {
  const [failed, setFailed] = useState(false);
  const leave = (): void => {
    setFailed(false);
    signOut().catch(() => setFailed(true));
  };
  const sound = wants('sound');
  const notified = notifies();
  return (
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
        <MenuItem
          icon={<BellIcon />}
          disabled={notificationsBlocked()}
          onChoose={() => (notified ? turnOffNotifications() : void turnOnNotifications())}
        >
          {notificationsBlocked() ? text.notificationsBlocked : notified ? text.notificationsOff : text.notificationsOn}
        </MenuItem>
        <MenuItem
          icon={sound ? <SpeakerHighIcon /> : <SpeakerSlashIcon />}
          onChoose={() => {
            want('sound', !sound);
            if (!sound) chime();
          }}
        >
          {sound ? text.soundOff : text.soundOn}
        </MenuItem>
        <MenuItem icon={<KeyboardIcon />} onChoose={showKeyMap}>
          {text.keyMap}
        </MenuItem>
        <MenuItem icon={<SignOutIcon />} onChoose={leave}>
          {text.signOut}
        </MenuItem>
      </Menu>
      <span role="alert" class="bk-spoken">
        {failed ? text.signOutFailed : ''}
      </span>
    </div>
  );
}
