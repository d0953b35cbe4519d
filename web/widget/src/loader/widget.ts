import type { AppCommand, ContextCall, ContextResult, HostPage, ToLoader, WidgetError } from '../port';
import type { WidgetConfig } from '../theme';
import { createAppFrame } from './app_frame';
import { unknownName, widgetError } from './errors';
import { createLauncher } from './launcher';
import { keepCall, readMarker, writeMarker } from './page_store';

/** How a command ends, once. */
export type Done = (error: WidgetError | undefined, result?: unknown) => void;

/** Longest wait for the chat's own answer, milliseconds. */
const ANSWER_MS = 30_000;
/** A known visitor's chat is loaded this long after the page, to count what is unread. */
const IDLE_MS = 2_000;

/** The widget in the page, once `init` has ended. Each command may be called in every state, and twice. */
export interface Widget {
  setTheme(name: unknown, done: Done): void;
  open(done: Done): void;
  close(done: Done): void;
  show(done: Done): void;
  hide(done: Done): void;
  navigate(command: AppCommand, done: Done): void;
  sendContext(call: ContextCall, done: Done): void;
}

/** `earlier`: context calls of an earlier page that the chat never confirmed. */
export function createWidget(base: string, config: WidgetConfig, earlier: ContextCall[]): Widget {
  let open = false;
  let hidden = false;
  let unread = 0;
  let theme = 'default';
  let calls = 0;
  const answers = new Map<number, Done>();

  const launcher = createLauncher(config.name, {
    toggle: () => (open ? setWindow(false) : openWindow(() => undefined)),
    close: () => setWindow(false),
    near: () => frame.load(),
  });
  const frame = createAppFrame(launcher.iframe, `${base}/widget/${config.id}/`, hear, () => [
    { kind: 'theme', name: theme },
    windowState(),
  ]);

  function windowState() {
    const page: HostPage = { url: location.href, title: document.title };
    return { kind: 'window' as const, open: open && !hidden, full: launcher.full(), page };
  }

  function draw(): void {
    launcher.draw({ open, hidden, unread });
    if (frame.loaded()) frame.post(windowState());
  }

  function setWindow(next: boolean): void {
    const focused = document.activeElement === launcher.iframe;
    const opening = next && !open;
    open = next;
    if (opening) frame.load();
    draw();
    if (opening) launcher.iframe.focus();
    else if (!next && (focused || launcher.full())) launcher.button.focus();
  }

  function openWindow(done: Done): void {
    hidden = false;
    setWindow(true);
    // The window is there even if the chat inside takes its time.
    ask('open', done, () => done(undefined, {}));
  }

  function ask(command: AppCommand, done: Done, onSilence?: () => void): void {
    const call = ++calls;
    expect(call, done, onSilence || (() => done(widgetError(1198, 'The chat does not answer'))));
    frame.post({ kind: 'command', call, command });
  }

  /** Whichever comes first, the answer or the end of patience, ends the call. */
  function expect(call: number, done: Done, onSilence: () => void): void {
    const timer = setTimeout(() => {
      if (answers.delete(call)) onSilence();
    }, ANSWER_MS);
    answers.set(call, (error, result) => {
      clearTimeout(timer);
      done(error, result);
    });
  }

  function hear(message: ToLoader): void {
    switch (message.kind) {
      case 'reply': {
        const done = answers.get(message.call);
        answers.delete(message.call);
        if (done) done(message.error, message.error ? undefined : message.result || {});
        break;
      }
      case 'committed':
        keepCall(config.id, message.client_id);
        break;
      case 'unread':
        unread = message.count;
        launcher.draw({ open, hidden, unread });
        break;
      case 'marker':
        writeMarker(config.id, message.known, message.open);
        break;
      case 'close':
        setWindow(false);
        break;
      case 'view':
        announce(message.view);
        break;
    }
  }

  /** Tells the page which view is on screen, in the form that embedding apps listen for. */
  function announce(view: string): void {
    if (location.origin !== 'null') postMessage({ destination: 'viewChange', view }, location.origin);
  }

  function sendContext(context: ContextCall, done: Done): void {
    const call = ++calls;
    keepCall(config.id, context.client_id, context);
    const queued: ContextResult = { pending: true, conversations: [], ignored: [] };
    expect(call, done, () => done(undefined, queued));
    frame.post({ kind: 'context', call, context });
  }

  draw();
  // Nobody waits for these answers any more.
  for (const call of earlier) sendContext(call, () => undefined);
  if (readMarker(config.id)) setTimeout(frame.load, IDLE_MS);

  return {
    setTheme(name, done) {
      const names = Object.keys(config.themes);
      if (!names.includes(name as string)) {
        done(unknownName(1208, 'theme', name, names));
        return;
      }
      theme = name as string;
      launcher.applyTheme(config.themes[theme] || {});
      if (frame.loaded()) frame.post({ kind: 'theme', name: theme });
      done(undefined, {});
    },
    open: openWindow,
    close(done) {
      setWindow(false);
      done(undefined, {});
    },
    show(done) {
      hidden = false;
      draw();
      done(undefined, {});
    },
    hide(done) {
      hidden = true;
      setWindow(false);
      done(undefined, {});
    },
    navigate: ask,
    sendContext,
  };
}
