/** Unread messages in front of the page's title. What the site has there comes back to the letter, also when it changes meanwhile. */
export function createTitle(): { set(count: number, tag: string): void; own(): string } {
  let prefix = '';
  /** What we last wrote; undefined: the title is the site's. */
  let written: string | undefined;
  let site = '';

  function write(): void {
    const element = document.querySelector('head title');
    const text = element ? element.textContent : '';
    // Anything else is new from the site.
    if (text !== written) site = text;
    const wanted = prefix ? prefix + site : undefined;
    if (wanted === written && (written === undefined || text === written)) return;
    if (wanted === undefined) {
      if (element && text === written) element.textContent = site;
    } else if (element) element.textContent = wanted;
    else document.title = wanted;
    written = wanted;
  }

  // A site that goes from page to page by itself writes its title anew.
  const observer = new MutationObserver(write);

  return {
    set(count, tag) {
      const next = count ? `(${new Intl.NumberFormat(tag).format(count)}) ` : '';
      if (next === prefix) return;
      prefix = next;
      observer.disconnect();
      write();
      if (prefix) observer.observe(document.head, { childList: true, subtree: true, characterData: true });
    },
    own: () => (written === undefined ? document.title : site.trim()),
  };
}
