import { Select } from '../../form/choices';
import { Field } from '../../form/field';
import { fieldText } from '../../form/submission';
import { text } from '../../locales/en';
import { words } from '../../locales/en_settings';
import { Section } from '../page';
import { SaveForm } from '../save_form';
import type { PartProps } from './widget_page';

/** Languages that the chat speaks. */
const LANGUAGES = ['en', 'ar'];
const names = new Intl.DisplayNames(text.locale, { type: 'language' });

/** What visitors read, and in which language. An empty field goes back to Beckon's own. */
export function Texts({ widget, save }: PartProps) {
  const spoken = widget.language === null ? [] : [widget.language];
  const languages = [...new Set([...LANGUAGES, ...spoken])];
  return (
    <Section heading={words.texts.heading} lead={words.texts.lead}>
      <SaveForm
        check={(form) => (fieldText(form, 'name').trim() === '' ? { name: words.widgets.nameMissing } : {})}
        send={(form) => {
          const orNone = (name: string): string | null => fieldText(form, name).trim() || null;
          return save({
            name: fieldText(form, 'name').trim(),
            team_name: orNone('team_name'),
            welcome: orNone('welcome'),
            language: orNone('language'),
          });
        }}
      >
        {({ fields }) => (
          <>
            <Field
              name="name"
              label={words.widgets.name}
              hint={words.widgets.nameHint}
              initial={widget.name}
              wrong={fields.name}
            />
            <Field
              name="team_name"
              label={words.texts.team}
              hint={words.texts.teamHint}
              initial={widget.team_name ?? ''}
              wrong={fields.team_name}
            />
            <Field
              name="welcome"
              label={words.texts.welcome}
              hint={words.texts.welcomeHint}
              initial={widget.welcome ?? ''}
              wrong={fields.welcome}
            />
            <Select
              name="language"
              label={words.texts.language}
              hint={words.texts.languageHint}
              initial={widget.language ?? ''}
              options={[
                { value: '', label: words.texts.page },
                ...languages.map((code) => ({ value: code, label: names.of(code) ?? code })),
              ]}
              wrong={fields.language}
            />
          </>
        )}
      </SaveForm>
    </Section>
  );
}
