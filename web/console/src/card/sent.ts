import { lengthOfTime, relativeTime } from '@beckon/ui';
import type { Origin } from './origin';
import { words } from './words';

/** Values closer in time than this count as of one moment. */
const ONE_MOMENT_MS = 60_000;

/** What the age and the page of a value are measured by. */
export interface SentBeside {
  /** The value that was sent last. */
  readonly newest: Origin | undefined;
  /** When the conversation began, milliseconds; undefined while that is not known. */
  readonly startedAt: number | undefined;
}

/** The value of a context that was sent last. */
export function newestOf(origins: ReadonlyMap<string, Origin>): Origin | undefined {
  let newest: Origin | undefined;
  for (const origin of origins.values()) {
    // Of those of one call the last: it is where the visitor went on.
    if (!newest || Date.parse(origin.sentAt) >= Date.parse(newest.sentAt)) newest = origin;
  }
  return newest;
}

/**
 * *from /checkout, 12 min ago*, *sent 40 min before this conversation*, *best guess*: what is worth knowing of when and where a
 * value was sent; undefined for one that came with the newest, from the same page.
 */
export function sentWords(origin: Origin, beside: SentBeside, now: number, locale: string): string | undefined {
  const { newest, startedAt } = beside;
  const at = Date.parse(origin.sentAt);
  const old = newest !== undefined && Date.parse(newest.sentAt) - at > ONE_MOMENT_MS;
  const early = startedAt !== undefined && startedAt - at > ONE_MOMENT_MS;
  const page = origin.page !== undefined && (origin.guessed || origin.page !== newest?.page) ? origin.page : undefined;
  const parts = [
    [
      page && words.fromPage(placeOf(page, newest?.page)),
      old && !early && relativeTime(Math.min(at, now), now, locale),
    ],
    [early && words.sentBefore(lengthOfTime(startedAt - at, locale))],
    [origin.guessed && words.guessed],
  ].map((part) => part.filter((said) => said).join(', '));
  const said = parts.filter((part) => part !== '').join(' · ');
  return said === '' ? undefined : said;
}

/** The path of a page; its host as well where that is another one. */
export function placeOf(page: string, beside?: string): string {
  const [there, here] = [page, beside].map((address) =>
    URL.canParse(address ?? '') ? new URL(address ?? '') : undefined,
  );
  if (!there) return page;
  return here && here.host !== there.host ? there.host + there.pathname : there.pathname;
}
