/** A run of plain text, or a link to one of the four harmless schemes. Rendered as text nodes and `<a>`, never as markup. */
export type TextPart = { text: string; href?: string };

/** Where a link may lead. Everything else stays text. */
const SCHEMES = new Set(['http:', 'https:', 'mailto:', 'tel:']);
// Linear on purpose: no nested repetition, so a hostile message cannot stall the page.
const CANDIDATE = /(?:https?:\/\/|mailto:|tel:)[^\s\p{Cc}<>"]+|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/giu;
const TRAILING = /[.,;:!?'"»”’]$/u;

/** The address as it may be opened, or `undefined` if its scheme is not http, https, mailto or tel. */
export function safeHref(address: string): string | undefined {
  try {
    const url = new URL(address);
    return SCHEMES.has(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** A full stop after an address belongs to the sentence; so does a closing bracket that was not opened in it. */
function trim(candidate: string): string {
  let end = candidate.length;
  let unopened = candidate.split(')').length - candidate.split('(').length;
  for (; end > 0; end--) {
    const last = candidate.charAt(end - 1);
    if (last === ')' && unopened > 0) unopened--;
    else if (!TRAILING.test(last)) break;
  }
  return candidate.slice(0, end);
}

/** Splits text into plain runs and links. Joined together the parts' texts are exactly the input. */
export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let done = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const address = trim(match[0]);
    const href = safeHref(/^(?:https?|mailto|tel):/iu.test(address) ? address : `mailto:${address}`);
    if (href === undefined) continue;
    if (match.index > done) parts.push({ text: text.slice(done, match.index) });
    parts.push({ text: address, href });
    done = match.index + address.length;
  }
  if (done < text.length) parts.push({ text: text.slice(done) });
  return parts;
}
