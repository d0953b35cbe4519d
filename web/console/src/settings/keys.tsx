import { Button, dateAndTime, pastInstant, relativeTime } from '@beckon/ui';
import { useState } from 'preact/hooks';
import { now } from '../clock';
import { Confirm } from '../dialog/confirm';
import { Choices } from '../form/choices';
import { Field } from '../form/field';
import { fieldText } from '../form/submission';
import { text } from '../locales/en';
import { words } from '../locales/en_settings';
import { api, type Key, type Scope } from './api';
import { Once } from './once';
import { Empty, Page, Section, Unready } from './page';
import { useRemote } from './remote';
import rows from './rows.module.css';
import { SaveForm } from './save_form';

const SCOPES = (['conversations:read', 'conversations:manage'] as const).map((value) => ({
  value,
  label: words.keys.scopes[value].name,
  hint: words.keys.scopes[value].can,
}));

/** The keys that programs show with their calls. */
export function Keys({ back }: { back: Parameters<typeof Page>[0]['back'] }) {
  const { remote, retry, refresh } = useRemote('keys', api.keys);
  const [made, setMade] = useState<(Key & { secret: string; curl: string }) | null>(null);
  const keys = remote.state === 'ready' ? remote.value.keys : [];
  const live = keys.filter((key) => key.revoked_at === null);
  const revoked = keys.filter((key) => key.revoked_at !== null);
  return (
    <Page heading={words.pages.keys} back={back}>
      <Unready remote={remote} retry={retry} />
      {remote.state === 'ready' && (
        <>
          <Section
            heading={words.pages.keys}
            lead={
              <>
                {words.keys.lead} {words.keys.docs}{' '}
                <a href="/docs" target="_blank" rel="noopener">
                  {words.keys.docsLink}
                </a>
                .
              </>
            }
          >
            {live.length === 0 ? (
              <Empty heading={words.keys.empty} lead={words.keys.emptyLead} />
            ) : (
              <ul class={rows.list}>
                {live.map((key) => (
                  <KeyRow
                    key={key.id}
                    of={key}
                    onRevoked={async () => {
                      if (made?.id === key.id) setMade(null);
                      await refresh();
                    }}
                  />
                ))}
              </ul>
            )}
            {revoked.length > 0 && (
              <details class={rows.folded}>
                <summary>{words.keys.revoked(revoked.length)}</summary>
                <ul class={rows.list}>
                  {revoked.map((key) => (
                    <KeyRow key={key.id} of={key} />
                  ))}
                </ul>
              </details>
            )}
          </Section>
          <Section heading={words.keys.new} lead={words.keys.newLead}>
            {made && (
              <Once
                heading={words.keys.secretOf(made.name)}
                lead={words.keys.secretLead}
                parts={[
                  { label: words.keys.secret, value: made.secret },
                  { label: words.keys.curl, value: made.curl },
                ]}
                onDone={() => setMade(null)}
              />
            )}
            <SaveForm
              clears
              verb={words.keys.make}
              busyVerb={words.keys.making}
              saved=""
              check={(form) => (fieldText(form, 'name').trim() === '' ? { name: words.keys.nameMissing } : {})}
              send={async (form) => {
                setMade(
                  await api.makeKey({ name: fieldText(form, 'name').trim(), scopes: [fieldText(form, 'scopes')] }),
                );
                await refresh();
              }}
            >
              {(state) => (
                <>
                  <Field name="name" label={words.keys.name} hint={words.keys.nameHint} wrong={state.fields.name} />
                  <Choices
                    legend={words.keys.scope}
                    name="scopes"
                    initial="conversations:read"
                    options={SCOPES}
                    wrong={state.fields.scopes}
                  />
                </>
              )}
            </SaveForm>
          </Section>
        </>
      )}
    </Page>
  );
}

function scopeName(scopes: readonly Scope[]): string {
  return words.keys.scopes[scopes.includes('conversations:manage') ? 'conversations:manage' : 'conversations:read']
    .name;
}

function KeyRow({ of: key, onRevoked }: { of: Key; onRevoked?: () => Promise<void> }) {
  const [asking, setAsking] = useState(false);
  const day = (instant: string): string => dateAndTime(Date.parse(instant), text.locale);
  return (
    <li class={rows.row} data-off={key.revoked_at !== null}>
      <div class={rows.main}>
        <p class={rows.name}>
          <bdi>{key.name}</bdi>
        </p>
        <p class={rows.meta}>
          <span>{scopeName(key.scopes)}</span>
          <span>{words.keys.made(day(key.created_at))}</span>
          <span>
            {key.revoked_at !== null
              ? words.keys.revokedAt(day(key.revoked_at))
              : key.last_used_at === null
                ? words.keys.neverUsed
                : words.keys.used(relativeTime(pastInstant(key.last_used_at, now.value), now.value, text.locale))}
          </span>
        </p>
      </div>
      {onRevoked && (
        <Button aria-label={words.keys.revokeKey(key.name)} onClick={() => setAsking(true)}>
          {words.keys.revoke}
        </Button>
      )}
      {asking && onRevoked && (
        <Confirm
          heading={words.keys.revokeQuestion(key.name)}
          lead={words.keys.revokeLead}
          verb={words.keys.revoke}
          danger
          onConfirm={async () => {
            await api.revokeKey(key.id);
            setAsking(false);
            await onRevoked();
          }}
          onCancel={() => setAsking(false)}
        />
      )}
    </li>
  );
}
