import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { expect, liveChat, pageWithWidget, send, startThread, test, until, VISITOR_PACE_MS } from '../src/harness';

const PASSWORD = 'correct horse battery staple';
const NEW_PASSWORD = 'a new one, and longer';

/** Opens one page of the settings. */
async function open(agent: Page, place: string): Promise<void> {
  await agent.evaluate((hash) => {
    location.hash = hash;
  }, `#/settings/${place}`);
}

test('a changed password ends the other sign-ins, and signing out everywhere this one, too', async ({
  beckon,
  newAgent,
  newVisitor,
  watch,
}) => {
  watch.expect(/status of (400|401)/);
  const email = 'ana.settings@example.com';
  const agent = await newAgent({ email, name: 'Ana Novak', role: 'agent' });
  const signIn = async (password: string): Promise<Page> => {
    const elsewhere = await newVisitor();
    await elsewhere.goto(`${beckon.origin}/console/`);
    await elsewhere.getByLabel('E-mail').fill(email);
    await elsewhere.getByLabel('Password', { exact: true }).fill(password);
    await elsewhere.getByRole('button', { name: 'Sign in' }).click();
    return elsewhere;
  };
  const elsewhere = await signIn(PASSWORD);
  await elsewhere.getByRole('region', { name: 'Conversations' }).waitFor();

  await open(agent, 'profile');
  await agent.getByLabel('Current password').fill('not this one');
  await agent.getByLabel('New password').fill(NEW_PASSWORD);
  await agent.getByRole('button', { name: 'Change password' }).click();
  await agent.locator('[name=current][aria-invalid=true]').waitFor();
  await agent.getByLabel('Current password').fill(PASSWORD);
  await agent.getByLabel('New password').fill(NEW_PASSWORD);
  await agent.getByRole('button', { name: 'Change password' }).click();
  await agent.getByText('All your other sign-ins have ended').waitFor();
  await elsewhere.getByLabel('Password', { exact: true }).waitFor();

  const again = await signIn(NEW_PASSWORD);
  await again.getByRole('region', { name: 'Conversations' }).waitFor();
  await agent.getByRole('button', { name: 'Sign out everywhere' }).click();
  await agent.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
  await agent.getByLabel('Password', { exact: true }).waitFor();
  await again.getByLabel('Password', { exact: true }).waitFor();
});

test('an invite works once, and a disabled colleague is out at once', async ({ newAgent, newVisitor, watch }) => {
  watch.expect(/status of (401|404)/);
  const admin = await newAgent({ name: 'Maja' });
  await open(admin, 'people');
  await admin.getByLabel('Their e-mail').fill('ivo.invited@example.com');
  await admin.getByRole('button', { name: 'Make invite link' }).click();
  const shown = admin.getByText(/\/console\/#\/invite\/\w+/);
  await shown.waitFor();
  const link = /http\S+\/#\/invite\/\w+/.exec((await shown.textContent()) ?? '')?.[0] ?? '';

  const ivo = await newVisitor();
  await ivo.goto(link);
  await ivo.getByText('Maja invited you').waitFor();
  await ivo.getByLabel('Your name').fill('Ivo');
  await ivo.getByLabel('Password', { exact: true }).fill(NEW_PASSWORD);
  await ivo.locator('form button[type=submit]').click();
  await ivo.getByRole('region', { name: 'Conversations' }).waitFor();
  const other = await newVisitor();
  await other.goto(link);
  await other.getByRole('heading', { name: 'This invite does not work any more' }).waitFor();

  await admin.reload();
  await admin.getByRole('button', { name: 'Actions for Ivo' }).click();
  await admin
    .getByRole('button', { name: 'Disable' })
    .or(admin.getByRole('menuitem', { name: 'Disable' }))
    .click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
  await ivo.getByLabel('Password', { exact: true }).waitFor();
  await ivo.getByLabel('E-mail').fill('ivo.invited@example.com');
  await ivo.getByLabel('Password', { exact: true }).fill(NEW_PASSWORD);
  await ivo.getByRole('button', { name: 'Sign in' }).click();
  await ivo.getByText('E-mail and password do not belong together').waitFor();
});

test('a key is shown once with a line that works, reads only, and ends when it is revoked', async ({ newAgent }) => {
  const admin = await newAgent();
  await open(admin, 'keys');
  await admin.locator('[name=name]').fill('order-bot');
  await admin.getByRole('button', { name: 'Make key' }).click();
  const shown = admin.getByText(/^curl /);
  await shown.waitFor();
  const line = ((await shown.textContent()) ?? '').trim();
  const run = async (command: string): Promise<string> =>
    (await promisify(execFile)('bash', ['-c', `${command} --silent --write-out '\\n%{http_code}'`])).stdout;
  const read = await run(line);
  expect(read).toContain('"conversations"');
  expect(read).toMatch(/\n200$/);
  expect(await run(`${line} -X POST`)).toMatch(/"FORBIDDEN"[^\n]*\n403$/);
  await admin.getByRole('button', { name: 'Done' }).click();
  await admin.getByRole('button', { name: 'Revoke order-bot' }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await admin.getByText('1 revoked key').waitFor();
  expect(await run(line)).toMatch(/\n401$/);
});

test('a widget is set up in the console: live check, protected key, origin', async ({
  beckon,
  site,
  newAgent,
  newVisitor,
  watch,
}) => {
  watch.expect(/status of 403|may not embed|is not allowed|1031/);
  const admin = await newAgent();
  const id = await beckon.widgetId('multi');
  await open(admin, `widgets/${id}`);
  await admin.getByText('Waiting for your page…').waitFor();
  const visitor = await newVisitor();
  const address = site.put('/settings.html', pageWithWidget(beckon.origin, id));
  await visitor.goto(address);
  await startThread(visitor, beckon, 'is the check green?');
  await admin.getByText(`${new URL(address).host} is connected`).waitFor();

  await admin.getByLabel('Key', { exact: true }).fill('tier');
  await admin.getByLabel('Key', { exact: true }).press('Enter');
  await admin.getByRole('button', { name: 'Remove tier' }).waitFor();
  const ignored = async () => {
    const { ignored } = await send(visitor, { tier: 'gold', n: Math.random() }, 'ACTIVE');
    return ignored.length > 0 ? ignored : undefined;
  };
  const locked = await until('the key is protected', ignored, { pace: VISITOR_PACE_MS });
  expect(locked).toEqual([{ key: 'tier', reason: 'locked' }]);

  await admin.getByLabel('Origin of your site').fill('https://shop.example');
  await admin.getByLabel('Origin of your site').press('Enter');
  await admin.getByRole('button', { name: 'Remove https://shop.example' }).waitFor();
  await expect
    .poll(async () => {
      await visitor.goto(address);
      return (await liveChat(visitor, 'show')).error?.code;
    })
    .toBe(1031);
});

test('the hours for which ACTIVE may guess are checked, kept, and not asked where there is one conversation', async ({
  beckon,
  newAgent,
}) => {
  const admin = await newAgent();
  const id = await beckon.widgetId('multi');
  await open(admin, `widgets/${id}`);
  const hours = admin.getByLabel('Hours since the last message');
  const form = admin.locator('form', { has: hours });
  expect(await hours.inputValue()).toBe('24');
  for (const wrong of ['721', '1.5', '-1', '']) {
    await hours.fill(wrong);
    await hours.press('Enter');
    await admin.locator('[name=guess_hours][aria-invalid=true]').waitFor();
  }
  await hours.fill('0');
  await hours.press('Enter');
  await form.getByText('Saved').waitFor();
  await admin.reload();
  await hours.waitFor();
  expect(await hours.inputValue()).toBe('0');

  await open(admin, `widgets/${await beckon.widgetId('single')}`);
  await admin.getByRole('heading', { name: 'Protected keys' }).waitFor();
  expect(await hours.count()).toBe(0);
});
