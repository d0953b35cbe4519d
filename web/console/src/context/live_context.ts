import type { Context, ContextKey, ContextVersion, Elsewhere, MetadataEvent, PositionedEvent } from '@beckon/sdk';
import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import { changesBetween } from '../card/diff';
import type { Moment, Origin } from '../card/origin';
import { parseContext } from '../card/tree';
import { applyWrite, type Fold, foldOf, textOf } from './fold';
import { type ReadVersions, VersionList } from './version_list';

/** How the context of a conversation is read from the server. Rejects when it cannot be. */
export interface ContextReaders {
  /** Exact JSON text: as it is, or as it was after the event at a position. */
  text(conversation: string, at?: number): Promise<string>;
  versions: ReadVersions;
}

/** The context as this agent last knew it, JSON text, and up to which event. */
interface Baseline {
  readonly position: number;
  readonly text: string;
}

/** The context of one conversation as it is, as it was when this agent last answered, and as it was at a chosen time. */
export class LiveContext {
  readonly #fold = signal<Fold | null>(null);
  readonly #failed = signal(false);
  readonly #origins = signal<ReadonlyMap<string, Origin>>(new Map());
  readonly #baseline = signal<Baseline | null>(null);
  readonly #moment = signal<Moment | null>(null);
  readonly #elsewhere = signal<Elsewhere | null>(null);
  readonly history: VersionList;
  /** Up to here the server's own account of the baseline holds. */
  #told = 0;
  /** The newest write that the fold holds, or where it was told whole. */
  #written = 0;
  /** Version that the fold waits for, because the one before it was missed; 0: none. */
  #awaited = 0;

  constructor(
    private readonly conversation: string,
    private readonly me: string,
    private readonly read: ContextReaders,
  ) {
    this.history = new VersionList(conversation, read.versions);
  }

  /** Null until the server told it. */
  get fold(): ReadonlySignal<Fold | null> {
    return this.#fold;
  }
  /** A newer context exists and could not be read; what is known stays. */
  get failed(): ReadonlySignal<boolean> {
    return this.#failed;
  }
  /** Who set each top-level key last. */
  get origins(): ReadonlySignal<ReadonlyMap<string, Origin>> {
    return this.#origins;
  }
  /** Null when the server tells none. */
  get baseline(): ReadonlySignal<Baseline | null> {
    return this.#baseline;
  }
  /** How much differs from the baseline, for where the card is not on screen. Worked out only when somebody asks. */
  readonly changeCount = computed(() => {
    const [fold, baseline] = [this.#fold.value, this.#baseline.value];
    const now = fold ? parseContext(textOf(fold)) : undefined;
    const before = now && baseline ? parseContext(baseline.text, now) : undefined;
    return now && before ? changesBetween(before, now).list.length : 0;
  });
  /** Another conversation of this visitor whose context is newer than this one's; null: none is known. */
  readonly elsewhere = computed(() => {
    const [elsewhere, fold] = [this.#elsewhere.value, this.#fold.value];
    if (!elsewhere || !fold) return null;
    const newer = fold.updatedAt === null || Date.parse(elsewhere.at) > Date.parse(fold.updatedAt);
    return newer ? elsewhere.conversation : null;
  });
  /** What the card shows instead of the context that is; null: that one. */
  get moment(): ReadonlySignal<Moment | null> {
    return this.#moment;
  }

  /** Takes what a fresh `state` tells; `head` is the position it stands at. */
  reset(context: Context, head: number): void {
    if (context.version < (this.#fold.value?.version ?? 0)) return;
    batch(() => {
      const fold = foldOf(context);
      this.#fold.value = fold;
      this.#failed.value = false;
      this.#awaited = 0;
      this.#told = head;
      this.#written = head;
      this.#elsewhere.value = context.elsewhere ?? null;
      if (context.keys) this.#origins.value = new Map(context.keys.map((key) => [key.key, originOf(key)]));
      if (context.baseline) {
        const { position, text } = context.baseline;
        this.#baseline.value = { position, text: text ?? textOf(fold) };
      }
    });
  }

  /** Something happened: a write changes the context, an answer of this agent moves the baseline. */
  hear({ position, event }: PositionedEvent): void {
    if (event.kind === 'metadata') this.#write(event, position);
    else if (event.kind === 'message' && event.author.type === 'agent' && event.author.id === this.me) {
      if (position > this.#told) this.#answered(position);
    }
  }

  #write(event: MetadataEvent, position: number): void {
    const known = this.#fold.value;
    if (!known || event.version <= known.version) return;
    this.#written = position;
    batch(() => {
      this.#origins.value = withWrite(this.#origins.value, event);
      this.history.hear(versionOf(event, position));
      const next = this.#awaited > 0 ? 'hole' : applyWrite(known, event);
      if (next === 'hole') {
        this.#awaited = event.version;
        void this.reload(event.version, event.at);
      } else this.#fold.value = next;
    });
  }

  #answered(position: number): void {
    const known = this.#fold.value;
    if (!known) return;
    if (this.#awaited === 0) {
      this.#baseline.value = { position, text: textOf(known) };
      return;
    }
    this.#askFor(position);
  }

  /** The page of this visitor wrote to another conversation. */
  wroteElsewhere(elsewhere: Elsewhere): void {
    this.#elsewhere.value = elsewhere;
  }

  /** In another tab this agent has seen everything up to a position. */
  seenElsewhere(position: number): void {
    if (position <= (this.#baseline.peek()?.position ?? 0)) return;
    if (position >= this.#written) this.#answered(position);
    else this.#askFor(position);
  }

  /** What stood at a position is not known here; until it is, the old marks are true too. */
  #askFor(position: number): void {
    this.read.text(this.conversation, position).then(
      (text) => this.#moveBaseline({ position, text }),
      () => undefined,
    );
  }

  #moveBaseline(baseline: Baseline): void {
    if (baseline.position >= (this.#baseline.peek()?.position ?? 0)) this.#baseline.value = baseline;
  }

  /** This agent has seen everything up to a position, which is where the context stands now. */
  seen(position: number): void {
    const known = this.#fold.peek();
    if (known) this.#moveBaseline({ position, text: textOf(known) });
  }

  /** Reads the whole context again; it is at least as new as `version`. */
  async reload(version = this.#fold.value?.version ?? 0, at = this.#fold.value?.updatedAt ?? null): Promise<void> {
    try {
      const text = await this.read.text(this.conversation);
      // A write that came meanwhile asks for itself or was newer than this answer.
      if ((this.#fold.value?.version ?? 0) <= version) this.#fold.value = foldOf({ text, version, updated_at: at });
      if (this.#awaited <= version) this.#awaited = 0;
      this.#failed.value = false;
    } catch {
      this.#failed.value = true;
    }
  }

  /** Turns the card to what stood after the event at a position. `at` in milliseconds. */
  async showThen(position: number, at: number, version: number): Promise<void> {
    const asked: Moment = { position, at, version, text: null, failed: false };
    this.#moment.value = asked;
    const shows = () => this.#moment.peek()?.position === position;
    try {
      const text = await this.read.text(this.conversation, position);
      if (shows()) this.#moment.value = { ...asked, text };
    } catch {
      if (shows()) this.#moment.value = { ...asked, failed: true };
    }
  }

  /** Turns the card back to the context that is. */
  showNow(): void {
    this.#moment.value = null;
  }
}

function originOf({ version, at, source, author, sent_at, page, guessed, locked }: ContextKey): Origin {
  return { version, at, source, author, sentAt: sent_at, ...sentOn(page, guessed), locked };
}

function sentOn(page: string | undefined, guessed: true | undefined): Pick<Origin, 'page' | 'guessed'> {
  return { ...(page === undefined ? {} : { page }), ...(guessed ? { guessed } : {}) };
}

function withWrite(origins: ReadonlyMap<string, Origin>, event: MetadataEvent): ReadonlyMap<string, Origin> {
  const next = new Map(origins);
  const { version, at, source, author, made = [], guessed } = event;
  const others = made.find(({ keys }) => keys === undefined);
  for (const { key, to } of event.changes) {
    const call = made.find(({ keys }) => keys?.includes(key)) ?? others;
    const sentAt = call?.sent_at ?? at;
    const locked = event.locked?.includes(key) ?? false;
    if (to === null) next.delete(key);
    else next.set(key, { version, at, source, author, sentAt, ...sentOn(call?.page, guessed), locked });
  }
  const turn = (key: string, locked: boolean) => {
    const known = next.get(key);
    if (known) next.set(key, { ...known, locked });
  };
  for (const key of event.locked ?? []) turn(key, true);
  for (const key of event.unlocked ?? []) turn(key, false);
  return next;
}

function versionOf(event: MetadataEvent, position: number): ContextVersion {
  const { version, at, source, mode, author, changes, ignored, guessed, made } = event;
  const more = { ...(ignored ? { ignored } : {}), ...(guessed ? { guessed } : {}), ...(made ? { made } : {}) };
  return { version, position, at, source, mode, author, changes, ...more };
}
