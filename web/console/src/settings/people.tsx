import { Avatar, DotsThreeIcon, IconButton } from '@beckon/ui';
import { useState } from 'preact/hooks';
import { Confirm } from '../dialog/confirm';
import { words } from '../locales/en_settings';
import type { Agent } from '../session';
import { Menu, MenuItem } from '../shell/menu';
import { api, type Person } from './api';
import { Invites } from './invites';
import { Page, Section, Unready } from './page';
import styles from './people.module.css';
import { useEvery, useRemote } from './remote';
import { RoleDialog } from './role_dialog';
import rows from './rows.module.css';

/** Who is here changes by itself; so often is looked. Milliseconds. */
const LOOK_MS = 10_000;

/** Everybody who answers, what they may do, and who was invited. */
export function People({ me, live, back }: { me: Agent; live: boolean; back: Parameters<typeof Page>[0]['back'] }) {
  const { remote, retry, refresh } = useRemote('people', api.people);
  useEvery(LOOK_MS, () => {
    if (remote.state === 'ready') void refresh();
  });
  return (
    <Page heading={words.pages.people} back={back}>
      <Unready remote={remote} retry={retry} />
      {remote.state === 'ready' && (
        <>
          <Section heading={words.pages.people} lead={words.people.lead}>
            <ul class={rows.list}>
              {remote.value.people.map((person) => (
                <PersonRow key={person.id} person={person} isMe={person.id === me.id} live={live} onChange={refresh} />
              ))}
            </ul>
            {remote.value.people.length === 1 && <p class={rows.note}>{words.people.alone}</p>}
          </Section>
          <Invites invites={remote.value.invites} onChange={refresh} />
        </>
      )}
    </Page>
  );
}

type Asking = 'role' | 'disable' | 'enable' | null;

interface PersonRowProps {
  person: Person;
  isMe: boolean;
  live: boolean;
  onChange: () => Promise<boolean>;
}

function PersonRow({ person, isMe, live, onChange }: PersonRowProps) {
  // Without a connection what was read of it may be long past.
  const known = live && !person.disabled;
  const [asking, setAsking] = useState<Asking>(null);
  const { name } = person;
  const change = async (what: { role?: Agent['role']; disabled?: boolean }): Promise<void> => {
    await api.changePerson(person.id, what);
    await onChange();
    stop();
  };
  // The row may have been asked something else since, also when a dialog that was taken away says that it closed.
  const stop = (): void => setAsking((now) => (now === asking ? null : now));
  return (
    <li class={rows.row} data-off={person.disabled}>
      <span class={styles.face}>
        <Avatar id={person.id} name={name} />
        {known && <span class={styles.presence} data-here={person.online} aria-hidden="true" />}
      </span>
      <div class={rows.main}>
        <p class={rows.name}>
          <bdi>{name}</bdi>
          {isMe && <span class={rows.aside}> · {words.people.you}</span>}
        </p>
        <p class={rows.meta}>
          {person.email && <span>{person.email}</span>}
          {known && <span class="bk-spoken">{person.online ? words.people.here : words.people.away}</span>}
        </p>
      </div>
      <p class={rows.end}>{person.disabled ? words.people.disabled : words.roles[person.role].name}</p>
      <Menu
        label={words.people.actions(name)}
        trigger={({ ref, ...attributes }) => (
          <IconButton label={words.people.actions(name)} buttonRef={ref} {...attributes}>
            <DotsThreeIcon />
          </IconButton>
        )}
      >
        <MenuItem onChoose={() => setAsking('role')}>{words.people.changeRole}</MenuItem>
        {!isMe &&
          (person.disabled ? (
            <MenuItem onChoose={() => setAsking('enable')}>{words.people.enable}</MenuItem>
          ) : (
            <MenuItem danger onChoose={() => setAsking('disable')}>
              {words.people.disable}
            </MenuItem>
          ))}
      </Menu>
      {asking === 'role' && <RoleDialog person={person} onSave={(role) => change({ role })} onCancel={stop} />}
      {asking === 'disable' && (
        <Confirm
          heading={words.people.disableQuestion(name)}
          lead={words.people.disableLead(name)}
          verb={words.people.disable}
          danger
          onConfirm={() => change({ disabled: true })}
          onCancel={stop}
        />
      )}
      {asking === 'enable' && (
        <Confirm
          heading={words.people.enableQuestion(name)}
          lead={words.people.enableLead(name)}
          verb={words.people.enable}
          onConfirm={() => change({ disabled: false })}
          onCancel={stop}
        />
      )}
    </li>
  );
}
