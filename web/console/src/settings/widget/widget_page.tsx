import { useAction } from '../../form/action';
import { Switch } from '../../form/choices';
import { Failure } from '../../form/field';
import { words } from '../../locales/en_settings';
import { api, type Widget, type WidgetChange } from '../api';
import { Page, Saved, Section, Unready } from '../page';
import { useRemote } from '../remote';
import { Guess } from './guess';
import { Install } from './install';
import { normalOrigin, originOfHost } from './origin';
import { TextList } from './text_list';
import { Texts } from './texts';
import { Themes } from './themes';

/** What each part of the page gets: the widget, and the way to change it. `save` throws when the server refuses. */
export interface PartProps {
  widget: Widget;
  save: (change: WidgetChange) => Promise<void>;
}

/** One widget: how it gets onto a site, and all that can be set. */
export function WidgetPage({ id, publicUrl }: { id: string; publicUrl: string }) {
  const { remote, retry, refresh, set } = useRemote(id, () => api.widget(id));
  const back = { to: { name: 'widgets' }, label: words.backToWidgets, always: true } as const;
  if (remote.state !== 'ready') {
    return (
      <Page heading={words.pages.widgets} back={back}>
        <Unready remote={remote} retry={retry} />
      </Page>
    );
  }
  const widget = remote.value;
  const part: PartProps = {
    widget,
    save: async (change) => set(await api.changeWidget(id, change)),
  };
  return (
    <Page heading={widget.name} back={back}>
      <Install widget={widget} publicUrl={publicUrl} look={refresh} />
      <Origins {...part} />
      <Texts {...part} />
      <Behaviour {...part} />
      <Themes {...part} />
      <ImageHosts {...part} />
      {widget.multi_thread && <Guess {...part} />}
      <ProtectedKeys {...part} />
    </Page>
  );
}

function Origins({ widget, save }: PartProps) {
  const origins = widget.allowed_origins;
  return (
    <Section heading={words.origins.heading} lead={words.origins.lead}>
      <TextList
        items={origins}
        field="allowed_origins"
        label={words.origins.label}
        hint={words.origins.hint}
        placeholder="https://shop.example"
        empty={words.origins.any}
        read={(typed) => {
          const origin = normalOrigin(typed);
          if (origin === null)
            return { wrong: /[^\p{ASCII}]/u.test(typed) ? words.origins.letters : words.origins.wrong };
          return origins.includes(origin) ? { wrong: words.origins.twice } : { item: origin };
        }}
        save={(items) => save({ allowed_origins: items })}
      />
    </Section>
  );
}

function ImageHosts({ widget, save }: PartProps) {
  const hosts = widget.image_hosts;
  return (
    <Section heading={words.images.heading} lead={words.images.lead}>
      <TextList
        items={hosts}
        field="image_hosts"
        label={words.images.label}
        hint={words.images.hint}
        placeholder="cdn.example.com"
        empty={words.images.none}
        read={(typed) => {
          const origin = originOfHost(typed);
          if (origin === null) return { wrong: words.images.wrong };
          return hosts.includes(origin) ? { wrong: words.images.twice } : { item: origin };
        }}
        save={(items) => save({ image_hosts: items })}
      />
    </Section>
  );
}

function ProtectedKeys({ widget, save }: PartProps) {
  const keys = widget.protected_keys;
  return (
    <Section heading={words.locked.heading} lead={words.locked.lead}>
      <TextList
        items={keys}
        field="protected_keys"
        label={words.locked.label}
        hint={words.locked.hint}
        empty={words.locked.empty}
        code
        read={(typed) => {
          if (typed === '') return { wrong: words.locked.missing };
          return keys.includes(typed) ? { wrong: words.locked.twice } : { item: typed };
        }}
        save={(items) => save({ protected_keys: items })}
      />
    </Section>
  );
}

/** What is on or off. Each is saved when it is pressed. */
function Behaviour({ widget, save }: PartProps) {
  return (
    <>
      <Section heading={words.conversations.heading} lead={words.conversations.lead}>
        <Setting
          label={words.conversations.many}
          hint={widget.multi_thread ? words.conversations.manyOn : words.conversations.manyOff}
          on={widget.multi_thread}
          save={(on) => save({ multi_thread: on })}
        />
      </Section>
      <Section heading={words.attention.heading} lead={words.attention.lead}>
        <Setting
          label={words.attention.title}
          hint={words.attention.titleHint}
          on={widget.title_unread}
          save={(on) => save({ title_unread: on })}
        />
        <Setting
          label={words.attention.sound}
          hint={words.attention.soundHint}
          on={widget.sound}
          save={(on) => save({ sound: on })}
        />
      </Section>
      <Section heading={words.visitors.heading} lead={words.visitors.lead}>
        <Setting
          label={words.visitors.remember}
          hint={widget.host_handle ? words.visitors.rememberOn : words.visitors.rememberOff}
          on={widget.host_handle}
          save={(on) => save({ host_handle: on })}
        />
      </Section>
    </>
  );
}

function Setting({
  label,
  hint,
  on,
  save,
}: {
  label: string;
  hint: string;
  on: boolean;
  save: (on: boolean) => Promise<void>;
}) {
  const { busy, saved, failure, run } = useAction();
  return (
    <div>
      <Switch label={label} hint={hint} on={on} busy={busy} onChange={(wanted) => void run(() => save(wanted))}>
        <Saved shown={saved} />
      </Switch>
      <Failure text={failure} />
    </div>
  );
}
