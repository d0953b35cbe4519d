import type { Theme } from '@beckon/ui/theme';

/** What the server tells anyone about a widget. */
export interface WidgetConfig {
  id: string;
  name: string;
  multiThread: boolean;
  /** Origins that may embed it; empty: any. */
  allowedOrigins: string[];
  themes: { [name: string]: Theme };
  welcome: string;
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
