import type { Theme } from '@beckon/ui/theme';

/** What the server tells anyone about a widget. */
export interface WidgetConfig {
  id: string;
  name: string;
  /** What visitors see in place of the name. */
  teamName?: string | null;
  multiThread: boolean;
  /** Of the visitors; without one the page decides. */
  language?: string | null;
  /** Unread messages are counted in the page's title. */
  titleUnread?: boolean;
  /** New messages sound until a visitor switches that off. */
  sound?: boolean;
  /** The site's storage may keep a handle, for browsers that forget what the frame keeps. */
  hostHandle?: boolean;
  /** Origins that may embed it; empty: any. */
  allowedOrigins: string[];
  themes: { [name: string]: Theme };
  /** Without one it greets in its own language. */
  welcome: string | null;
  online: boolean;
  limits: {
    text: number;
    contextBytes: number;
    contextKeys: number;
    keyLength: number;
    stringBytes: number;
    depth: number;
  };
}
