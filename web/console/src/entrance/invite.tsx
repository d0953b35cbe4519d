import { Button } from '@beckon/ui';
import { useEffect, useState } from 'preact/hooks';
import { Failure, Field } from '../form/field';
import { passwordIsShort } from '../form/password';
import { fieldText, useSubmission } from '../form/submission';
import { text } from '../locales/en';
import { words } from '../locales/en_settings';
import { go, hrefOf } from '../route';
import { acceptInvitation, type Invitation, readInvitation } from '../session';
import { Entrance } from './entrance';
import styles from './entrance.module.css';

type Link =
  | { state: 'checking' }
  | { state: 'good'; invitation: Invitation }
  | { state: 'used' }
  | { state: 'unreachable' };

/** Makes an agent from an invite's one-time link. */
export function Invite({ token }: { token: string }) {
  const [link, setLink] = useState<Link>({ state: 'checking' });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let current = true;
    readInvitation(token).then(
      (invitation) => current && setLink(invitation ? { state: 'good', invitation } : { state: 'used' }),
      () => current && setLink({ state: 'unreachable' }),
    );
    return () => {
      current = false;
    };
  }, [token, attempt]);

  const { state, submit } = useSubmission({
    check: (form) => ({
      ...(fieldText(form, 'name').trim() === '' ? { name: text.nameMissing } : {}),
      ...(passwordIsShort(fieldText(form, 'password')) ? { password: text.passwordTooShort } : {}),
    }),
    send: async (form) => {
      await acceptInvitation(token, { name: fieldText(form, 'name').trim(), password: fieldText(form, 'password') });
      go({ page: 'inbox', view: 'all', conversation: null }, true);
    },
    explain: (refusal) => {
      if (refusal.status === 404) setLink({ state: 'used' });
      return refusal.status === 429 ? text.tooManyTries : null;
    },
  });

  if (link.state === 'checking') return null;
  if (link.state === 'unreachable') {
    return (
      <Entrance heading={text.product} lead={text.unreachable}>
        <Button variant="primary" onClick={() => setAttempt(attempt + 1)}>
          {text.tryAgain}
        </Button>
      </Entrance>
    );
  }
  if (link.state === 'used') {
    return (
      <Entrance heading={words.invite.usedHeading} lead={words.invite.usedLead}>
        <a href={hrefOf({ page: 'sign-in' })}>{text.goToSignIn}</a>
      </Entrance>
    );
  }
  const { email, role, invited_by } = link.invitation;
  return (
    <Entrance heading={words.invite.heading} lead={words.invite.lead(invited_by, words.roles[role].name)}>
      <form class={styles.form} onSubmit={submit} noValidate>
        <p>
          <span class={styles.given}>{words.invite.signInWith}</span>
          <strong>{email}</strong>
        </p>
        {/* Password managers keep it with the password. */}
        <input type="hidden" name="username" autoComplete="username" value={email} />
        <Field
          name="name"
          label={text.name}
          autoComplete="name"
          hint={text.nameHint}
          wrong={state.fields.name}
          autoFocus
        />
        <Field
          name="password"
          label={text.password}
          type="password"
          autoComplete="new-password"
          hint={text.passwordHint}
          wrong={state.fields.password}
        />
        <div>
          <Failure text={state.failure} />
          <Button type="submit" variant="primary" class={styles.submit ?? ''} disabled={state.busy}>
            {state.busy ? text.settingUp : text.setUp}
          </Button>
        </div>
      </form>
    </Entrance>
  );
}
