/** Longest address and title of a page that the server keeps, characters. */
export const URL_LENGTH = 2048;
export const TITLE_LENGTH = 300;

/** Without halves of characters, which have no UTF-8: with the flag `u` only they are found. */
export const wellFormed = (text: string): string => text.replace(/[\uD800-\uDFFF]/gu, '\uFFFD');

/** The start of what a site made longer than anyone reads, or cut in the middle of a character. */
export const cut = (text: string, most: number): string => wellFormed(text.slice(0, most));
