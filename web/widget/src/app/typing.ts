import type { Author, TypingFrame } from '@beckon/sdk';
import { type ReadonlySignal, type Signal, signal } from '@preact/signals-core';

/** As long as somebody writes, the other side is told again this often, milliseconds. */
const REPEAT_MS = 3_000;
/** Nothing typed for so long: no longer writing, milliseconds. */
const PAUSE_MS = 5_000;
/** Whoever has not been heard of for so long has stopped, milliseconds: the last word may have been lost. */
const SILENCE_MS = 6_000;

/** Who is writing, both ways: what the visitor types is told to the agents now and then, never what it is. */
export class Typing {
  private readonly heard: Signal<{ conversation: string; author: Author } | undefined> = signal(undefined);
  private silence: ReturnType<typeof setTimeout> | undefined;
  private pause: ReturnType<typeof setTimeout> | undefined;
  /** Where the agents believe that the visitor is writing, and since when they do. */
  private told: { conversation: string; at: number } | undefined;

  constructor(private readonly tell: (conversation: string, on: boolean) => boolean) {}

  /** Who is writing to the visitor, and where. */
  get writer(): ReadonlySignal<{ conversation: string; author: Author } | undefined> {
    return this.heard;
  }

  hear({ conversation, author, on }: TypingFrame): void {
    if (author.type === 'visitor') return;
    if (on) {
      this.heard.value = { conversation, author };
      clearTimeout(this.silence);
      this.silence = setTimeout(() => this.forget(), SILENCE_MS);
    } else this.stopped(conversation, author);
  }

  /** They stopped, or their message is here. */
  stopped(conversation: string, author: Author): void {
    const heard = this.heard.value;
    if (heard?.conversation === conversation && heard.author.id === author.id) this.forget();
  }

  forget(): void {
    clearTimeout(this.silence);
    this.heard.value = undefined;
  }

  /** The visitor typed something in this conversation, or took the last letter away. */
  typed(conversation: string, something: boolean): void {
    const now = Date.now();
    if (this.told && (!something || this.told.conversation !== conversation)) this.rest();
    if (!something) return;
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.rest(), PAUSE_MS);
    if (this.told && now - this.told.at < REPEAT_MS) return;
    if (this.tell(conversation, true)) this.told = { conversation, at: now };
  }

  /** The visitor sent it, or left. */
  rest(): void {
    clearTimeout(this.pause);
    const { told } = this;
    this.told = undefined;
    if (told) this.tell(told.conversation, false);
  }
}
