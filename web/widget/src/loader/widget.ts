import type { Theme } from '@beckon/ui/theme';
import { known } from '../language';
import type { PagePart } from '../page/main';
import type { About } from '../page/refusals';
import type { AppCommand, ContextCall, ContextResult, HostPage, ToLoader } from '../port';
import type { WidgetConfig } from '../theme';
import { createAppFrame } from './app_frame';
import type { Failure } from './errors';
import { base, bring, PAGE_PART } from './files';
import { isTyping } from './focus';
import { uuid } from './identifier';
import { createLauncher } from './launcher';
import { forgetCalls, keep, keepCall, readKept, readOpen, writeOpen } from './page_store';
import { Refusal } from './refusal';

/** How a command ends, once. */
export type Done = (error: Failure | undefined, result?: unknown) => void;

/** Longest wait for the chat's own answer, milliseconds. */
const ANSWER_MS = 30_000;
/** The chat says hello as soon as its frame has loaded. One that has not by then is not there, milliseconds. */
const HELLO_MS = 10_000;
/** A known visitor's chat is loaded this long after the page, to count what is unread. */
const IDLE_MS = 2_000;

/** What a site may call besides `init`. The argument of `send_contextual_data` is a checked `ContextCall`. */
export type Command =
  | 'send_contextual_data'
  | 'close'
  | 'show'
  | 'hide'
  | 'set_theme'
  | 'set_language'
  | 'logout'
  | AppCommand;

/** The widget in the page, once `init` has ended. Each command may be called in every state, and twice. */
export type Widget = { [name in Command]: (arg: unknown, done: Done) => void };

/** `earlier`: context calls of an earlier page that the chat never confirmed. `reach`: resolves when Beckon answers. */
export function createWidget(config: WidgetConfig, earlier: ContextCall[], reach: () => Promise<unknown>): Widget {
  let open = false;
  let hidden = false;
  let unread = 0;
  /** The visitor wants to write, so the chat may take the focus. */
  let focus = false;
  let theme = 'default';
  let language =
    [config.language, document.documentElement.lang, ...navigator.languages].map(known).find(Boolean) || 'en';
  let part: PagePart | undefined;
  /** Until the chat has said something: its frame has loaded, or something else has in its place. */
  let patience: ReturnType<typeof setTimeout> | undefined;
  /** Why it never will be on this page. */
  let blocked: Refusal<1210> | undefined;
  let calls = 0;
  const answers = new Map<number, Done | undefined>();

  const launcher = createLauncher(config.teamName || config.name, {
    toggle: () => (open ? setWindow(false) : openWindow(true)),
    close: () => setWindow(false),
    near: () => frame.load(),
    turn: draw,
  });
  const frame = createAppFrame(launcher.iframe, address, hear, () => {
    clearTimeout(patience);
    patience = setTimeout(silent, HELLO_MS);
    return [{ kind: 'theme', name: theme }, { kind: 'language', tag: language }, windowState()];
  });

  /** Asked for when the chat is wanted; the page's part comes with it. */
  function address(): string {
    loadPart();
    return `${base}/widget/${config.id}/#${language}`;
  }

  /** Without it, because a policy of the site forbids it, the chat works as well: it only does less in the page around it. */
  async function loadPart(): Promise<void> {
    try {
      const { start } = await bring<typeof import('../page/main')>(PAGE_PART);
      part ||= start({
        ...launcher,
        titleUnread: !!config.titleUnread,
        openThread: (thread) => openWindow(true, undefined, thread),
        closeWindow: () => setWindow(false),
        moved: draw,
      });
      drawPage();
    } catch {
      // See above.
    }
  }

  function windowState() {
    const page: HostPage = { url: location.href, title: part?.title() ?? document.title };
    return { kind: 'window' as const, open: open && !hidden, hidden, full: launcher.full(), focus, page };
  }

  function drawPage(): void {
    launcher.draw({ open, hidden });
    part?.draw({ open, hidden, unread, full: launcher.full(), language });
  }

  function draw(): void {
    drawPage();
    frame.tell(windowState());
  }

  function setWindow(next: boolean, mayFocus = false): void {
    const focused = document.activeElement === launcher.iframe;
    const changed = next !== open;
    open = next;
    focus = changed && next && mayFocus;
    writeOpen(config.id, open);
    part?.dismiss();
    if (open) frame.load();
    draw();
    if (focus) launcher.iframe.focus();
    else if (changed && !next && (focused || launcher.full())) launcher.button.focus();
  }

  function openWindow(mayFocus: boolean, done?: Done, thread?: string): void {
    hidden = false;
    // Asked first: what the window stood on before must not count as seen. It is there even if the chat inside takes its time.
    ask('open', () => done?.(blocked, {}), thread);
    setWindow(!blocked, mayFocus);
  }

  function ask(command: AppCommand, done: Done, thread?: string): void {
    const call = expect(done, new Refusal(1198, 'chat'));
    frame.post({ kind: 'command', call, command, until: Date.now() + ANSWER_MS, ...(thread && { thread }) });
  }

  /** The number of a call that ends with whichever comes first, the answer or the end of patience. */
  function expect(done: Done | undefined, error?: Failure, result?: unknown): number {
    const call = ++calls;
    answers.set(call, done);
    setTimeout(() => end(call, blocked || error, result), blocked ? 0 : ANSWER_MS);
    return call;
  }

  function end(call: number, ...outcome: Parameters<Done>): void {
    const done = answers.get(call);
    if (answers.delete(call)) done?.(...outcome);
  }

  /** No policy has said so, and the chat says nothing: without Beckon that says nothing of the page. */
  function silent(): void {
    reach().then(
      () => patience && block(base),
      () => undefined,
    );
  }

  /** Whatever waits for the chat is answered, and nothing of it happens later. */
  function block(...about: About[1210]): void {
    blocked ||= new Refusal(1210, ...about);
    // Nor on the next page.
    forgetCalls(config.id);
    setWindow(false);
    // Should it come after all, it must not do what was answered with an error.
    launcher.iframe.remove();
    for (const call of answers.keys()) end(call, blocked);
  }

  function hear(message: ToLoader): void {
    clearTimeout(patience);
    patience = undefined;
    switch (message.kind) {
      case 'reply':
        end(message.call, message.error, message.result || {});
        break;
      case 'committed':
        keepCall(config.id, message.client_id);
        break;
      case 'unread':
        unread = message.count;
        drawPage();
        break;
      case 'news':
        part?.preview(message.news);
        break;
      case 'keep':
        keep(config.id, message.kept);
        break;
      case 'era': {
        const { era } = message;
        const { leave } = readKept(config.id);
        // Not before the chat has heard of a logout that it does not know yet.
        if (!leave || leave === era) keep(config.id, { era, leave: undefined });
        break;
      }
      case 'recall':
        frame.post({ kind: 'kept', kept: readKept(config.id) });
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
    postMessage({ destination: 'viewChange', view }, '/');
  }

  function sendContext(context: ContextCall, done?: Done): void {
    if (!blocked) keepCall(config.id, context.client_id, context);
    const queued: ContextResult = { pending: true, conversations: [], ignored: [] };
    frame.post({ kind: 'context', call: expect(done, undefined, queued), context });
  }

  /** Noted first: should the chat not hear of it, the next page tells it before anything else. */
  function logout(done?: Done, id = uuid()): void {
    forgetCalls(config.id);
    keep(config.id, { leave: id, era: id });
    // The next page passes it on, so it is no error.
    frame.post({ kind: 'logout', call: expect(() => done?.(undefined, {})), id });
  }

  document.addEventListener('securitypolicyviolation', (violation) => {
    const { blockedURI, disposition, effectiveDirective, originalPolicy } = violation;
    if (disposition === 'enforce' && effectiveDirective === 'frame-src' && blockedURI.startsWith(base))
      block(base, originalPolicy);
  });

  const { leave, open: wanted } = readKept(config.id);
  draw();
  if (leave) logout(undefined, leave);
  // Nobody waits for these answers any more.
  for (const call of earlier) sendContext(call);
  if (!/^en/.test(language)) loadPart();
  // Open on the page before, open on this one; a phone's screen is the page's at first.
  if (readOpen(config.id) && !launcher.full()) openWindow(false);
  else if (wanted) setTimeout(frame.load, IDLE_MS);

  return {
    set_theme(name, done) {
      const names = Object.keys(config.themes);
      if (!names.includes(name as string)) {
        done(new Refusal(1208, 'theme', name, names));
        return;
      }
      theme = name as string;
      launcher.applyTheme(config.themes[theme] as Theme);
      loadPart();
      frame.tell({ kind: 'theme', name: theme });
      done(undefined, {});
    },
    set_language(code, done) {
      language = known(code) || 'en-US';
      loadPart();
      frame.tell({ kind: 'language', tag: language });
      done(undefined, { language });
    },
    open: (_, done) => openWindow(!isTyping(), done),
    close(_, done) {
      setWindow(false);
      done(undefined, {});
    },
    show(_, done) {
      hidden = false;
      draw();
      done(undefined, {});
    },
    hide(_, done) {
      hidden = true;
      setWindow(false);
      done(undefined, {});
    },
    show_thread_list: (_, done) => ask('show_thread_list', done),
    open_new_thread: (_, done) => ask('open_new_thread', done),
    logout(_, done) {
      setWindow(false);
      logout(done);
    },
    send_contextual_data: (context, done) => sendContext(context as ContextCall, done),
  };
}
