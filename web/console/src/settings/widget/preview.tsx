import { Avatar, Mark, PaperPlaneIcon, XIcon } from '@beckon/ui';
import { isDark, type Theme, themeVariables } from '@beckon/ui/theme';
import { words } from '../../locales/en_settings';
import styles from './preview.module.css';

/** The texts that the real chat would show. */
export interface PreviewTexts {
  team: string;
  welcome: string;
}

/** A theme as visitors with a light and with a dark system see it; one picture where it is the same for both. */
export function Previews({ name, theme, texts }: { name: string; theme: Theme; texts: PreviewTexts }) {
  const modes = theme.scheme === undefined ? [false, true] : [theme.scheme === 'dark'];
  return (
    <div class={styles.pair}>
      {modes.map((systemDark) => (
        <Preview key={String(systemDark)} name={name} theme={theme} systemDark={systemDark} texts={texts} />
      ))}
    </div>
  );
}

/** The chat's window and launcher in miniature, drawn from the same tokens and rules as the real ones. */
function Preview({
  name,
  theme,
  systemDark,
  texts,
}: {
  name: string;
  theme: Theme;
  systemDark: boolean;
  texts: PreviewTexts;
}) {
  const dark = isDark(theme, systemDark);
  const mode = dark ? words.themes.dark : words.themes.light;
  return (
    <div
      class={styles.stage}
      data-theme={dark ? 'dark' : 'light'}
      style={themeVariables(theme, systemDark)}
      role="img"
      aria-label={words.themes.preview(name, mode)}
    >
      <div class={styles.window} aria-hidden="true">
        <div class={styles.header}>
          <span class={styles.mark}>
            <Mark size={24} dot={false} />
          </span>
          <div class={styles.names}>
            <p class={styles.name}>{texts.team}</p>
            <p class={styles.presence}>
              <span class={styles.here} />
              {words.themes.sampleOnline}
            </p>
          </div>
          <span class={styles.x}>
            <XIcon />
          </span>
        </div>
        <div class={styles.thread}>
          <p class={styles.welcome}>{texts.welcome}</p>
          <p class={`${styles.bubble} ${styles.mine}`}>{words.themes.sampleMine}</p>
          <div class={styles.theirs}>
            <Avatar id="preview" name={words.themes.sampleTeam} size={24} />
            <p class={styles.bubble}>{words.themes.sampleTheirs}</p>
          </div>
        </div>
        <div class={styles.composer}>
          <span class={styles.field}>{words.themes.sampleWrite}</span>
          <span class={styles.send}>
            <PaperPlaneIcon />
          </span>
        </div>
      </div>
      <div class={styles.launcher} aria-hidden="true">
        <Mark size={28} dot={false} />
        <span class={styles.badge}>1</span>
      </div>
    </div>
  );
}
