import { signal } from '@preact/signals';
import { ask, Refused } from './http';
import { isAway, isHome } from './other_database';
import { forgetDrafts } from './thread/drafts';

/** The signed-in agent. */
export interface Agent {
  id: string;
  name: string;
  email: string;
  role: 'ADMIN' | 'SUPERVISOR' | 'AGENT';
}

/** What the server tells a signed-in agent about itself. */
export interface SessionBody {
  agent: Agent;
  server: { public_url: string; widget_origins: string[]; epoch: string };
}

export type Session =
  | { state: 'unknown' }
  | { state: 'unreachable' }
  | {
      state: 'out';
      /** Ended without the agent asking for it. */
      ended: boolean;
      setUpDone: boolean;
      /** Another database answers than the one the agent was signed in at: that one may come back. */
      elsewhere: boolean;
    }
  | ({ state: 'in' } & SessionBody);

/** How often it is looked whether the right database is back, milliseconds: as often as a lost connection tries. */
const LOOK_MS = 5_000;

/** The agent is signing out: what ends now ends on purpose. */
let leaving = false;

/** Who works at this console. */
export const session = signal<Session>({ state: 'unknown' });

/** Looks whether the browser's cookie still stands for an agent. */
export async function resumeSession(): Promise<void> {
  try {
    enter(await ask<SessionBody>('GET', '/console/1/session'));
  } catch (error) {
    if (error instanceof Refused && error.status === 401) await leave(false);
    else session.value = { state: 'unreachable' };
  }
}

function enter(told: SessionBody): void {
  isHome(told.server.epoch);
  session.value = { state: 'in', ...told };
}

/** While another database answers: looks whether the right one is back, until it is or the agent signs in here. */
async function comeBack(): Promise<void> {
  try {
    const told = await ask<SessionBody>('GET', '/console/1/session');
    if (isWaiting()) enter(told);
  } catch (error) {
    const who = session.peek();
    // The right one is back, and has ended the session: that is for the agent to know.
    const refused = error instanceof Refused && error.status === 401 && !(await isAway());
    if (refused && isWaiting() && who.state === 'out') await leave(who.ended);
    else waitForHome();
  }
}

function isWaiting(): boolean {
  const who = session.peek();
  return who.state === 'out' && who.elsewhere;
}

function waitForHome(): void {
  if (isWaiting()) setTimeout(() => void (isWaiting() && comeBack()), LOOK_MS);
}

/** Learns what changed about the signed-in agent: a new name or role. */
export async function refreshSession(): Promise<void> {
  const told = await asAgent(ask<SessionBody>('GET', '/console/1/session'));
  if (session.peek().state === 'in') enter(told);
}

/** Waits for an answer that only a signed-in agent gets, and notices in it that the session is over. */
export async function asAgent<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Refused && error.status === 401) void sessionEnded();
    throw error;
  }
}

/** Throws {@link Refused} with status 401 for a wrong e-mail or password. */
export async function signIn(email: string, password: string): Promise<void> {
  enter(await ask<SessionBody>('POST', '/console/1/session', { email, password }));
}

/** Whether a set-up link may still be used. */
export async function checkSetUpLink(token: string): Promise<boolean> {
  try {
    await ask('GET', `/console/1/setup/${encodeURIComponent(token)}`);
    return true;
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return false;
    throw error;
  }
}

/** Makes the first agent and signs them in. */
export async function setUp(details: { token: string; name: string; email: string; password: string }): Promise<void> {
  enter(await ask<SessionBody>('POST', '/console/1/setup', details));
}

/** What an invite says of whom it is for. */
export interface Invitation {
  email: string;
  role: Agent['role'];
  /** Name of who made it. */
  invited_by: string;
}

/** Reads an invite's link. Null: it was used, ended or never made. */
export async function readInvitation(token: string): Promise<Invitation | null> {
  try {
    return await ask<Invitation>('GET', `/console/1/invites/token/${encodeURIComponent(token)}`);
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return null;
    throw error;
  }
}

/** Makes the agent of an invite and signs them in. */
export async function acceptInvitation(token: string, details: { name: string; password: string }): Promise<void> {
  const path = `/console/1/invites/token/${encodeURIComponent(token)}`;
  enter(await ask<SessionBody>('POST', path, details));
}

/** Ends every sign-in of this agent, this one too. */
export function signOutEverywhere(): Promise<void> {
  return endSession('/console/1/sessions');
}

/** Signs out here and on the server. A server that is away cannot be told; then the agent stays signed in. */
export function signOut(): Promise<void> {
  return endSession('/console/1/session');
}

async function endSession(path: string): Promise<void> {
  leaving = true;
  try {
    await ask('DELETE', path);
  } catch (error) {
    // A session that is over already has nothing left to end.
    if (!(error instanceof Refused && error.status === 401)) throw error;
  } finally {
    leaving = false;
  }
  if (session.value.state === 'in') forgetDrafts(session.value.agent.id);
  await leave(false);
}

/** The server no longer knows this session. Where another database answers, the desk stays and goes on trying. */
export async function sessionEnded(): Promise<void> {
  // Signing out ends the socket too, which is no news then.
  if (session.value.state !== 'in' || leaving) return;
  if (!(await isAway())) await leave(true);
}

/** The agent gives up waiting for the right database, and signs in at the one that answers. */
export function signInElsewhere(): Promise<void> {
  return leave(false);
}

async function leave(ended: boolean): Promise<void> {
  const elsewhere = await isAway();
  try {
    const status = await ask<{ set_up_done: boolean }>('GET', '/console/1/status');
    session.value = { state: 'out', ended, setUpDone: status.set_up_done, elsewhere };
  } catch {
    session.value = { state: 'out', ended, setUpDone: true, elsewhere };
  }
  waitForHome();
}
