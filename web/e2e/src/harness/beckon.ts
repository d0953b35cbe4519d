import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** How long the server may take to say that it listens, and to stop, before we call it hung. */
const PATIENCE_MS = 30_000;

export interface Widget {
  id: string;
  name: string;
  multiThread: boolean;
  allowedOrigins: string[];
}

export interface BeckonOptions {
  /** The data folder; by default a new one, removed when the server is disposed of. */
  data?: string;
  /** Further arguments of `beckon serve`, such as `['--log', 'debug']`. */
  args?: string[];
}

/** What an HTTP call of the API answered. `body` is the parsed JSON, or undefined when there is none. */
export interface Answer<Body> {
  status: number;
  headers: Headers;
  text: string;
  body: Body;
}

export interface Call {
  method?: string;
  /** Sent as JSON; a string is sent as it is. */
  body?: unknown;
  /** In place of the API key's header. */
  headers?: Record<string, string>;
}

/** One real server on a free port of its own, with a data folder of its own. */
export class Beckon {
  /** What the server printed, both streams, since its first start. */
  output = '';
  /** The port it listens on; the same after a restart, so that pages can reconnect. */
  port = 0;
  readonly data: string;
  private readonly args: string[];
  private readonly ownsData: boolean;
  private child: ChildProcess | undefined;
  private key: string | undefined;

  private constructor(data: string, ownsData: boolean, args: string[]) {
    this.data = data;
    this.ownsData = ownsData;
    this.args = args;
  }

  static async start(options: BeckonOptions = {}): Promise<Beckon> {
    const data = options.data ?? (await mkdtemp(join(tmpdir(), 'beckon-e2e-')));
    const beckon = new Beckon(data, options.data === undefined, options.args ?? []);
    await beckon.start();
    return beckon;
  }

  /** The server's own origin, where the widget and the console live. */
  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  /** The same server seen as another site, where the demo is shown. */
  get demoOrigin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts the process again after `stop` or `kill`, on the same port and data. */
  async start(): Promise<void> {
    const seen = this.output.length;
    const child = spawn(program(), ['serve', '--data', this.data, '--listen', `127.0.0.1:${this.port}`, ...this.args], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    const listening = new Promise<number>((resolve, reject) => {
      const failed = (reason: string) =>
        reject(new Error(`beckon ${reason}. It printed:\n${this.output.slice(seen) || '(nothing)'}`));
      const guard = setTimeout(() => failed('did not say where it listens'), PATIENCE_MS);
      const read = (chunk: Buffer) => {
        this.output += chunk.toString();
        const port = /listening on \S+?:(\d+)/.exec(this.output.slice(seen))?.[1];
        if (port) {
          clearTimeout(guard);
          resolve(Number(port));
        }
      };
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
      child.once('error', (error) => failed(`could not be started: ${error.message}`));
      child.once('exit', (code, signal) => {
        clearTimeout(guard);
        failed(`ended with ${code ?? signal}`);
      });
    });
    this.port = await listening;
  }

  /** Asks the server to stop, as Ctrl-C does, and waits until it has. Returns its exit code. */
  async stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  /** Ends the process with no chance to tidy up, as a crash or a power cut would. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Stops the server and removes its data folder, if the harness made it. */
  async dispose(): Promise<void> {
    await this.stop();
    if (this.ownsData) await rm(this.data, { recursive: true, force: true });
  }

  /** Runs `beckon admin …` on this server's data and returns what it printed, trimmed. Rejects when it fails. */
  async admin(args: string[], input = ''): Promise<string> {
    const { code, stdout, stderr } = await run(['admin', ...args, '--data', this.data], input);
    if (code !== 0) throw new Error(`beckon admin ${args.join(' ')} ended with ${code}: ${stderr}`);
    return stdout.trim();
  }

  async widgets(): Promise<Widget[]> {
    return JSON.parse(await this.admin(['widget', 'list', '--json'])) as Widget[];
  }

  /** The id of the multi-thread or of the single-thread widget that the first start made. */
  async widgetId(kind: 'multi' | 'single'): Promise<string> {
    const widget = (await this.widgets()).find((one) => one.multiThread === (kind === 'multi'));
    if (!widget) throw new Error(`the first start made no ${kind}-thread widget`);
    return widget.id;
  }

  /** Calls the HTTP API with an API key, or with other headers when given. Our own key waits when it is told to, so that no test meets its limit. */
  async api<Body = unknown>(path: string, init: Call = {}): Promise<Answer<Body>> {
    this.key ??= await this.admin(['key', 'create', 'e2e', '--scope', 'manage']);
    const body = typeof init.body === 'string' || init.body === undefined ? init.body : JSON.stringify(init.body);
    const response = await fetch(`${this.origin}${path}`, {
      method: init.method ?? 'GET',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(init.headers ?? { authorization: `App ${this.key}` }),
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    if (response.status === 429 && !init.headers) {
      await pause(Number(response.headers.get('retry-after')) * 1000);
      return this.api(path, init);
    }
    const isJson = response.headers.get('content-type')?.includes('json') && text !== '';
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: (isJson ? JSON.parse(text) : undefined) as Body,
    };
  }

  private async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill(signal);
    const guard = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    const code = await ended;
    clearTimeout(guard);
    return code;
  }
}

/** Runs the binary to its end, for commands other than `serve`. */
export async function run(
  args: string[],
  input = '',
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(program(), args, { env: environment(), stdio: ['pipe', 'pipe', 'pipe'] });
  const printed = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    printed.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    printed.stderr += chunk.toString();
  });
  // A command that ends without reading its input is no failure of the pipe.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, ...printed };
}

/** The path of the binary under test. */
export function program(): string {
  const built = fileURLToPath(new URL('../../../../target/debug/beckon', import.meta.url));
  const path = process.env.BECKON_BIN ?? built;
  if (!existsSync(path)) throw new Error(`${path} does not exist: run cargo xtask e2e, or set BECKON_BIN.`);
  return path;
}

/** Our environment without settings of the developer's own server. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BECKON_')));
}
