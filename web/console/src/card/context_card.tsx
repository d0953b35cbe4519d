import { useEffect, useId, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { Notice, useAnnouncements } from './announcement';
import { copyText } from './clipboard';
import styles from './context_card.module.css';
import { Format } from './format';
import { Hits } from './hits';
import { listenToKeys, settleStops } from './keyboard';
import { goUp, Place } from './place';
import { RawJson } from './raw_json';
import { CardScopeProvider, useCard } from './scope';
import { Band, Empty, Skeleton } from './states';
import { openSearch, TitleRow } from './title_row';
import { type Branch, parseContext, trail } from './tree';
import { CardView } from './view';
import { words } from './words';

/** What the card shows and whom it tells. */
export interface ContextCardProps {
  /** The context as stored: JSON text, never a parsed object. `null` while none is known. */
  context: { text: string; version: number; updatedAt: string | null } | null;
  /** `offline` and `error` keep showing the last known context. */
  state: 'loading' | 'ready' | 'offline' | 'error';
  conversationId: string;
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

function Card(props: ContextCardProps) {
  const { context, state, locale } = props;
  const view = useMemo(() => new CardView(), []);
  const origins = props.allowedImageOrigins.join(' ');
  const format = useMemo(() => {
    const allowed = new Set(origins === '' ? [] : origins.split(' '));
    allowed.add(new URL(props.baseUrl).origin).add(window.location.origin);
    return new Format(locale, { allowed });
  }, [locale, origins, props.baseUrl]);
  const previous = useRef<Branch | undefined>(undefined);
  const root = useMemo(() => (context ? parseContext(context.text, previous.current) : undefined), [context?.text]);
  const broken = context !== null && root === undefined;
  const tree = root ?? previous.current;
  if (tree) view.decideSearch(tree.entries.length);
  useAnnouncements(view, previous.current, root);
  previous.current = tree;
  useTicking(view);

  const copy = async (text: string, said: string) => {
    const done = await copyText(text);
    view.announcement.value = '';
    view.announcement.value = done ? said : words.copyFailed;
    view.notice.value = view.announcement.value;
  };
  const scope = useMemo(() => ({ view, format, copy }), [view, format]);
  const frame = useRef<HTMLElement>(null);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    return listenToKeys(element, {
      copy: (path, what) => {
        const entry = previous.current && trail(previous.current, path).at(-1);
        if (entry?.node.path !== path) return;
        void copy(what === 'value' ? entry.node.text : path, what === 'value' ? words.copiedValue : words.copiedPath);
      },
      at: (path, by) => {
        (by === 'pointer' ? view.pointedAt : view.focused).value = path;
      },
      search: () => openSearch(view, element),
      goUp: () => goUp(view, previous.current),
      leave: () => leave(view, latest.current),
    });
  }, [view]);
  useLayoutEffect(() => {
    if (frame.current) settleStops(frame.current);
  });

  const titleId = useId();
  return (
    <CardScopeProvider value={scope}>
      <aside class={styles.card} ref={frame} aria-labelledby={titleId} data-context-card tabIndex={-1}>
        <TitleRow titleId={titleId} tree={tree} {...props} />
        <Band broken={broken} {...props} />
        <div class={styles.body}>
          {tree && tree.entries.length > 0 ? (
            <Body root={tree} />
          ) : state === 'loading' ? (
            <Skeleton />
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

/** Escape takes back the last narrowing first, and only then leaves. */
function leave(view: CardView, props: ContextCardProps): void {
  if (view.query.peek() !== '') view.query.value = '';
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
  const { view } = useCard();
  if (view.raw.value) return <RawJson root={root} />;
  if (view.searching.value && view.query.value.trim() !== '') return <Hits root={root} query={view.query.value} />;
  return <Place root={root} way={trail(root, view.place.value)} />;
}
