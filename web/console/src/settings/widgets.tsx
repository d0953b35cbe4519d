import { CaretRightIcon } from '@beckon/ui';
import { Choices } from '../form/choices';
import { Field } from '../form/field';
import { fieldText } from '../form/submission';
import { words } from '../locales/en_settings';
import { go, hrefOf } from '../route';
import { api, type Widget } from './api';
import { Empty, Page, Section, Unready } from './page';
import { useRemote } from './remote';
import rows from './rows.module.css';
import { SaveForm } from './save_form';

const THREADS = [
  { value: 'many', label: words.widgets.many, hint: words.conversations.manyOn },
  { value: 'single', label: words.widgets.single, hint: words.conversations.manyOff },
] as const;

/** All widgets, and the way to a new one. */
export function Widgets({ back }: { back: Parameters<typeof Page>[0]['back'] }) {
  const { remote, retry } = useRemote('widgets', api.widgets);
  return (
    <Page heading={words.pages.widgets} back={back}>
      <Unready remote={remote} retry={retry} />
      {remote.state === 'ready' && (
        <>
          <Section heading={words.pages.widgets} lead={words.widgets.lead}>
            {remote.value.widgets.length === 0 ? (
              <Empty heading={words.widgets.empty} lead={words.widgets.emptyLead} />
            ) : (
              <ul class={rows.list}>
                {remote.value.widgets.map((widget) => (
                  <WidgetRow key={widget.id} widget={widget} />
                ))}
              </ul>
            )}
          </Section>
          <Section heading={words.widgets.new} lead={words.widgets.newLead}>
            <SaveForm
              clears
              verb={words.widgets.make}
              busyVerb={words.widgets.making}
              saved=""
              check={(form) => (fieldText(form, 'name').trim() === '' ? { name: words.widgets.nameMissing } : {})}
              send={async (form) => {
                const name = fieldText(form, 'name').trim();
                const made = await api.makeWidget({ name, multi_thread: fieldText(form, 'multi_thread') === 'many' });
                form.reset();
                // After the form has settled: what was sent is not unsaved any more.
                setTimeout(() => go({ page: 'settings', place: { name: 'widget', id: made.id } }));
              }}
            >
              {(state) => (
                <>
                  <Field
                    name="name"
                    label={words.widgets.name}
                    hint={words.widgets.nameHint}
                    wrong={state.fields.name}
                  />
                  <Choices
                    legend={words.conversations.heading}
                    name="multi_thread"
                    initial="many"
                    options={THREADS}
                    wrong={state.fields.multi_thread}
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

function WidgetRow({ widget }: { widget: Widget }) {
  const origins = widget.allowed_origins;
  const [only] = origins;
  return (
    <li class={rows.row}>
      <a class={rows.link} href={hrefOf({ page: 'settings', place: { name: 'widget', id: widget.id } })}>
        <span class={rows.main}>
          <span class={rows.name}>
            <bdi>{widget.name}</bdi>
          </span>
          <span class={rows.meta}>
            <span>{widget.multi_thread ? words.widgets.many : words.widgets.single}</span>
            <span>
              {only === undefined
                ? words.widgets.anywhere
                : origins.length === 1
                  ? only
                  : words.widgets.origins(origins.length)}
            </span>
          </span>
        </span>
        <CaretRightIcon size={16} />
      </a>
    </li>
  );
}
