import { useEffect, useId, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { Notice, useAnnouncements } from './announcement';
import { copyText } from './clipboard';
import styles from './context_card.module.css';
import { Changes, changesBetween } from './diff';
import { Format } from './format';
import { Hits } from './hits';
import { listenToKeys, settleStops } from './keyboard';
import { OnlyChanges } from './only_changes';
import type { History, Moment, Origin, Version } from './origin';
import { PIN_LIMIT, type Pins, toggled } from './pins';
import { goUp, Place } from './place';
import { RawJson } from './raw_json';
import { CardScopeProvider, useCard } from './scope';
import { newestOf } from './sent';
import { Band, Empty, Skeleton } from './states';
import { openSearch, TitleRow } from './title_row';
import { type Branch, type ContextNode, parseContext, trail } from './tree';
import { Versions } from './versions';
import { CardView } from './view';
import { words } from './words';

/** What the card shows and whom it tells. */
export interface ContextCardProps {
  /** The context as stored: JSON text, never a parsed object. `null` while none is known. */
  context: { text: string; version: number; updatedAt: string | null } | null;
  /** `offline` and `error` keep showing the last known context. */
  state: 'loading' | 'ready' | 'offline' | 'error';
  conversationId: string;
  /** The context as this agent last knew it, as JSON text; what differs from it is marked. `null`: nothing is. */
  baseline?: string | null;
  /** This agent has seen all that is here now. */
  onSeen?: (() => void) | undefined;
  /** When the conversation began, milliseconds. */
  startedAt?: number | undefined;
  /** Another conversation of this visitor has newer context: opens it. */
  onElsewhere?: (() => void) | undefined;
  /** Who set each top-level key last. */
  origins?: ReadonlyMap<string, Origin>;
  history?: History | undefined;
  /** Shown instead of the context that is, until `onNow`. */
  moment?: Moment | null;
  onMoment?: (version: Version) => void;
  onNow?: () => void;
  pins?: Pins | undefined;
  /** Origins, such as `https://shop.example`, whose pictures load by themselves; Beckon's own is always among them. */
  allowedImageOrigins: readonly string[];
  /** Address of this Beckon, for the curl command. */
  baseUrl: string;
  /** Where *How to send it* leads. */
  howToHref: string;
  /** BCP 47 tag for dates, numbers and names. */
  locale: string;
  onRetry: () => void;
  /** Shown as a button when the card is a drawer. */
  onClose?: (() => void) | undefined;
  /** Escape: the focus goes back to the composer. */
  onLeave?: (() => void) | undefined;
}

/** All that a website told about one conversation. What is unfolded in it belongs to that conversation alone. */
export function ContextCard(props: ContextCardProps) {
  return <Card key={props.conversationId} {...props} />;
}

const NO_CHANGES = new Changes();
const NO_ORIGINS: ReadonlyMap<string, Origin> = new Map();
const NO_PINS: readonly string[] = [];

function Card(props: ContextCardProps) {
  const { context, state, locale, moment, pins, history } = props;
  const view = useMemo(() => new CardView(), []);
  const origins = props.allowedImageOrigins.join(' ');
  const format = useMemo(() => {
    const allowed = new Set(origins === '' ? [] : origins.split(' '));
    allowed.add(new URL(props.baseUrl).origin).add(window.location.origin);
    return new Format(locale, { allowed }, view.hides);
  }, [locale, origins, props.baseUrl]);

  const known = useRef<Branch | undefined>(undefined);
  const now = useMemo(() => (context ? parseContext(context.text, known.current) : undefined), [context?.text]);
  const then = useMemo(() => (moment?.text ? parseContext(moment.text, known.current) : undefined), [moment?.text]);
  const broken = context !== null && now === undefined;
  const live = now ?? known.current;
  if (live) view.decideSearch(live.entries.length);
  useAnnouncements(view, known.current, now, moment == null);
  known.current = live;
  const tree = moment ? then : live;
  useTicking(view);

  const { baseline } = props;
  const changes = useMemo(() => {
    const before = live && baseline != null && !moment ? parseContext(baseline, live) : undefined;
    return live && before ? changesBetween(before, live) : NO_CHANGES;
  }, [live, baseline, moment != null]);

  const say = (said: string) => {
    view.announcement.value = '';
    view.announcement.value = said;
    view.notice.value = said;
  };
  const copy = async (text: string, said: string) => say((await copyText(text)) ? said : words.copyFailed);
  const copyValue = (node: ContextNode, said: string) => {
    // A secret is not put on the clipboard unseen; what is copied is what is in view.
    if (view.hides(node)) say(words.copyHidden);
    else void copy(format.copied(node), format.hidesIn(node) ? words.leftOut(said) : said);
  };
  const togglePin = pins && ((path: string) => void pin(pins, path, say));
  const originsThen = useMemo(
    () => originsAt(props.origins ?? NO_ORIGINS, moment?.version),
    [props.origins, moment?.version],
  );
  const scope = {
    view,
    format,
    copy,
    copyValue,
    changes,
    origins: originsThen,
    sent: useMemo(
      () => ({ newest: newestOf(originsThen), startedAt: props.startedAt }),
      [originsThen, props.startedAt],
    ),
    history,
    root: live,
    pins: pins?.paths ?? NO_PINS,
    togglePin,
  };
  const frame = useRef<HTMLElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const shown = useRef<{ tree: Branch | undefined; scope: typeof scope }>({ tree, scope });
  shown.current = { tree, scope };
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    return listenToKeys(element, {
      copy: (path, what) => {
        const { tree: root, scope: hands } = shown.current;
        const entry = root && trail(root, path).at(-1);
        if (entry?.node.path !== path) return;
        if (what === 'path') hands.copy(path, words.copiedPath);
        else hands.copyValue(entry.node, words.copiedValue);
      },
      pin: (path) => shown.current.scope.togglePin?.(path),
      at: (path, by) => {
        (by === 'pointer' ? view.pointedAt : view.focused).value = path;
      },
      search: () => openSearch(view, element),
      goUp: () => goUp(view, shown.current.tree),
      leave: () => leave(view, latest.current),
    });
  }, [view]);
  useLayoutEffect(() => {
    if (frame.current) settleStops(frame.current);
  });

  const titleId = useId();
  const choose = (version: Version) => {
    view.history.value = false;
    view.raw.value = false;
    props.onMoment?.(version);
  };
  return (
    <CardScopeProvider value={scope}>
      <aside
        class={moment ? `${styles.card} ${styles.then}` : styles.card}
        ref={frame}
        aria-labelledby={titleId}
        data-context-card
        tabIndex={-1}
      >
        <TitleRow titleId={titleId} tree={tree} {...props} />
        <Band broken={broken && !moment} changes={changes.list.length} {...props} />
        <div class={styles.body}>
          {view.history.value && history ? (
            <Versions history={history} onChoose={choose} />
          ) : tree && tree.entries.length > 0 ? (
            <Body root={tree} />
          ) : moment ? (
            moment.text === null ? (
              !moment.failed && <Skeleton />
            ) : (
              <p class={styles.nothing}>{words.nothingThen}</p>
            )
          ) : state === 'loading' ? (
            <Skeleton />
          ) : tree && changes.list.length > 0 ? (
            <Body root={tree} />
          ) : (
            state !== 'error' && !broken && <Empty href={props.howToHref} />
          )}
        </div>
        <Notice />
        <p class={styles.foot}>{words.unverified}</p>
      </aside>
    </CardScopeProvider>
  );
}

/** What is known about keys as they were at a version: those written since came from elsewhere then. */
function originsAt(origins: ReadonlyMap<string, Origin>, version: number | undefined): ReadonlyMap<string, Origin> {
  if (version === undefined) return origins;
  return new Map([...origins].filter(([, origin]) => origin.version <= version));
}

async function pin(pins: Pins, path: string, say: (said: string) => void): Promise<void> {
  const next = toggled(pins.paths, path);
  if (next.length > PIN_LIMIT) return say(words.tooManyPins(PIN_LIMIT));
  const kept = await pins.set(next);
  say(kept ? (next.includes(path) ? words.pinned : words.unpinned) : words.pinFailed);
}

/** Escape takes back the last narrowing first, and only then leaves. */
function leave(view: CardView, props: ContextCardProps): void {
  if (view.query.peek() !== '') view.query.value = '';
  else if (view.history.peek()) view.history.value = false;
  else if (view.only.peek()) view.only.value = false;
  else if (props.moment) props.onNow?.();
  else (props.onLeave ?? props.onClose)?.();
}

function useTicking(view: CardView): void {
  useEffect(() => {
    const timer = setInterval(() => {
      view.now.value = Date.now();
    }, 1000);
    return () => clearInterval(timer);
  }, [view]);
}

/** The JSON, what the search found, or the values: all of them or the part the card was narrowed to. */
function Body({ root }: { root: Branch }) {
  const { view, changes } = useCard();
  if (view.raw.value) return <RawJson root={root} />;
  if (view.searching.value && view.query.value.trim() !== '') return <Hits root={root} query={view.query.value} />;
  if (view.only.value && changes.list.length > 0) return <OnlyChanges root={root} />;
  return <Place root={root} way={trail(root, view.place.value)} />;
}
