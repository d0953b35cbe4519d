import styles from './avatar.module.css';
import { RobotIcon, UserIcon } from './icons';

/** Angles of the six quiet hues, degrees in oklch. */
const HUES = [30, 85, 150, 200, 255, 330] as const;

/** Whom an avatar stands for. */
export interface AvatarProps {
  /** Stable id; picks the hue, so that a person keeps theirs everywhere. */
  id: string;
  /** Name to take initials from; without one a visitor is an icon, never an invented name. */
  name?: string | undefined;
  bot?: boolean;
  /** CSS pixels: 32 in lists and headers, 24 in a thread. */
  size?: number;
}

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

/** Rounded square with initials, or an icon for a visitor without a name and for a bot. Always beside a written name. */
export function Avatar({ id, name, bot = false, size = 32 }: AvatarProps) {
  const letters = bot || !name ? '' : initials(name);
  const icon = Math.round(size * 0.6);
  return (
    <span
      class={styles.avatar}
      aria-hidden="true"
      style={{ '--bk-avatar-size': `${size / 16}rem`, '--bk-avatar-hue': String(hueOf(id)) }}
    >
      {bot ? <RobotIcon size={icon} /> : letters || <UserIcon size={icon} />}
    </span>
  );
}
