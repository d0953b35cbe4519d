import type { Row } from '@beckon/sdk';
import { signal } from '@preact/signals';
import icon from '../favicon.svg';
import { visitorName } from '../names';
import { want, wants } from './preferences';

/** What the browser lets this page do. `unsupported`: it knows no notifications, or not on a page without HTTPS. */
export type Permission = NotificationPermission | 'unsupported';

const permission = signal<Permission>(current());

function current(): Permission {
  return 'Notification' in globalThis ? Notification.permission : 'unsupported';
}

/** Whether desktop notifications come: the agent wants them, and the browser allows them. */
export function notifies(): boolean {
  return wants('notifications') && permission.value === 'granted';
}

/** The browser said no, or cannot. */
export function notificationsBlocked(): boolean {
  return permission.value === 'denied' || permission.value === 'unsupported';
}

/** Turns notifications on; the only place that ever asks the browser for permission. Called by a button alone. */
export async function turnOnNotifications(): Promise<void> {
  if (current() === 'default') await Notification.requestPermission();
  permission.value = current();
  want('notifications', permission.value === 'granted');
}

export function turnOffNotifications(): void {
  want('notifications', false);
}

/** Tells of a message outside of the page. One per conversation: a newer replaces it. A press on it calls `open`. */
export function notify(row: Row, open: () => void): void {
  if (!notifies()) return;
  try {
    const notification = new Notification(visitorName(row), {
      body: row.preview?.text ?? '',
      tag: `beckon ${row.conversation}`,
      icon,
    });
    notification.onclick = () => {
      window.focus();
      open();
      notification.close();
    };
  } catch {
    // Some phones only take notifications from a worker.
  }
}
