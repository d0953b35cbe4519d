/**
 * The origin at the start of an http address as browsers write it, without a scheme's own port; null: the server would refuse it.
 * The same rule as the server's, so that it is said before anything is sent.
 */
export function normalOrigin(typed: string): string | null {
  const [, scheme, authority] = /^(https?):\/\/([a-z0-9.\-:[\]_]+)(?:[/?#].*)?$/i.exec(typed.trim()) ?? [];
  if (scheme === undefined || authority === undefined || authority.startsWith(':')) return null;
  const origin = `${scheme}://${authority}`.toLowerCase();
  return origin.replace(origin.startsWith('https') ? /:443$/ : /:80$/, '');
}

/** The origin of a host that was typed with a scheme or without, which means https; null as above. */
export function originOfHost(typed: string): string | null {
  const host = typed.trim();
  return normalOrigin(host.includes('://') ? host : `https://${host}`);
}
