import { Avatar, Button } from '@beckon/ui';
import { useState } from 'preact/hooks';
import { Confirm } from '../dialog/confirm';
import { Field } from '../form/field';
import { passwordIsShort } from '../form/password';
import { fieldText } from '../form/submission';
import { text } from '../locales/en';
import { words } from '../locales/en_settings';
import { type SessionBody, session, signOutEverywhere } from '../session';
import { api } from './api';
import { Page, Section } from './page';
import styles from './profile.module.css';
import { SaveForm } from './save_form';

type Back = Parameters<typeof Page>[0]['back'];

/** The signed-in agent's own page. */
export function Profile({ who, back }: { who: SessionBody; back: Back }) {
  const { agent } = who;
  return (
    <Page heading={words.pages.profile} back={back}>
      <Section heading={words.profile.you} lead={words.profile.youLead}>
        <div class={styles.who}>
          <Avatar id={agent.id} name={agent.name} size={48} />
          <dl class={styles.facts}>
            <div>
              <dt>{words.profile.signsInWith}</dt>
              <dd>{agent.email}</dd>
            </div>
            <div>
              <dt>{words.role}</dt>
              <dd>{words.roles[agent.role].name}</dd>
            </div>
          </dl>
        </div>
        <SaveForm
          check={(form) => (fieldText(form, 'name').trim() === '' ? { name: text.nameMissing } : {})}
          send={async (form) => {
            const told = await api.rename(fieldText(form, 'name').trim());
            session.value = { state: 'in', ...told };
          }}
        >
          {(state) => (
            <Field name="name" label={text.name} autoComplete="name" initial={agent.name} wrong={state.fields.name} />
          )}
        </SaveForm>
      </Section>
      <Section heading={words.profile.password} lead={words.profile.passwordLead}>
        <SaveForm
          clears
          verb={words.profile.change}
          busyVerb={words.profile.changing}
          saved={words.profile.changed}
          check={(form) => ({
            ...(fieldText(form, 'current') === '' ? { current: words.profile.currentMissing } : {}),
            ...(passwordIsShort(fieldText(form, 'new')) ? { new: text.passwordTooShort } : {}),
          })}
          send={(form) => api.changePassword({ current: fieldText(form, 'current'), new: fieldText(form, 'new') })}
        >
          {(state) => (
            <>
              <input type="hidden" name="username" autoComplete="username" value={agent.email} />
              <Field
                name="current"
                label={words.profile.current}
                type="password"
                autoComplete="current-password"
                wrong={state.fields.current}
              />
              <Field
                name="new"
                label={words.profile.next}
                type="password"
                autoComplete="new-password"
                hint={text.passwordHint}
                wrong={state.fields.new}
              />
            </>
          )}
        </SaveForm>
      </Section>
      <Section heading={words.profile.signIns} lead={words.profile.signInsLead}>
        <Everywhere />
      </Section>
    </Page>
  );
}

function Everywhere() {
  const [asking, setAsking] = useState(false);
  return (
    <div>
      <Button onClick={() => setAsking(true)}>{words.profile.everywhere}</Button>
      {asking && (
        <Confirm
          heading={words.profile.everywhereQuestion}
          lead={words.profile.everywhereAnswer}
          verb={words.profile.everywhere}
          danger
          onConfirm={signOutEverywhere}
          onCancel={() => setAsking(false)}
        />
      )}
    </div>
  );
}
