import type { Page } from 'playwright-core';
import { chat, expect, liveChat, pageWithWidget, say, send, startThread, test } from '../src/harness';

/** Everything that reaches a visitor's browser from Beckon: socket frames and response bodies. */
class Received {
  readonly frames: string[] = [];
  readonly bodies: string[] = [];

  static async by(page: Page, origin: string): Promise<Received> {
    const received = new Received();
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => received.frames.push(payload.toString()));
    });
    page.on('response', async (response) => {
      if (!response.url().startsWith(origin) || response.request().method() === 'OPTIONS') return;
      const body = await response.text().catch(() => '');
      received.bodies.push(`${JSON.stringify(await response.allHeaders().catch(() => ({})))}\n${body}`);
    });
    return received;
  }

  get everything(): string {
    return [...this.frames, ...this.bodies].join('\n');
  }
}

interface SeenFrame {
  type: string;
  conversation?: string;
  position?: number;
  event?: { kind: string; seq?: number };
}

test('data and internal events never appear in a visitor’s bytes', async ({
  beckon,
  site,
  newVisitor,
  newAgent,
  colleague,
}) => {
  const visitor = await newVisitor();
  const received = await Received.by(visitor, beckon.origin);
  await visitor.goto(site.put('/bytes.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await send(visitor, { canaryHeld: 'kept from visitors 1' });
  const id = await startThread(visitor, beckon, 'what do you know of me?');
  await send(visitor, { canaryLive: 'kept from visitors 2' }, 'ALL');
  await send(visitor, { canaryPlus: 'kept from visitors 3' }, 'ALL_PLUS_NEW');
  const path = `/ccaas/1/conversations/${id}/metadata`;
  await beckon.api(path, { method: 'PATCH', body: { canaryApi: 'kept from visitors 4' } });
  const agent = await newAgent();
  const agents = await Received.by(agent, beckon.origin);
  await agent.reload();
  await agent.getByRole('link').filter({ hasText: 'what do you know of me?' }).click();
  await colleague.command(id, 'take');
  await colleague.say(id, 'only what you wrote');
  await chat(visitor).getByRole('log').getByText('only what you wrote').waitFor();
  // After a reconnect and a reload everything is told again, still without it.
  await visitor.reload();
  await liveChat(visitor, 'open');
  await chat(visitor).getByRole('log').getByText('only what you wrote').waitFor();
  await say(visitor, 'thank you');
  await colleague.command(id, 'solve');
  await chat(visitor).getByText('Marked as solved').waitFor();

  const { everything } = received;
  // The watch itself works: what a visitor may see is in it, and an agent's bytes hold all that must not be.
  expect(everything).toContain('only what you wrote');
  for (const secret of ['canaryHeld', 'canaryLive', 'canaryPlus', 'canaryApi']) {
    expect(agents.everything).toContain(secret);
  }
  expect(everything).not.toMatch(/canary|kept from visitors/);
  const seen = received.frames.map((frame) => JSON.parse(frame) as SeenFrame);
  const kinds = new Set(seen.flatMap(({ event }) => (event ? [event.kind] : [])));
  expect([...kinds].sort()).toEqual(['joined', 'message', 'status']);
  expect(everything).not.toMatch(/"seq"|"kind":\s*"(metadata|assigned|note|tag|queue|priority)"/);
  // Positions have no holes where internal events stand.
  const positions = [...new Set(seen.flatMap(({ event, position }) => (event && position ? [position] : [])))];
  expect(positions.sort((one, other) => one - other)).toEqual(positions.map((_, at) => at + 1));
});
