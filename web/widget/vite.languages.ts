import { readdirSync } from 'node:fs';

/** What the build tells the sources: the languages there are, one for each file in `src/locales`. */
export const languages = {
  BECKON_LANGUAGES: JSON.stringify(
    readdirSync(new URL('./src/locales/', import.meta.url))
      .filter((file) => file.endsWith('.ts'))
      .map((file) => file.slice(0, -3)),
  ),
};
