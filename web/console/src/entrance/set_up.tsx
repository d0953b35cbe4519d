import { Button } from '@beckon/ui';
import { useEffect, useState } from 'preact/hooks';
import { Failure, Field } from '../form/field';
import { passwordIsShort } from '../form/password';
import { fieldText, useSubmission } from '../form/submission';
import { text } from '../locales/en';
import { go, hrefOf } from '../route';
import { checkSetUpLink, setUp } from '../session';
import { Entrance } from './entrance';
import styles from './entrance.module.css';

type Link = 'checking' | 'good' | 'used' | 'unreachable';

/** Makes the first agent from a one-time link. */
export function SetUp({ token }: { token: string }) {
  const [link, setLink] = useState<Link>('checking');
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let current = true;
    checkSetUpLink(token).then(
      (good) => current && setLink(good ? 'good' : 'used'),
      () => current && setLink('unreachable'),
    );
    return () => {
      current = false;
    };
  }, [token, attempt]);

  const { state, submit } = useSubmission({
    check: (form) => ({
      ...(fieldText(form, 'name').trim() === '' ? { name: text.nameMissing } : {}),
      ...(fieldText(form, 'email').includes('@') ? {} : { email: text.emailMissing }),
      ...(passwordIsShort(fieldText(form, 'password')) ? { password: text.passwordTooShort } : {}),
    }),
    send: async (form) => {
      await setUp({
        token,
        name: fieldText(form, 'name').trim(),
        email: fieldText(form, 'email').trim(),
        password: fieldText(form, 'password'),
      });
      go({ page: 'inbox', view: 'all', conversation: null }, true);
    },
    explain: (refusal) => {
      if (refusal.status === 404) setLink('used');
      return refusal.status === 429 ? text.tooManyTries : null;
    },
  });

  if (link === 'checking') return null;
  if (link === 'unreachable') {
    return (
      <Entrance heading={text.product} lead={text.unreachable}>
        <Button variant="primary" onClick={() => setAttempt(attempt + 1)}>
          {text.tryAgain}
        </Button>
      </Entrance>
    );
  }
  if (link === 'used') {
    return (
      <Entrance heading={text.linkUsedHeading} lead={text.linkUsedLead}>
        <code class={styles.command}>{text.setUpCommand}</code>
        <a href={hrefOf({ page: 'sign-in' })}>{text.goToSignIn}</a>
      </Entrance>
    );
  }
  return (
    <Entrance heading={text.setUpHeading} lead={text.setUpLead}>
      <form class={styles.form} onSubmit={submit} noValidate>
        <Field
          name="name"
          label={text.name}
          autoComplete="name"
          hint={text.nameHint}
          wrong={state.fields.name}
          autoFocus
        />
        <Field name="email" label={text.email} type="email" autoComplete="username" wrong={state.fields.email} />
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
