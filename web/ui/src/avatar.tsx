import styles from './avatar.module.css';
import { RobotIcon, UserIcon } from './icons';
import { hueOf, initials } from './name_face';

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
