export { Avatar, type AvatarProps, hueOf, initials } from './avatar';
export { Button, type ButtonProps, IconButton, type IconButtonProps } from './button';
export { Dot } from './dot';
export type { IconProps } from './glyph';
export * from './icons';
export { safeHref } from './linkify';
export { Mark } from './mark';
export { PlainText } from './plain_text';
export { calendarDay, dateAndTime, dayName, relativeTime, shortWhen, timeOfDay } from './time';
