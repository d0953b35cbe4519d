import { Button, IconButton, PlusIcon, XIcon } from '@beckon/ui';
import { contrast } from '@beckon/ui/contrast';
import { chosenStyles, type Theme } from '@beckon/ui/theme';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Confirm } from '../../dialog/confirm';
import { useAction } from '../../form/action';
import { Choices } from '../../form/choices';
import { Failure } from '../../form/field';
import { text } from '../../locales/en';
import { words } from '../../locales/en_settings';
import rows from '../rows.module.css';
import { useUnsaved } from '../unsaved';
import { Previews, type PreviewTexts } from './preview';
import { type Draft, faultsOf, hexColour, newOverride, type Override, themeOf, VARIABLES } from './theme_draft';
import styles from './themes.module.css';

/** The window's colour in the light and in the dark, where a theme sets none. */
const SURFACES = { light: '#ffffff', dark: '#191d1a' };
/** Least contrast of a control against what it stands on. */
const LEAST_CONTRAST = 3;
/** What the colour picker shows while there is no accent: the shipped ones. */
const SHIPPED = { accent: '#1c5f4e', accentDark: '#7ccbb0' };

const SCHEMES = (['system', 'light', 'dark'] as const).map((value) => ({
  value,
  label: words.themes.schemes[value].name,
  hint: words.themes.schemes[value].hint,
}));

/** Makes or changes one theme, with a picture of what it will be. */
export function ThemeEditor({
  initial,
  fixedName,
  exists,
  taken,
  texts,
  onSave,
  onDrop,
  onLeave,
}: {
  initial: Draft;
  /** It replaces a shipped one, whose name it keeps. */
  fixedName: boolean;
  /** It is saved already and can be deleted. */
  exists: boolean;
  taken: readonly string[];
  texts: PreviewTexts;
  onSave: (name: string, theme: Theme) => Promise<void>;
  onDrop: () => Promise<void>;
  onLeave: () => void;
}) {
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState(initial);
  const [faults, setFaults] = useState<Record<string, string>>({});
  const [dropping, setDropping] = useState(false);
  const { busy, failure, run } = useAction();
  useUnsaved(JSON.stringify(draft) !== JSON.stringify(initial));
  // The button that opened this is gone.
  useEffect(() => form.current?.querySelector<HTMLElement>('input')?.focus(), []);
  const change = (parts: Partial<Draft>): void => {
    setDraft({ ...draft, ...parts });
    setFaults({});
  };
  const theme = themeOf(draft);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const wrong = faultsOf(draft, taken);
    setFaults(wrong);
    const [first] = Object.keys(wrong);
    if (first === undefined) void run(() => onSave(draft.name, theme));
    else form.current?.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
  };
  return (
    <form ref={form} class={styles.editor} noValidate onSubmit={submit}>
      {fixedName ? (
        <p class={styles.label}>{draft.name}</p>
      ) : (
        <div class={styles.colour}>
          <label class={styles.label} for={`${id}-name`}>
            {words.themes.name}
          </label>
          <input
            id={`${id}-name`}
            name="name"
            class={styles.input}
            style={{ gridColumn: '1 / -1' }}
            value={draft.name}
            autoComplete="off"
            spellcheck={false}
            aria-invalid={faults.name !== undefined}
            aria-describedby={`${id}-name-below`}
            onInput={(event) => change({ name: event.currentTarget.value })}
          />
          <p id={`${id}-name-below`} class={`${styles.below} ${faults.name === undefined ? '' : styles.wrong}`}>
            {faults.name ?? words.themes.nameHint}
          </p>
        </div>
      )}
      <div class={styles.accents}>
        {draft.scheme !== 'dark' && (
          <Accent
            name="accent"
            label={words.themes.accent}
            hint={words.themes.accentHint}
            value={draft.accent}
            fallback={SHIPPED.accent}
            wrong={faults.accent}
            theme={theme}
            dark={false}
            onChange={(accent) => change({ accent })}
          />
        )}
        {draft.scheme !== 'light' && (
          <Accent
            name="accentDark"
            label={words.themes.accentDark}
            hint={words.themes.sameAsLight}
            value={draft.accentDark}
            fallback={hexColour(draft.accent) ?? SHIPPED.accentDark}
            wrong={faults.accentDark}
            theme={theme}
            dark
            onChange={(accentDark) => change({ accentDark })}
          />
        )}
      </div>
      <Previews name={draft.name || words.themes.new} theme={theme} texts={texts} />
      <Choices
        legend={words.themes.scheme}
        name={`${id}-scheme`}
        initial={initial.scheme}
        options={SCHEMES}
        onChoose={(scheme) => change({ scheme })}
      />
      <Overrides overrides={draft.overrides} faults={faults} onChange={(overrides) => change({ overrides })} />
      <Failure text={failure} />
      <div class={styles.actions}>
        <Button type="submit" variant="primary" disabled={busy}>
          {busy ? words.saving : words.themes.save}
        </Button>
        <Button variant="quiet" onClick={onLeave}>
          {text.cancel}
        </Button>
        {exists && (
          <Button variant="danger" onClick={() => setDropping(true)}>
            {fixedName ? words.themes.reset : words.themes.delete}
          </Button>
        )}
      </div>
      {dropping && (
        <Confirm
          heading={fixedName ? words.themes.resetQuestion : words.themes.deleteQuestion(initial.name)}
          lead={fixedName ? words.themes.resetLead : words.themes.deleteLead(initial.name)}
          verb={fixedName ? words.themes.reset : words.themes.delete}
          danger
          onConfirm={onDrop}
          onCancel={() => setDropping(false)}
        />
      )}
    </form>
  );
}

/** A colour to pick or to write, and how well it can be read. */
function Accent({
  name,
  label,
  hint,
  value,
  fallback,
  wrong,
  theme,
  dark,
  onChange,
}: {
  name: string;
  label: string;
  hint: string;
  value: string;
  fallback: string;
  wrong: string | undefined;
  theme: Theme;
  dark: boolean;
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div class={styles.colour}>
      <label class={styles.label} for={id}>
        {label}
      </label>
      <input
        type="color"
        class={styles.picker}
        value={hexColour(value) ?? fallback}
        aria-label={words.themes.pick(label)}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <input
        id={id}
        name={name}
        class={styles.input}
        value={value}
        placeholder={fallback}
        autoComplete="off"
        spellcheck={false}
        aria-invalid={wrong !== undefined}
        aria-describedby={`${id}-below`}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <p id={`${id}-below`} class={`${styles.below} ${wrong === undefined ? '' : styles.wrong}`}>
        {wrong ?? (value.trim() === '' ? hint : `${hint} ${fit(theme, dark)}`)}
      </p>
    </div>
  );
}

/** How an accent contrasts with the text on it and the window below it, in words; nothing while it is not written out. */
function fit(theme: Theme, dark: boolean): string {
  const chosen = chosenStyles(theme, dark);
  const accent = hexColour(chosen['--bk-accent'] ?? '');
  const onAccent = hexColour(chosen['--bk-on-accent'] ?? '');
  const surface = hexColour(chosen['--bk-surface'] ?? SURFACES[dark ? 'dark' : 'light']);
  if (accent === null || onAccent === null || surface === null) return '';
  const onWindow = contrast(accent, surface);
  const said = words.themes.fits(contrast(onAccent, accent).toFixed(1), onWindow.toFixed(1));
  return onWindow < LEAST_CONTRAST ? `${said} ${words.themes.faint}` : said;
}

/** Further variables, one a row. Folded while there is none. */
function Overrides({
  overrides,
  faults,
  onChange,
}: {
  overrides: readonly Override[];
  faults: Record<string, string>;
  onChange: (overrides: Override[]) => void;
}) {
  const replace = (key: number, parts: Partial<Override>): void =>
    onChange(overrides.map((one) => (one.key === key ? { ...one, ...parts } : one)));
  return (
    <details class={rows.folded} open={overrides.length > 0}>
      <summary>{words.themes.more}</summary>
      <div class={styles.overrides}>
        <p class={rows.note}>{words.themes.moreLead}</p>
        {overrides.map(({ key, variable, value, darkOnly }) => {
          const wrong = faults[`override-${key}`];
          return (
            <div key={key} class={styles.override}>
              <select
                class={styles.input}
                aria-label={words.themes.variable}
                value={variable}
                onChange={(event) => replace(key, { variable: event.currentTarget.value })}
              >
                {VARIABLES.map((known) => (
                  <option key={known} value={known}>
                    {known.slice('--bk-'.length)}
                  </option>
                ))}
              </select>
              <input
                name={`override-${key}`}
                class={styles.input}
                aria-label={`${words.themes.value}: ${variable}`}
                value={value}
                autoComplete="off"
                spellcheck={false}
                maxLength={64}
                aria-invalid={wrong !== undefined}
                onInput={(event) => replace(key, { value: event.currentTarget.value })}
              />
              <label class={styles.darkOnly}>
                <input
                  type="checkbox"
                  checked={darkOnly}
                  onChange={(event) => replace(key, { darkOnly: event.currentTarget.checked })}
                />
                {words.themes.darkOnly}
              </label>
              <IconButton
                label={words.themes.removeVariable(variable)}
                onClick={() => onChange(overrides.filter((one) => one.key !== key))}
              >
                <XIcon size={16} />
              </IconButton>
              {wrong !== undefined && <p class={styles.wrong}>{wrong}</p>}
            </div>
          );
        })}
        <div>
          <Button onClick={() => onChange([...overrides, newOverride(unused(overrides))])}>
            <PlusIcon size={16} />
            {words.themes.addVariable}
          </Button>
        </div>
      </div>
    </details>
  );
}

/** The next variable that has no row yet. */
function unused(overrides: readonly Override[]): string {
  return VARIABLES.find((known) => overrides.every(({ variable }) => variable !== known)) ?? VARIABLES[0];
}
