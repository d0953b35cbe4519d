/** Angles of the six quiet hues, degrees in oklch. */
const HUES = [30, 85, 150, 200, 255, 330] as const;

/** One hue of six for an id, by a small stable hash. */
export function hueOf(id: string): number {
  let hash = 2166136261;
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  return HUES[(hash >>> 0) % HUES.length] ?? HUES[0];
}

/** Up to two initials: of the first and the last word that begins with a letter or number. */
export function initials(name: string): string {
  const words = name.normalize('NFC').match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’-]*/gu) ?? [];
  const first = words[0];
  const last = words.length > 1 ? words[words.length - 1] : undefined;
  return [first, last]
    .map((word) => (word ? (Array.from(word)[0] ?? '') : ''))
    .join('')
    .toLocaleUpperCase();
}
