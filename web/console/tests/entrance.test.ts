import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { session } from '../src/session';
import { FakeServer } from './fake_server';
import { close, openConsole, page, press, see, submit, type } from './screen';

let server: FakeServer;
beforeEach(() => {
  localStorage.clear();
  server = new FakeServer();
  server.signedIn = false;
});
afterEach(close);

describe('sign-in', () => {
  it('names what is missing and asks nobody', async () => {
    await openConsole();
    await see('Good to see you');
    await submit();
    await see('Write an e-mail address');
    await see('Write your password.');
    expect(server.asked).not.toContain('POST /console/1/session');
  });

  it('says that e-mail and password do not belong together, then lets the right ones in', async () => {
    await openConsole();
    await see('Good to see you');
    await type('maja@example.com', 'email');
    await type('something else', 'password');
    await submit();
    await see('do not belong together');
    await type('a good password', 'password');
    await submit();
    await see('Unassigned');
  });

  it('says where the set-up link comes from while nobody is set up', async () => {
    server.setUpDone = false;
    await openConsole();
    await see('beckon admin setup-link');
    expect(document.querySelector('form')).toBeNull();
  });

  it('says when the server does not answer, and tries again', async () => {
    server.broken = true;
    await openConsole();
    await see('Beckon does not answer');
    server.broken = false;
    await press('Try again');
    await see('Good to see you');
  });

  it('signs out', async () => {
    server.signedIn = true;
    await openConsole();
    await see('Unassigned');
    await press('Sign out');
    await see('Good to see you');
    expect(server.signedIn).toBe(false);
    expect(page()).not.toContain('Your session has ended');
  });

  it('does not call it an ended session when signing out ends the socket first', async () => {
    server.signedIn = true;
    await openConsole();
    await see('Unassigned');
    server.onSignOut = () => server.cut(4503);
    const ended: boolean[] = [];
    const stop = session.subscribe((who) => ended.push(who.state === 'out' && who.ended));
    await press('Sign out');
    await see('Good to see you');
    stop();
    expect(ended).not.toContain(true);
  });

  it('leads back to the conversation that was on screen', async () => {
    await openConsole('#/c/some-conversation?view=mine');
    await see('Good to see you');
    await type('maja@example.com', 'email');
    await type('a good password', 'password');
    await submit();
    await see('Unassigned');
    expect(location.hash).toBe('#/c/some-conversation?view=mine');
  });

  it('says that the session ended when it was ended elsewhere', async () => {
    server.signedIn = true;
    await openConsole();
    await see('Unassigned');
    server.signedIn = false;
    server.cut(4503);
    await see('Your session has ended');
  });
});

describe('another database at the address', () => {
  it('leaves the desk on screen and goes on when the right one is back', async () => {
    server.signedIn = true;
    await openConsole();
    await see('Unassigned');
    await vi.waitFor(() => expect(server.frames.map(({ type }) => type)).toContain('subscribe'));
    server.epoch = 'other';
    server.signedIn = false;
    server.cut(1006);
    await see('another database');
    expect(page()).toContain('Unassigned');
    expect(page()).not.toContain('Good to see you');
    server.epoch = 'home';
    server.signedIn = true;
    await press('Try now');
    await vi.waitFor(() => expect(page()).not.toContain('another database'));
    expect(page()).toContain('Unassigned');
  });

  it('lets a page that was loaded meanwhile go on by itself', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'], shouldAdvanceTime: true });
    localStorage.setItem('beckon:database', 'home');
    server.epoch = 'other';
    server.setUpDone = false;
    await openConsole();
    await see('another database');
    server.epoch = 'home';
    server.signedIn = true;
    vi.advanceTimersByTime(5_000);
    vi.useRealTimers();
    await see('Unassigned');
  });

  it('lets a page that was loaded meanwhile go on to sign in where the right one has ended the session', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'], shouldAdvanceTime: true });
    localStorage.setItem('beckon:database', 'home');
    server.epoch = 'other';
    server.setUpDone = false;
    await openConsole();
    await see('another database');
    server.epoch = 'home';
    server.setUpDone = true;
    vi.advanceTimersByTime(5_000);
    vi.useRealTimers();
    await see('Good to see you');
    await vi.waitFor(() => expect(page()).not.toContain('another database'));
  });

  it('takes the desk away where the right one has ended the session', async () => {
    server.signedIn = true;
    await openConsole();
    await see('Unassigned');
    await vi.waitFor(() => expect(server.frames.map(({ type }) => type)).toContain('subscribe'));
    server.epoch = 'other';
    server.signedIn = false;
    server.cut(1006);
    await see('another database');
    server.epoch = 'home';
    await press('Try now');
    await see('Your session has ended');
    expect(page()).not.toContain('another database');
  });

  it('says nothing of it where the session has ended in the same database', async () => {
    localStorage.setItem('beckon:database', 'home');
    await openConsole();
    await see('Good to see you');
    expect(page()).not.toContain('another database');
  });
});

describe('set-up', () => {
  it('makes the first agent', async () => {
    await openConsole('#/setup/good');
    await see('Make this your desk');
    await type('Maja', 'name');
    await type('maja@example.com', 'email');
    await type('a good password', 'password');
    await submit();
    await see('Unassigned');
    expect(location.hash).toBe('#/');
  });

  it('names a password that is too short, and one that the server refuses', async () => {
    await openConsole('#/setup/good');
    await see('Make this your desk');
    await type('Maja', 'name');
    await type('maja@example.com', 'email');
    await type('123456789', 'password');
    await submit();
    await see('Use at least 10 characters.');
    await type('password12', 'password');
    await submit();
    await see('Choose another one.');
  });

  it('explains a link that was used', async () => {
    await openConsole('#/setup/used');
    await see('This link does not work any more');
    await see('beckon admin setup-link');
  });
});
