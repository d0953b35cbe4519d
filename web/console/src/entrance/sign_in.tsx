import { Button } from '@beckon/ui';
import { Failure, Field } from '../form/field';
import { fieldText, useSubmission } from '../form/submission';
import { text } from '../locales/en';
import { go, route } from '../route';
import { signIn } from '../session';
import { Entrance } from './entrance';
import styles from './entrance.module.css';

/**
 * Sign in by e-mail and password. `ended`: the last session ended without the agent asking for it. `elsewhere`: another database answers than
 * the one the agent was signed in at.
 */
export function SignIn({ ended, setUpDone, elsewhere }: { ended: boolean; setUpDone: boolean; elsewhere: boolean }) {
  const { state, submit } = useSubmission({
    check: (form) => ({
      ...(fieldText(form, 'email').includes('@') ? {} : { email: text.emailMissing }),
      ...(fieldText(form, 'password') === '' ? { password: text.passwordMissing } : {}),
    }),
    send: async (form) => {
      await signIn(fieldText(form, 'email').trim(), fieldText(form, 'password'));
      // Whoever was on the way to a conversation still gets there.
      if (route.peek().page !== 'inbox') go({ page: 'inbox', view: 'all', conversation: null }, true);
    },
    explain: (refusal) =>
      refusal.status === 401 ? text.wrongPassword : refusal.status === 429 ? text.tooManyTries : null,
  });

  if (!setUpDone) {
    return (
      <Entrance heading={text.notSetUpHeading} lead={text.notSetUpLead}>
        <Notice show={elsewhere} words={text.elsewhere} />
        <code class={styles.command}>{text.setUpCommand}</code>
      </Entrance>
    );
  }
  return (
    <Entrance heading={text.signInHeading} lead={text.signInLead}>
      <Notice show={ended} words={text.signedOut} />
      <Notice show={elsewhere} words={text.elsewhere} />
      <form class={styles.form} onSubmit={submit} noValidate>
        <Field
          name="email"
          label={text.email}
          type="email"
          autoComplete="username"
          wrong={state.fields.email}
          autoFocus
        />
        <Field
          name="password"
          label={text.password}
          type="password"
          autoComplete="current-password"
          wrong={state.fields.password}
        />
        <div>
          <Failure text={state.failure} />
          <Button type="submit" variant="primary" class={styles.submit ?? ''} disabled={state.busy}>
            {state.busy ? text.signingIn : text.signIn}
          </Button>
        </div>
      </form>
    </Entrance>
  );
}

function Notice({ show, words }: { show: boolean; words: string }) {
  return show ? (
    <p class={styles.notice} role="status">
      {words}
    </p>
  ) : null;
}
