import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { session } from '../src/session';
import { FakeServer, refusal } from './fake_server';
import { FakeSettings, person, widget } from './fake_settings';
import { close, openConsole, page, press, see, seeNo, submit, type } from './screen';

// happy-dom draws no top layer; what is inside an open dialog is simply there.
HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
  this.open = true;
};

let server: FakeServer;
let settings: FakeSettings;
beforeEach(() => {
  server = new FakeServer();
  settings = new FakeSettings(server);
});
afterEach(close);

/** Sends the form that a field belongs to. */
function submitFormOf(name: string): Promise<void> {
  return act(() => {
    const field = document.querySelector(`[name=${name}]`);
    field?.closest('form')?.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));
  });
}

describe('the pages of the settings', () => {
  it('are all there for an admin', async () => {
    await openConsole('#/settings');
    await see('API keys');
    expect(location.hash).toBe('#/settings/profile');
    expect(page()).toContain('People');
  });

  it('are the profile alone for everybody else, by the menu and by the address', async () => {
    server.who = { ...server.who, agent: { ...server.who.agent, role: 'SUPERVISOR' } };
    await openConsole('#/settings/people');
    await see('Sign out everywhere');
    expect(location.hash).toBe('#/settings/profile');
    expect(page()).not.toContain('API keys');
    expect(server.asked).not.toContain('GET /console/1/people');
  });

  it('say when they cannot be loaded, and try again', async () => {
    settings.broken = true;
    await openConsole('#/settings/people');
    await see('could not be loaded');
    settings.broken = false;
    await press('Try again');
    await see('maja@example.com');
  });

  it('ask before something unsaved is left', async () => {
    await openConsole('#/settings/profile');
    await see('Your name');
    await type('Maja N', 'name');
    await press('People');
    await see('Leave without saving?');
    expect(location.hash).toBe('#/settings/profile');
    await press('Stay here');
    await seeNo('Leave without saving?');
    await press('Inbox');
    await see('Leave without saving?');
    await press('Leave');
    await see('Unassigned');
  });
});

describe('my profile', () => {
  it('changes the name everywhere without a new desk', async () => {
    await openConsole('#/settings/profile');
    await see('Your name');
    const tickets = () => server.asked.filter((one) => one === 'POST /console/1/tickets').length;
    const before = tickets();
    await type('Maja Novak', 'name');
    await submitFormOf('name');
    await see('Saved');
    expect(page()).toContain('Account of Maja Novak');
    expect(tickets()).toBe(before);
  });

  it('says beside the field what is wrong with a password', async () => {
    await openConsole('#/settings/profile');
    await see('Your name');
    await type('short', 'new');
    await submitFormOf('new');
    await see('Write your current password.');
    await see('Use at least 10 characters.');
    expect(server.asked).not.toContain('POST /console/1/password');
    await type('whatever it was', 'current');
    await type('long enough now', 'new');
    settings.refuse = refusal(400, 'Bad request', { current: ['That is not your password.'] });
    await submitFormOf('new');
    await see('That is not your password.');
    await submitFormOf('new');
    await see('All your other sign-ins have ended');
    expect(document.querySelector<HTMLInputElement>('[name=current]')?.value).toBe('');
  });

  it('signs out everywhere after asking', async () => {
    await openConsole('#/settings/profile');
    await see('Your name');
    await press('Sign out everywhere');
    await see('Every browser you are signed in with');
    await act(() => document.querySelector<HTMLElement>('dialog button:last-child')?.click());
    await see('Good to see you');
    expect(session.value).toMatchObject({ state: 'out', ended: false });
  });
});

describe('people', () => {
  beforeEach(() => {
    settings.people.push(person('ana', { name: 'Ana' }));
  });

  it('shows an invite link once and lists the invite until it is revoked', async () => {
    await openConsole('#/settings/people');
    await see('ana@example.com');
    await type('luka', 'email');
    await submit();
    await see('Write an e-mail address');
    await type('luka@example.com', 'email');
    await submit();
    await see('#/invite/good');
    await see('Open invites');
    await press('Done');
    await seeNo('#/invite/good');
    await press('Revoke the invite of luka@example.com');
    await seeNo('Open invites');
  });

  it('shows what the server says against it', async () => {
    await openConsole('#/settings/people');
    await see('ana@example.com');
    settings.refuse = refusal(400, 'Bad request', { email: ['has an agent already'] });
    await type('ana@example.com', 'email');
    await submit();
    await see('Has an agent already.');
  });

  it('disables and enables after saying what happens, and keeps asking when that fails', async () => {
    await openConsole('#/settings/people');
    await see('ana@example.com');
    await press('Disable');
    await see('signed out everywhere at once');
    settings.refuse = refusal(400, 'Ana is the last admin.');
    await act(() => document.querySelector<HTMLElement>('dialog button:last-child')?.click());
    await see('Ana is the last admin.');
    await act(() => document.querySelector<HTMLElement>('dialog button:last-child')?.click());
    await see('Disabled');
    expect(settings.people[1]?.disabled).toBe(true);
    await press('Enable');
    await see('with the same password and role');
    await act(() => document.querySelector<HTMLElement>('dialog button:last-child')?.click());
    await seeNo('Disabled');
  });
});

describe('API keys', () => {
  it('shows a key once and revokes it after asking', async () => {
    await openConsole('#/settings/keys');
    await see('No key yet');
    await type('order-bot', 'name');
    await submit();
    await see('curl -H');
    expect(settings.keys[0]?.scopes).toEqual(['conversations:read']);
    await press('Done');
    await seeNo('bk_secret');
    await press('Revoke order-bot');
    await see('cannot be undone');
    await act(() => document.querySelector<HTMLElement>('dialog button:last-child')?.click());
    await see('1 revoked key');
  });
});

describe('an invite', () => {
  beforeEach(() => {
    server.signedIn = false;
  });

  it('makes an agent', async () => {
    await openConsole('#/invite/good');
    await see('Maja invited you to answer visitors here, as supervisor.');
    await submit();
    await see('Write your name.');
    await see('Use at least 10 characters.');
    await type('Ana', 'name');
    await type('long enough for me', 'password');
    await submit();
    await see('Unassigned');
    expect(location.hash).toBe('#/');
  });

  it('says what to do when it was used', async () => {
    await openConsole('#/invite/used');
    await see('ask whoever invited you for a new one');
  });
});

describe('a widget', () => {
  beforeEach(() => {
    settings.widgets.push(widget('w1', { name: 'Car shop' }));
  });

  it('is found in the list, and a new one leads to its page', async () => {
    await openConsole('#/settings/widgets');
    await see('Any site may embed it');
    await type('Second shop', 'name');
    settings.widgets = [];
    await submit();
    await see("liveChat('init', 'w1')");
    expect(location.hash).toBe('#/settings/widgets/w1');
  });

  it('says that it does not exist', async () => {
    await openConsole('#/settings/widgets/nowhere');
    await see('There is no such page');
  });

  it('turns connected by itself when a page has loaded it', async () => {
    await openConsole('#/settings/widgets/w1');
    await see('Waiting for your page');
    settings.widgets = [
      widget('w1', {
        seen: { origin: 'https://shop.example', url: null, at: new Date().toISOString(), connected: 2 },
      }),
    ];
    await see('shop.example is connected');
    await see('2 visitors in the chat now');
  });

  it('takes an origin as browsers write it, once, and none that is no origin', async () => {
    await openConsole('#/settings/widgets/w1');
    await see('Any site may embed this widget');
    for (const [typed, said] of [
      ['shop.example', 'Write it as https://shop.example.'],
      ['https://bücher.example', 'https://xn--'],
    ] as const) {
      await type(typed, 'allowed_origins');
      await submitFormOf('allowed_origins');
      await see(said);
    }
    await type('HTTPS://Shop.Example:443/a?b', 'allowed_origins');
    await submitFormOf('allowed_origins');
    await seeNo('Any site may embed this widget');
    expect(settings.widgets[0]?.allowed_origins).toEqual(['https://shop.example']);
    await type('https://shop.example', 'allowed_origins');
    await submitFormOf('allowed_origins');
    await see('on the list already');
    await press('Remove https://shop.example');
    await see('Any site may embed this widget');
  });

  it('keeps texts, and an empty one goes back to the shipped text', async () => {
    settings.widgets = [widget('w1', { welcome: 'Good day' })];
    await openConsole('#/settings/widgets/w1');
    await see('Team name');
    await type('Fjord team', 'team_name');
    await type(' ', 'welcome');
    settings.refuse = refusal(400, 'Bad request', { team_name: ['is too long'] });
    await submitFormOf('welcome');
    await see('Is too long.');
    await submitFormOf('welcome');
    await see('Saved');
    expect(settings.widgets[0]).toMatchObject({ team_name: 'Fjord team', welcome: null, language: null });
  });

  it('makes a theme that a page can choose, and deletes it', async () => {
    await openConsole('#/settings/widgets/w1');
    await see('Comes with Beckon');
    await press('New theme');
    const form = () => document.querySelector('form:has([name=accent])')?.querySelectorAll('[name=name]').length;
    expect(form()).toBe(1);
    const name = document.querySelector<HTMLInputElement>('form:has([name=accent]) [name=name]');
    if (!name) throw new Error('no name');
    await act(() => {
      name.value = 'ocean';
      name.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await type('blue', 'accent');
    await submitFormOf('accent');
    await see('There is a theme of this name.');
    await see('Write a colour as #1c5f4e.');
    await act(() => {
      name.value = 'autumn';
      name.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await type('#FC0', 'accent');
    // Light text would not be readable on it.
    const send = document.querySelector<HTMLElement>('[role=img]');
    expect(send?.style.getPropertyValue('--bk-on-accent')).toBe('#0c1f18');
    await submitFormOf('accent');
    await see("liveChat('set_theme', 'autumn');");
    expect(settings.widgets[0]?.themes).toEqual({ autumn: { styles: { '--bk-accent': '#ffcc00' } } });
    await press('Edit autumn');
    await press('Delete theme');
    await act(() => document.querySelector<HTMLElement>('dialog button:last-child')?.click());
    await seeNo('autumn');
    expect(settings.widgets[0]?.themes).toEqual({});
  });

  it('takes the host of a CDN with a scheme or without, once', async () => {
    await openConsole('#/settings/widgets/w1');
    await see('only pictures from your site are shown');
    await type('CDN.example.com', 'image_hosts');
    await submitFormOf('image_hosts');
    await seeNo('only pictures from your site are shown');
    expect(settings.widgets[0]?.image_hosts).toEqual(['https://cdn.example.com']);
    await type('https://cdn.example.com/cars', 'image_hosts');
    await submitFormOf('image_hosts');
    await see('It is on the list already.');
    await type('cdn example', 'image_hosts');
    await submitFormOf('image_hosts');
    await see('Write it as cdn.example.com.');
  });

  it('protects keys', async () => {
    await openConsole('#/settings/widgets/w1');
    await see('No key is protected');
    await type('customerNumber', 'protected_keys');
    await submitFormOf('protected_keys');
    await seeNo('No key is protected');
    expect(settings.widgets[0]?.protected_keys).toEqual(['customerNumber']);
  });
});
