import { Button } from '@beckon/ui';
import type { Theme } from '@beckon/ui/theme';
import { useId, useState } from 'preact/hooks';
import { words } from '../../locales/en_settings';
import { api } from '../api';
import { CopyBlock } from '../copy';
import { Section, Unready } from '../page';
import { useRemote } from '../remote';
import rows from '../rows.module.css';
import { Previews, type PreviewTexts } from './preview';
import { draftOf } from './theme_draft';
import { ThemeEditor } from './theme_editor';
import styles from './themes.module.css';
import type { PartProps } from './widget_page';

/** A widget's own themes are at most so many; the server's limit. */
const MOST = 12;
/** The one shipped theme that a widget may replace. */
const REPLACEABLE = 'default';

/** The looks that a page may choose: those shipped, and own ones, with a picture of the chosen one. */
export function Themes({ widget, save }: PartProps) {
  const own = widget.themes;
  // What pages get, read where they read it, whenever the own ones change.
  const { remote, retry } = useRemote(`${widget.id} ${JSON.stringify(own)}`, () => api.themes(widget.id));
  const [shown, setShown] = useState(REPLACEABLE);
  const [editing, setEditing] = useState<string | null>(null);
  const texts: PreviewTexts = {
    team: widget.team_name ?? widget.name,
    welcome: widget.welcome ?? words.themes.sampleWelcome,
  };
  const ownNames = Object.keys(own);
  const all = { ...(remote.state === 'ready' ? remote.value.themes : {}), ...own };

  const saveOne = async (before: string, name: string, theme: Theme): Promise<void> => {
    const { [before]: _replaced, ...others } = own;
    await save({ themes: { ...others, [name]: theme } });
    setShown(name);
    setEditing(null);
  };
  const dropOne = async (name: string): Promise<void> => {
    const { [name]: _dropped, ...others } = own;
    await save({ themes: others });
    setShown(REPLACEABLE);
    setEditing(null);
  };

  return (
    <Section heading={words.themes.heading} lead={words.themes.lead}>
      {editing !== null ? (
        <ThemeEditor
          key={editing}
          initial={draftOf(editing, own[editing] ?? (editing === '' ? {} : (all[editing] ?? {})))}
          fixedName={editing === REPLACEABLE}
          exists={editing in own}
          taken={Object.keys(all).filter((name) => name !== editing)}
          texts={texts}
          onSave={(name, theme) => saveOne(editing, name, theme)}
          onDrop={() => dropOne(editing)}
          onLeave={() => setEditing(null)}
        />
      ) : (
        <>
          {/* Own ones are known before the shipped ones are read. */}
          <Unready remote={remote} retry={retry} />
          {remote.state === 'ready' && (
            <>
              <ThemeList
                all={all}
                own={ownNames}
                shown={all[shown] ? shown : REPLACEABLE}
                onShow={setShown}
                onEdit={setEditing}
              />
              <Previews name={shown} theme={all[shown] ?? {}} texts={texts} />
              <CopyBlock label={words.themes.use} value={`liveChat('set_theme', '${shown}');`} />
              {ownNames.length >= MOST ? (
                <p class={rows.note}>{words.themes.full}</p>
              ) : (
                <div>
                  <Button onClick={() => setEditing('')}>{words.themes.new}</Button>
                </div>
              )}
            </>
          )}
        </>
      )}
    </Section>
  );
}

function ThemeList({
  all,
  own,
  shown,
  onShow,
  onEdit,
}: {
  all: { [name: string]: Theme };
  own: readonly string[];
  shown: string;
  onShow: (name: string) => void;
  onEdit: (name: string) => void;
}) {
  const group = useId();
  return (
    <fieldset class={styles.list}>
      <legend class="bk-spoken">{words.themes.heading}</legend>
      {Object.keys(all).map((name) => {
        const mine = own.includes(name);
        return (
          <div key={name} class={styles.row} data-shown={name === shown}>
            <label class={styles.choice}>
              <input type="radio" name={group} checked={name === shown} onChange={() => onShow(name)} />
              <Swatches theme={all[name] ?? {}} />
              <bdi class={styles.name}>{name}</bdi>
              <span class={styles.whose}>
                {mine ? (name === REPLACEABLE ? words.themes.changed : words.themes.own) : words.themes.shipped}
              </span>
            </label>
            {(mine || name === REPLACEABLE) && (
              <Button variant="quiet" aria-label={words.themes.editNamed(name)} onClick={() => onEdit(name)}>
                {words.themes.edit}
              </Button>
            )}
          </div>
        );
      })}
    </fieldset>
  );
}

/** A theme's accent in the light and in the dark; the shipped green where it names none. */
function Swatches({ theme }: { theme: Theme }) {
  const light = theme.styles?.['--bk-accent'];
  const dark = theme.darkStyles?.['--bk-accent'] ?? light;
  return (
    <span class={styles.swatches} aria-hidden="true">
      {theme.scheme !== 'dark' && <Swatch scheme="light" accent={light} />}
      {theme.scheme !== 'light' && <Swatch scheme="dark" accent={dark} />}
    </span>
  );
}

function Swatch({ scheme, accent }: { scheme: 'light' | 'dark'; accent: string | undefined }) {
  return <span class={styles.swatch} data-theme={scheme} style={accent ? { '--bk-accent': accent } : {}} />;
}
