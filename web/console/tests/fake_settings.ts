import type { Key, PendingInvite, Person, Widget } from '../src/settings/api';
import { type FakeCall, type FakeServer, refusal } from './fake_server';

const AT = '2026-11-23T12:00:00Z';

export function person(id: string, parts: Partial<Person> = {}): Person {
  return {
    id,
    name: id,
    email: `${id}@example.com`,
    role: 'AGENT',
    disabled: false,
    online: false,
    created_at: AT,
    ...parts,
  };
}

export function widget(id: string, parts: Partial<Widget> = {}): Widget {
  return {
    id,
    name: 'Shop',
    multi_thread: true,
    allowed_origins: [],
    image_hosts: [],
    protected_keys: [],
    themes: {},
    welcome: null,
    team_name: null,
    language: null,
    title_unread: false,
    sound: false,
    guess_hours: 24,
    host_handle: true,
    seen: null,
    ...parts,
  };
}

/** The settings' part of a server in memory. */
export class FakeSettings {
  people: Person[] = [person('maja', { name: 'Maja', role: 'ADMIN', online: true })];
  invites: PendingInvite[] = [];
  keys: Key[] = [];
  widgets: Widget[] = [];
  /** Refuses the next request that changes something so. */
  refuse: Response | undefined;
  /** Answers reading with an error while true. */
  broken = false;

  constructor(private readonly server: FakeServer) {
    server.other = (call) => this.#answer(call);
  }

  #answer({ method, path, body }: FakeCall): Response | undefined {
    const [, , , list, id, extra] = path.split('/');
    if (path.startsWith('/livechat/1/widgets/')) return this.#config(path.split('/')[4]);
    if (!path.startsWith('/console/1/')) return undefined;
    if (method === 'GET' && this.broken) return refusal(500, 'broken');
    if (method !== 'GET' && this.refuse) {
      const refused = this.refuse;
      this.refuse = undefined;
      return refused;
    }
    if (id === 'token') return this.#invitation(method, extra);
    switch (`${method} ${list}`) {
      case 'PATCH profile':
        this.server.who = { ...this.server.who, agent: { ...this.server.who.agent, name: String(body.name) } };
        return Response.json(this.server.who);
      case 'POST password':
        return nothing();
      case 'DELETE sessions':
        this.server.signedIn = false;
        return nothing();
      case 'GET people':
        return Response.json({ people: this.people, invites: this.invites });
      case 'PATCH people':
        this.people = this.people.map((one) => (one.id === id ? { ...one, ...body } : one));
        return Response.json(this.people.find((one) => one.id === id));
      case 'POST invites': {
        const made = { id: 'i1', expires_at: AT, ...body } as PendingInvite;
        this.invites.push(made);
        return Response.json({ ...made, link: 'http://localhost:8080/console/#/invite/good' }, { status: 201 });
      }
      case 'DELETE invites':
        this.invites = this.invites.filter((invite) => invite.id !== id);
        return nothing();
      case 'GET keys':
        return Response.json({ keys: this.keys });
      case 'POST keys': {
        const made = { id: 'k1', created_at: AT, last_used_at: null, revoked_at: null, ...body } as Key;
        this.keys.push(made);
        return Response.json({ ...made, secret: 'bk_secret', curl: 'curl -H "Authorization: App bk_secret"' });
      }
      case 'DELETE keys':
        this.keys = this.keys.map((key) => (key.id === id ? { ...key, revoked_at: AT } : key));
        return nothing();
      case 'POST widgets': {
        const made = widget('w1', body as Partial<Widget>);
        this.widgets.push(made);
        return Response.json(made, { status: 201 });
      }
      case 'GET widgets': {
        if (id === undefined) return Response.json({ widgets: this.widgets });
        const found = this.widgets.find((one) => one.id === id);
        return found ? Response.json(found) : refusal(404, 'No such widget');
      }
      case 'PATCH widgets':
        this.widgets = this.widgets.map((one) => (one.id === id ? { ...one, ...body } : one));
        return Response.json(this.widgets.find((one) => one.id === id));
    }
    return undefined;
  }

  #invitation(method: string, token: string | undefined): Response {
    if (token !== 'good') return refusal(404, 'was used or has ended');
    if (method === 'GET') return Response.json({ email: 'ana@example.com', role: 'SUPERVISOR', invited_by: 'Maja' });
    this.server.signedIn = true;
    return Response.json(this.server.who, { status: 201 });
  }

  #config(id: string | undefined): Response {
    const shipped = { default: {}, light: { scheme: 'light' }, dark: { scheme: 'dark' }, ocean: {} };
    return Response.json({ themes: { ...shipped, ...this.widgets.find((one) => one.id === id)?.themes } });
  }
}

function nothing(): Response {
  return new Response(null, { status: 204 });
}
