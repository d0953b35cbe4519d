/** Set by the build: one code for each file in `locales/`. */
declare const BECKON_LANGUAGES: string[];

/** The languages we speak. */
export const LANGUAGES: string[] = BECKON_LANGUAGES;

/** A code as `Intl` writes it, if we speak that language, in whatever region: `en-us` and `ar_AE` are English and Arabic. */
export function known(code: unknown): string | undefined {
  try {
    const [tag] = Intl.getCanonicalLocales((code as string).replace('_', '-'));
    return LANGUAGES.some((language) => `${tag}-`.startsWith(`${language}-`)) ? tag : undefined;
  } catch {
    // No text, or no code.
    return undefined;
  }
}
