export { Avatar, type AvatarProps } from './avatar';
export { Button, type ButtonProps, IconButton, type IconButtonProps } from './button';
export { Dot } from './dot';
export type { IconProps } from './glyph';
export * from './icons';
export { isEnter, isInputMethods, type KeyPress } from './keys';
export { safeHref } from './linkify';
export { Mark } from './mark';
export { hueOf, initials } from './name_face';
export { PlainText } from './plain_text';
export {
  calendarDay,
  dateAndTime,
  dayName,
  lengthOfTime,
  pastInstant,
  relativeTime,
  shortWhen,
  timeOfDay,
} from './time';
