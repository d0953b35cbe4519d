import type { Row } from '@beckon/sdk';
import { signal } from '@preact/signals';
import icon from '../favicon.svg';
import { visitorName } from '../names';
import { want, wants } from './preferences';

/** What the browser lets this page do. `unsupported`: it knows no notifications, or not on a page without HTTPS. */
export type Permission = NotificationPermission | 'unsupported';

/** Grows when the browser may have been answered; its permission is no signal. */
const answered = signal(0);

function current(): Permission {
  return 'Notification' in globalThis ? Notification.permission : 'unsupported';
}

function allowed(): Permission {
  answered.value;
  return current();
}

/** Whether desktop notifications come: the agent wants them, and the browser allows them. */
export function notifies(): boolean {
  return wants('notifications') && allowed() === 'granted';
}

/** The browser said no, or cannot. */
export function notificationsBlocked(): boolean {
  return ['denied', 'unsupported'].includes(allowed());
}

/** Turns notifications on; the only place that ever asks the browser for permission. Called by a button alone. */
export async function turnOnNotifications(): Promise<void> {
  if (current() === 'default') await Notification.requestPermission();
  answered.value++;
  want('notifications', current() === 'granted');
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
