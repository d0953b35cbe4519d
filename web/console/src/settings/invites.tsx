import { Button, dateAndTime } from '@beckon/ui';
import { useState } from 'preact/hooks';
import { useAction } from '../form/action';
import { Choices } from '../form/choices';
import { Failure, Field } from '../form/field';
import { fieldText } from '../form/submission';
import { text } from '../locales/en';
import { words } from '../locales/en_settings';
import { api, type PendingInvite } from './api';
import { Once } from './once';
import { Section } from './page';
import { ROLES } from './role_dialog';
import rows from './rows.module.css';
import { SaveForm } from './save_form';

function until(invite: PendingInvite): string {
  return dateAndTime(Date.parse(invite.expires_at), text.locale);
}

/** Makes invites, shows each link once, and lists those that are still open. */
export function Invites({
  invites,
  onChange,
}: {
  invites: readonly PendingInvite[];
  onChange: () => Promise<boolean>;
}) {
  const [made, setMade] = useState<(PendingInvite & { link: string }) | null>(null);
  return (
    <>
      <Section heading={words.people.invite} lead={words.people.inviteLead}>
        {made && (
          <Once
            heading={words.people.linkFor(made.email)}
            lead={words.people.linkLead(until(made))}
            parts={[{ label: words.people.link, value: made.link }]}
            onDone={() => setMade(null)}
          />
        )}
        <SaveForm
          clears
          verb={words.people.makeLink}
          busyVerb={words.people.makingLink}
          saved=""
          check={(form) => (fieldText(form, 'email').includes('@') ? {} : { email: text.emailMissing })}
          send={async (form) => {
            setMade(await api.invite({ email: fieldText(form, 'email').trim(), role: fieldText(form, 'role') }));
            await onChange();
          }}
        >
          {(state) => (
            <>
              <Field name="email" label={words.people.email} type="email" wrong={state.fields.email} />
              <Choices legend={words.role} name="role" initial="AGENT" options={ROLES} wrong={state.fields.role} />
            </>
          )}
        </SaveForm>
      </Section>
      {invites.length > 0 && (
        <Section heading={words.people.pending}>
          <ul class={rows.list}>
            {invites.map((invite) => (
              <InviteRow
                key={invite.id}
                invite={invite}
                onRevoked={async () => {
                  if (made?.id === invite.id) setMade(null);
                  await onChange();
                }}
              />
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

function InviteRow({ invite, onRevoked }: { invite: PendingInvite; onRevoked: () => Promise<void> }) {
  const { busy, failure, run } = useAction();
  const revoke = async (): Promise<void> => {
    await api.revokeInvite(invite.id);
    await onRevoked();
  };
  return (
    <li>
      <div class={rows.row}>
        <div class={rows.main}>
          <p class={rows.name}>{invite.email}</p>
          <p class={rows.meta}>{words.people.invited(words.roles[invite.role].name, until(invite))}</p>
        </div>
        <Button disabled={busy} aria-label={words.people.revokeInvite(invite.email)} onClick={() => void run(revoke)}>
          {words.people.revoke}
        </Button>
      </div>
      <Failure text={failure} />
    </li>
  );
}
