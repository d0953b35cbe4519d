import type { Theme } from '@beckon/ui/theme';
import { ask, Refused } from '../http';
import { type Agent, asAgent, refreshSession, type SessionBody } from '../session';

/** Somebody who answers, as colleagues see them; e-mails are for admins. */
export interface Person {
  id: string;
  name: string;
  email?: string | null;
  role: Agent['role'];
  disabled: boolean;
  online: boolean;
  created_at: string;
}

/** An invite that was not used yet. */
export interface PendingInvite {
  id: string;
  email: string;
  role: Agent['role'];
  expires_at: string;
}

export interface People {
  people: Person[];
  invites: PendingInvite[];
}

export type Scope = 'conversations:read' | 'conversations:manage';

export interface Key {
  id: string;
  name: string;
  scopes: Scope[];
  created_at: string;
  last_used_at: string | null;
  revoked_at: string | null;
}

/** A widget and its settings. */
export interface Widget {
  id: string;
  name: string;
  multi_thread: boolean;
  /** Origins that may embed it; empty: any. */
  allowed_origins: string[];
  /** Origins whose pictures the card shows by itself, beside those. */
  image_hosts: string[];
  protected_keys: string[];
  /** Own themes, beside and over the shipped ones. */
  themes: { [name: string]: Theme };
  welcome: string | null;
  team_name: string | null;
  language: string | null;
  title_unread: boolean;
  sound: boolean;
  /** For how many hours after its newest message ACTIVE may guess a conversation that is not on screen; 0: never. */
  guess_hours: number;
  /** A site's own storage may keep a handle, for browsers that forget what the widget's frame keeps. */
  host_handle: boolean;
  /** The last page that loaded it, since the server started. */
  seen: { origin: string; url: string | null; at: string; connected: number } | null;
}

/** What may be changed of a widget. */
export type WidgetChange = Partial<Omit<Widget, 'id' | 'seen'>>;

/** Asks as the signed-in agent. An agent who may not any more learns their new role at once. */
async function call<T>(method: Parameters<typeof ask>[0], path: string, body?: object): Promise<T> {
  try {
    return await asAgent(ask<T>(method, path, body));
  } catch (error) {
    if (error instanceof Refused && error.status === 403) refreshSession().catch(() => undefined);
    throw error;
  }
}

const one = (list: string, id: string): string => `/console/1/${list}/${encodeURIComponent(id)}`;

/** The doors of the settings. Each throws `Refused` or `Unreachable`. */
export const api = {
  rename: (name: string) => call<SessionBody>('PATCH', '/console/1/profile', { name }),
  changePassword: (passwords: { current: string; new: string }) => call<void>('POST', '/console/1/password', passwords),

  people: () => call<People>('GET', '/console/1/people'),
  changePerson: (id: string, change: { role?: Agent['role']; disabled?: boolean }) =>
    call<unknown>('PATCH', one('people', id), change),
  invite: (invite: { email: string; role: string }) =>
    call<PendingInvite & { link: string }>('POST', '/console/1/invites', invite),
  revokeInvite: (id: string) => call<void>('DELETE', one('invites', id)),

  keys: () => call<{ keys: Key[] }>('GET', '/console/1/keys'),
  makeKey: (key: { name: string; scopes: string[] }) =>
    call<Key & { secret: string; curl: string }>('POST', '/console/1/keys', key),
  revokeKey: (id: string) => call<void>('DELETE', one('keys', id)),

  widgets: () => call<{ widgets: Widget[] }>('GET', '/console/1/widgets'),
  makeWidget: (widget: { name: string; multi_thread: boolean }) => call<Widget>('POST', '/console/1/widgets', widget),
  widget: (id: string) => call<Widget>('GET', one('widgets', id)),
  changeWidget: (id: string, change: WidgetChange) => call<Widget>('PATCH', one('widgets', id), change),
  /** All themes that pages of this widget may choose, as they get them. */
  themes: (id: string) =>
    call<{ themes: { [name: string]: Theme } }>('GET', `/livechat/1/widgets/${encodeURIComponent(id)}/config`),
};
