import type { Page } from 'playwright-core';
import { expect, pageWithWidget, startThread, Tour, test } from '../src/harness';

const PASSWORD = 'correct horse battery staple';
const tour = new Tour('settings');

async function open(agent: Page, place: string): Promise<void> {
  await agent.evaluate((hash) => {
    location.hash = hash;
  }, `#/settings${place}`);
}

test('every state of profile, people and keys is clean to axe, light and dark', async ({
  ownBeckon,
  newAgent,
  watch,
}) => {
  watch.expect(/status of (400|500)/);
  const beckon = await ownBeckon();
  const admin = await newAgent({ beckon, name: 'Maja Horvat' });
  const dialog = admin.getByRole('dialog');
  await open(admin, '/people');
  await admin.getByText('So far you are alone here.').waitFor();
  await tour.look(admin, 'people, alone');
  await beckon.admin(
    ['agent', 'create', '--email', 'ivo@example.com', '--name', 'Ivo', '--role', 'agent', '--password-stdin'],
    `${PASSWORD}\n`,
  );

  await open(admin, '/profile');
  await admin.getByLabel('Current password').fill('not this one');
  await admin.getByLabel('New password').fill('a new one, and longer');
  await admin.getByRole('button', { name: 'Change password' }).click();
  await admin.locator('[name=current][aria-invalid=true]').waitFor();
  await tour.look(admin, 'profile, wrong password');
  await admin.getByLabel('Current password').fill(PASSWORD);
  await admin.getByLabel('New password').fill('a new one, and longer');
  await admin.getByRole('button', { name: 'Change password' }).click();
  await admin.getByText('All your other sign-ins have ended').waitFor();
  await tour.look(admin, 'profile, password changed');
  await admin.getByRole('button', { name: 'Sign out everywhere' }).click();
  await dialog.getByText('Sign out everywhere?').waitFor();
  await tour.look(admin, 'sign out everywhere');
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  await open(admin, '/people');
  const actions = admin.getByRole('button', { name: 'Actions for Ivo' });
  const choose = (what: string) => admin.getByRole('button', { name: what, exact: true }).click();
  await actions.click();
  await admin.getByRole('button', { name: 'Change role' }).waitFor();
  await tour.look(admin, 'actions for a person');
  await choose('Change role');
  await dialog.getByText('Role of Ivo').waitFor();
  await tour.look(admin, 'role dialog');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await actions.click();
  await choose('Disable');
  await dialog.getByText('Disable Ivo?').waitFor();
  await tour.look(admin, 'disable question');
  await dialog.getByRole('button', { name: 'Disable' }).click();
  await admin.getByText('Disabled').waitFor();
  // The row says so a moment before its dialog has gone, and what lies under a dialog cannot be used.
  await dialog.waitFor({ state: 'hidden' });
  await admin.getByLabel('Their e-mail').fill('ivo.with.a.rather.long.address@shop.example.com');
  await admin.getByRole('button', { name: 'Make invite link' }).click();
  await admin.getByText(/\/console\/#\/invite\/\w+/).waitFor();
  await tour.look(admin, 'person disabled, invite link shown once');

  await open(admin, '/keys');
  await admin.getByText('No key yet').waitFor();
  await tour.look(admin, 'no key yet');
  await admin.locator('[name=name]').fill('order-bot');
  await admin.getByRole('button', { name: 'Make key' }).click();
  await admin.getByText(/^curl /).waitFor();
  await tour.look(admin, 'key shown once');
  await admin.getByRole('button', { name: 'Revoke order-bot' }).click();
  await dialog.getByText('Revoke order-bot?').waitFor();
  await tour.look(admin, 'revoke question');
  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await admin.getByText('1 revoked key').click();
  await tour.look(admin, 'revoked keys');

  await admin.route('**/console/1/people', (route) => route.fulfill({ status: 500 }));
  await open(admin, '/people');
  await admin.getByText('This page could not be loaded.').waitFor();
  await tour.look(admin, 'error');
  await admin.unroute('**/console/1/people');
  await admin.route('**/console/1/widgets', () => {});
  await open(admin, '/widgets');
  await admin.getByRole('status').filter({ hasText: 'Loading' }).waitFor();
  await tour.look(admin, 'loading');
  await admin.setViewportSize({ width: 390, height: 844 });
  await admin.getByRole('link', { name: 'Back to settings' }).click();
  await admin.getByRole('heading', { name: 'Settings' }).waitFor();
  await tour.look(admin, 'menu on a phone', { widths: [390] });
});

test('every state of a widget’s settings is clean to axe, light and dark', async ({
  ownBeckon,
  site,
  newAgent,
  newVisitor,
}) => {
  const beckon = await ownBeckon();
  const id = await beckon.widgetId('multi');
  const admin = await newAgent({ beckon, name: 'Maja Horvat' });
  const dialog = admin.getByRole('dialog');
  await open(admin, '/widgets');
  await admin.getByRole('button', { name: 'Make widget' }).waitFor();
  await tour.look(admin, 'widgets');
  await open(admin, `/widgets/${id}`);
  await admin.getByText('Waiting for your page…').waitFor();
  await admin.getByText('It does not appear').click();
  await tour.look(admin, 'widget, waiting for a page');
  const visitor = await newVisitor();
  const address = site.put('/every-setting.html', pageWithWidget(beckon.origin, id));
  await visitor.goto(address);
  await startThread(visitor, beckon, 'is the check green?');
  await admin.getByText(`${new URL(address).host} is connected`).waitFor();
  await tour.look(admin, 'widget, site connected');

  const origin = admin.getByLabel('Origin of your site');
  await origin.fill('shop');
  await origin.press('Enter');
  await admin.getByText('Write it as https://shop.example.').waitFor();
  await tour.look(admin, 'origin refused');
  for (const one of [site.origin, 'https://www.a-shop-with-a-rather-long-name.example']) {
    await origin.fill(one);
    await origin.press('Enter');
    await admin.getByRole('button', { name: `Remove ${one}` }).waitFor();
  }
  const key = admin.getByLabel('Key', { exact: true });
  for (const one of ['tier', 'customerNumber']) {
    await key.fill(one);
    await key.press('Enter');
    await admin.getByRole('button', { name: `Remove ${one}` }).waitFor();
  }
  await tour.look(admin, 'origins and protected keys');

  const editor = admin.locator('form').filter({ hasText: 'Light or dark' });
  await admin.getByRole('button', { name: 'New theme' }).click();
  await editor.locator('[name=name]').waitFor();
  await tour.look(admin, 'theme editor');
  await admin.getByLabel('Accent', { exact: true }).fill('#f6e7a1');
  await admin.getByText('Below 3 : 1 on the window').first().waitFor();
  await admin.getByText('More variables').click();
  await admin.getByRole('button', { name: 'Add variable' }).click();
  await admin.getByRole('button', { name: 'Save theme' }).click();
  await admin.getByText('Use 1 to 32 of').waitFor();
  await tour.look(admin, 'theme editor, wrong and faint');
  await admin.getByRole('link', { name: 'People' }).click();
  await dialog.getByText('Leave without saving?').waitFor();
  await tour.look(admin, 'unsaved question');
  await dialog.getByRole('button', { name: 'Stay here' }).click();
  await editor.locator('[name=name]').fill('harbour');
  await admin.getByLabel('Accent', { exact: true }).fill('#7a2e5d');
  await admin.getByRole('button', { name: /^Remove --bk-/ }).click();
  await admin.getByRole('button', { name: 'Save theme' }).click();
  await admin.getByRole('button', { name: 'Edit harbour' }).waitFor();
  await tour.look(admin, 'own theme');
  await admin.getByRole('button', { name: 'Edit harbour' }).click();
  await admin.getByRole('button', { name: 'Delete theme' }).click();
  await dialog.getByText('Delete harbour?').waitFor();
  await tour.look(admin, 'theme delete question');
  expect(await admin.evaluate(() => document.documentElement.scrollWidth)).toBe(1440);
});
