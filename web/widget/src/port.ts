/**
 * What loader and app say to each other over their one MessagePort. The loader hands it over with `PORT_GREETING`, addressed to Beckon's
 * origin; the app takes it only from its parent window, and only if the server allows that origin. Both sides ignore what they do not know.
 */
export const PORT_GREETING = 'beckon:port';

/** An error as the app tells it. */
export interface PortError {
  code: number;
  message: string;
}

/** The shape of every error a page gets to see. The loader knows the names. */
export interface WidgetError extends PortError {
  name: string;
}

/** One `send_contextual_data`, checked. */
export interface ContextCall {
  /** Made when the page called; the same for every retry, also on the next page. */
  client_id: string;
  strategy: 'ACTIVE' | 'ALL' | 'ALL_PLUS_NEW';
  mode: 'merge' | 'replace';
  /** JSON text of an object. */
  metadata: string;
  /** When the page called, milliseconds since 1970 by its own clock. */
  made: number;
  /** Address of the page that called: origin and path. */
  page: string;
  /** Kept by an earlier page: the era in which it was made there. */
  era?: string;
}

/** What `send_contextual_data` calls back with. */
export interface ContextResult {
  /** True: held for a conversation that does not exist yet, or not sent yet. */
  pending: boolean;
  conversations: { threadId: string; conversationId: string; version: number; guessed?: true }[];
  ignored: { key: string; reason: string }[];
}

/** A handle that leads back to a session, and since when it is kept, milliseconds since 1970. */
export interface KeptHandle {
  handle: string;
  at: number;
}

/** What the site's own storage keeps for the widget. Nothing in it is a secret but the handles. */
export interface SiteKept {
  /** This visitor has a conversation that is not closed, or was about to begin one. */
  open?: boolean | undefined;
  /** The frame has stored a session: if it has none later, its storage was forgotten. */
  known?: boolean | undefined;
  /** `logout` was called under this id, and the chat may not have heard of it. */
  leave?: string | undefined;
  /** Id of the last logout in this browser, as far as the page knows. */
  era?: string | undefined;
  /** Oldest first. */
  handles?: KeptHandle[] | undefined;
  /** Of sessions that the visitor has left, until the server has heard of it. */
  ending?: KeptHandle[] | undefined;
}

/** The page around the widget. */
export interface HostPage {
  url: string;
  title: string;
}

export type View = 'LOADING' | 'THREAD_LIST' | 'LOADING_THREAD' | 'THREAD' | 'CLOSED_THREAD' | 'SINGLE_MODE_THREAD';

export type AppCommand = 'open' | 'show_thread_list' | 'open_new_thread';

/** The newest message, for the bubble beside the launcher. */
export interface News {
  thread: string;
  /** Who wrote it, as the avatar shows it: letters, and degrees of hue. */
  name: string;
  initials: string;
  hue: number;
  text: string;
}

export type ToApp =
  /** `thread`: open this one. From `until` on, milliseconds since 1970, it was answered with an error and must not happen. */
  | { kind: 'command'; call: number; command: AppCommand; until: number; thread?: string }
  /** `id` is the call's own, also on later pages; it is the id of the era that begins with it. */
  | { kind: 'logout'; call: number; id: string }
  | { kind: 'context'; call: number; context: ContextCall }
  /** The window is on screen, or not. `full`: it covers the whole screen of a phone. `hidden`: nothing may be seen or heard. `focus`: the visitor wants to write there. */
  | { kind: 'window'; open: boolean; hidden: boolean; full: boolean; focus: boolean; page: HostPage }
  /** What the site's storage keeps, as asked for. */
  | { kind: 'kept'; kept: SiteKept }
  | { kind: 'theme'; name: string }
  | { kind: 'language'; tag: string };

export type ToLoader =
  /** The frame is there. Said to any page, so it says nothing else. */
  | { kind: 'hello' }
  | { kind: 'reply'; call: number; error?: PortError; result?: ContextResult }
  /** The call with this id outlives the page on the app's side, or was refused for good: the loader may forget it. */
  | { kind: 'committed'; client_id: string }
  | { kind: 'unread'; count: number }
  /** A message came that nobody has seen yet. */
  | { kind: 'news'; news: News }
  /** The site's storage is to keep this, too; undefined takes away. */
  | { kind: 'keep'; kept: SiteKept }
  /** Since the last logout it is this era; a `leave` of that id has been heard. */
  | { kind: 'era'; era: string }
  /** What does the site's storage keep? */
  | { kind: 'recall' }
  | { kind: 'close' }
  | { kind: 'view'; view: View };
