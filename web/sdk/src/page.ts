/** What a page tells the connection that lives in it. */
export interface PageListener {
  /** Somebody looks at it, or the network is back: a good moment to find out whether the connection is alive. */
  looked(): void;
  /** It goes to another address, perhaps into the browser's back/forward cache, or the browser freezes it. Nobody is here any more. */
  left(): void;
  /** It is back from there, as it was. */
  returned(): void;
}

/** Listens to the browser's events of this page. Where there is no page, nothing is ever heard. */
export function watchPage({ looked, left, returned }: PageListener): () => void {
  const { document, window } = globalThis;
  if (!document) return () => undefined;
  const seen = () => {
    if (document.visibilityState !== 'hidden') looked();
  };
  const events: [EventTarget, string, () => void][] = [
    [document, 'visibilitychange', seen],
    [window, 'focus', seen],
    [window, 'online', looked],
    [window, 'pagehide', left],
    [document, 'freeze', left],
    [window, 'pageshow', returned],
    [document, 'resume', returned],
  ];
  for (const [target, name, run] of events) target.addEventListener(name, run);
  return () => {
    for (const [target, name, run] of events) target.removeEventListener(name, run);
  };
}
