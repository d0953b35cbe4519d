import { Field } from '../../form/field';
import { fieldText } from '../../form/submission';
import { words } from '../../locales/en_settings';
import { Section } from '../page';
import { SaveForm } from '../save_form';
import type { PartProps } from './widget_page';

/** The server's limit: 30 days. */
const MOST_HOURS = 720;

/** The hours typed; null: not a whole number of hours that the server takes. */
function hoursIn(form: HTMLFormElement): number | null {
  const typed = fieldText(form, 'guess_hours').trim();
  const hours = /^\d{1,3}$/.test(typed) ? Number(typed) : Number.NaN;
  return hours <= MOST_HOURS ? hours : null;
}

/** For how long context that a page sends may go to a conversation that is not on screen. */
export function Guess({ widget, save }: PartProps) {
  return (
    <Section heading={words.guess.heading} lead={words.guess.lead}>
      <SaveForm
        check={(form) => (hoursIn(form) === null ? { guess_hours: words.guess.wrong } : {})}
        send={(form) => save({ guess_hours: hoursIn(form) ?? widget.guess_hours })}
      >
        {({ fields }) => (
          <Field
            name="guess_hours"
            label={words.guess.hours}
            hint={words.guess.hint}
            initial={String(widget.guess_hours)}
            maxLength={3}
            wrong={fields.guess_hours}
          />
        )}
      </SaveForm>
    </Section>
  );
}
