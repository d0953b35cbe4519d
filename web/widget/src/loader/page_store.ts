import type { ContextCall, SiteKept } from '../port';

type Place = 'localStorage' | 'sessionStorage';

/** The site's own storage; every name starts with `beckon:`. A site may block it: then nothing outlives the page. */
function read<Value>(place: Place, name: string, otherwise: Value): Value {
  try {
    return (JSON.parse(window[place].getItem(`beckon:${name}`) as string) as Value | null) || otherwise;
  } catch {
    return otherwise;
  }
}

function write(place: Place, name: string, value: unknown): void {
  try {
    window[place].setItem(`beckon:${name}`, JSON.stringify(value));
  } catch {
    // Blocked or full: kept for this page only.
  }
}

/** What the widget keeps across pages and tabs. Who the visitor is stays in the iframe, unless that forgets it. */
export const readKept = (widget: string): SiteKept => read<SiteKept>('localStorage', widget, {});

/** Changes what is named; undefined takes away. */
export const keep = (widget: string, kept: SiteKept): void =>
  write('localStorage', widget, { ...readKept(widget), ...kept });

/** Of a person who has left, nothing of the tab counts. */
const eraOf = (widget: string): string | true => readKept(widget).era || true;

/** Whether the window was open on the page before, in this tab, for the same person. */
export const readOpen = (widget: string): boolean =>
  read<unknown>('sessionStorage', `${widget}:open`, false) === eraOf(widget);

export const writeOpen = (widget: string, open: boolean): void =>
  write('sessionStorage', `${widget}:open`, open && eraOf(widget));

type Calls = { [client_id: string]: ContextCall | undefined };

/** By id and not in an array, because old libraries change what arrays become in JSON. */
const storedCalls = (widget: string): Calls => read<Calls>('sessionStorage', widget, {});

/** Context calls of this tab that the app has not taken over yet, oldest first. Not those of a person who has left. */
export const readCalls = (widget: string): ContextCall[] =>
  (Object.values(storedCalls(widget)) as ContextCall[]).filter(({ era }) => era === readKept(widget).era);

/** Remembers a context call until the app has taken it over; without `call`, forgets the one with this id. */
export const keepCall = (widget: string, client_id: string, call?: ContextCall): void =>
  write('sessionStorage', widget, {
    ...storedCalls(widget),
    [client_id]: call && { ...call, era: readKept(widget).era },
  });

/** Forgets them all. */
export const forgetCalls = (widget: string): void => write('sessionStorage', widget, {});
