import { isDeepStrictEqual } from 'node:util';
import type { BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { until } from '../../../vitest.pace.ts';
import type { Beckon } from '../harness/beckon';
import { chat, chatFrame, liveChat, say, shown } from '../harness/chat';
import { context, conversationWith } from '../harness/conversations';
import { look, watchable } from '../harness/looking';
import type { SocketAgent } from '../harness/socket_agent';
import type { Expected, Oracle, Step } from './oracle';

interface Heard {
  type: string;
  threads?: { conversation: string; status: string }[];
  thread?: { conversation: string; status: string };
}

/** A tab of the customer's browser, and which conversations it has heard of. */
interface Tab {
  page: Page;
  /** Status by conversation; undefined while its page has no connection. */
  heard: Map<string, string> | undefined;
}

/** A customer with a real browser, and the people and programs at the other end: takes the steps of an order. */
export class Customer {
  /** Conversations by the number of their talk. */
  readonly talks: string[] = [];
  private readonly tabs: Tab[] = [];
  /** The newest message of each talk. */
  private readonly newest: string[] = [];
  private words = 0;

  constructor(
    private readonly name: string,
    private readonly browser: BrowserContext,
    private readonly beckon: Beckon,
    private readonly colleague: SocketAgent,
    private readonly address: string,
    private readonly oracle: Oracle,
  ) {}

  /** Takes a step, of which the oracle knows already. */
  async take(step: Step, expected: Expected | undefined): Promise<void> {
    switch (step.verb) {
      case 'load':
        return this.load(step.tab);
      case 'route':
        await this.page(step.tab).evaluate(`history.pushState({}, '', '/${this.text()}')`);
        return;
      case 'hide':
      case 'look':
        return look(this.page(step.tab), step.verb === 'look');
      case 'list':
        await this.turnTo(step.tab);
        await liveChat(this.page(step.tab), 'show_thread_list');
        await liveChat(this.page(step.tab), 'open');
        return;
      case 'close':
        await this.turnTo(step.tab);
        await liveChat(this.page(step.tab), 'close');
        return;
      case 'show':
        return this.show(step.tab, step.talk);
      case 'say':
        return this.say(step.tab, step.talk);
      case 'call':
        return this.call(step, expected);
      case 'answer': {
        const text = this.text();
        await this.colleague.say(this.conversation(step.talk), text);
        this.newest[step.talk] = text;
        return;
      }
      case 'solve':
      case 'shut':
        return this.colleague.command(this.conversation(step.talk), step.verb === 'solve' ? 'solve' : 'close');
      case 'start':
        return this.start();
    }
  }

  /** Waits until every tab and the server know what the oracle says. */
  async settled(): Promise<void> {
    for (const [at, { heard }] of this.tabs.entries()) {
      const known = () => this.talks.every((id, talk) => heard?.get(id) === this.oracle.talk(talk).status);
      if (heard) await until(`tab ${at} knows all threads`, () => known() || undefined);
    }
    for (const [talk, id] of this.talks.entries()) {
      const wanted = this.oracle.context(talk);
      let found: unknown;
      const same = async () => {
        found = await context(this.beckon, id);
        return isDeepStrictEqual(found, wanted) || undefined;
      };
      await until('', same).catch(() => expect(found, `the context of talk ${talk}`).toEqual(wanted));
    }
  }

  private page(tab: number): Page {
    return (this.tabs[tab] as Tab).page;
  }

  private conversation(talk: number): string {
    return this.talks[talk] as string;
  }

  /** Never the same, and no part of another. */
  private text(): string {
    this.words += 1;
    return `${this.name}-${this.words}.`;
  }

  private async load(at: number): Promise<void> {
    const tab = this.tabs[at] ?? (await this.openTab());
    await tab.page.goto(`${this.address}?${this.text()}`);
    // Answered by the chat, so it is loaded then.
    const { view } = this.oracle.tab(at);
    if (typeof view !== 'number') await liveChat(tab.page, 'show_thread_list');
    else await this.reads(tab.page, view);
  }

  private async openTab(): Promise<Tab> {
    const tab: Tab = { page: await this.browser.newPage(), heard: undefined };
    this.tabs.push(tab);
    tab.page.on('websocket', (socket) => {
      const heard = new Map<string, string>();
      tab.heard = heard;
      socket.on('framereceived', ({ payload }) => {
        const { type, threads, thread } = JSON.parse(String(payload)) as Heard;
        const told = type === 'welcome' ? threads : type === 'thread' && thread ? [thread] : [];
        for (const { conversation, status } of told ?? []) heard.set(conversation, status);
      });
    });
    await watchable(tab.page);
    return tab;
  }

  /** A browser with a screen tells a page that its window has the focus. */
  private async turnTo(tab: number): Promise<void> {
    await (await chatFrame(this.page(tab))).evaluate(() => window.dispatchEvent(new Event('focus')));
  }

  private async reads(page: Page, talk: number): Promise<void> {
    await expect.poll(() => shown(page)).toContain(this.newest[talk]);
  }

  private async show(tab: number, talk: number | 'new'): Promise<void> {
    const page = this.page(tab);
    await this.turnTo(tab);
    if (talk === 'new') {
      await liveChat(page, 'open_new_thread');
      await liveChat(page, 'open');
      await chat(page).locator('.ib-widget-message-input').waitFor();
      return;
    }
    // Before the window opens, so that nothing else is on screen in between.
    await liveChat(page, 'show_thread_list');
    await liveChat(page, 'open');
    const rows = chat(page).getByRole('link').or(chat(page).getByRole('button'));
    if (this.oracle.multi) await rows.filter({ hasText: this.newest[talk] as string }).click();
    await this.reads(page, talk);
  }

  private async say(tab: number, talk: number | 'new'): Promise<void> {
    const page = this.page(tab);
    await this.turnTo(tab);
    if (talk === 'new' || !this.oracle.multi) {
      await liveChat(page, 'open_new_thread');
      await liveChat(page, 'open');
    }
    const text = this.text();
    await say(page, text);
    const id = await conversationWith(this.beckon, text);
    const at = talk === 'new' ? this.talks.length : talk;
    if (talk === 'new') this.talks.push(id);
    expect(id, 'the conversation of the message').toBe(this.talks[at]);
    this.newest[at] = text;
  }

  private async call(step: Step & { verb: 'call' }, expected: Expected | undefined): Promise<void> {
    const page = this.page(step.tab);
    const { metadata, strategy, mode } = step;
    const argument = { metadata, ...(strategy && { multiThreadStrategy: strategy }), ...(mode && { mode }) };
    if (expected?.waits) {
      // Answered when the tab is looked at.
      await page.evaluate((value) => {
        (window as unknown as { liveChat: (...given: unknown[]) => void }).liveChat('send_contextual_data', value);
      }, argument);
      return;
    }
    const { error, result } = await liveChat(page, 'send_contextual_data', argument);
    expect(error).toBeUndefined();
    const reached = result?.conversations as { conversationId: string; guessed?: true }[];
    expect({
      pending: result?.pending,
      talks: reached.map(({ conversationId }) => this.talks.indexOf(conversationId)).sort(),
      guessed: reached.some(({ guessed }) => guessed),
    }).toEqual({
      pending: expected?.talks.length === 0,
      talks: [...(expected?.talks ?? [])].sort(),
      guessed: expected?.guessed,
    });
  }

  /** A program begins a conversation with this customer. */
  private async start(): Promise<void> {
    type Rows = { rows: { conversation: string; visitor: { id: string } }[] };
    const { body } = await this.beckon.api<Rows>('/ccaas/1/inbox?view=all&limit=200');
    const visitorId = body.rows.find((row) => row.conversation === this.talks[0])?.visitor.id;
    const topic = this.text();
    const made = await this.beckon.api<{ id: string }>('/ccaas/1/conversations', {
      method: 'POST',
      body: { visitorId, topic },
    });
    expect(made.status).toBe(200);
    this.talks.push(made.body.id);
    const text = this.text();
    await this.colleague.say(made.body.id, text);
    this.newest.push(text);
  }
}
