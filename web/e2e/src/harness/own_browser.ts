import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { until } from '../../../vitest.pace.ts';
import { args, executable } from './chromium';

/** A guard against hanging: a browser takes its time to start, and to write to the disk. */
const PATIENCE = { patience: 60_000 };

/** A Chromium process of a test's own with a profile on disk, so that it can be killed and started again. */
export class OwnBrowser {
  private child: ChildProcess | undefined;
  private browser: Browser | undefined;

  private constructor(
    private readonly profile: string,
    private readonly flags: string[],
  ) {}

  static async start(flags: string[] = []): Promise<OwnBrowser> {
    const own = new OwnBrowser(await mkdtemp(join(tmpdir(), 'beckon-profile-')), flags);
    await own.start();
    return own;
  }

  /** Starts the process, again after `kill`. */
  async start(): Promise<void> {
    const told = join(this.profile, 'DevToolsActivePort');
    await rm(told, { force: true });
    const own = ['--headless', '--remote-debugging-port=0', `--user-data-dir=${this.profile}`, 'about:blank'];
    this.child = spawn(executable(), [...args, ...this.flags, ...own], { stdio: 'ignore' });
    const listening = () =>
      readFile(told, 'utf8').then(
        (text) => text.split('\n')[0] || undefined,
        () => undefined,
      );
    const port = await until('Chromium says where it listens', listening, PATIENCE);
    this.browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  }

  /** A new tab of the profile's one person. */
  async page(): Promise<Page> {
    const [context] = this.browser?.contexts() ?? [];
    if (!context) throw new Error('the browser is not running');
    context.setDefaultTimeout(15_000);
    return context.newPage();
  }

  /** Waits until this stands in the profile's files of what pages have stored. */
  async hasWrittenDown(text: string): Promise<void> {
    const folder = join(this.profile, 'Default', 'Local Storage', 'leveldb');
    const written = async () => {
      const names = await readdir(folder).catch(() => []);
      const files = await Promise.all(names.map((name) => readFile(join(folder, name)).catch(() => Buffer.of())));
      return files.some((file) => file.includes(text) || file.includes(text, 0, 'utf16le')) || undefined;
    };
    await until(`the browser has written down: ${text}`, written, PATIENCE);
  }

  /** Ends the process with no chance to tidy up. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    // Its own children notice a moment later, and until then the profile is theirs.
    await rm(join(this.profile, 'SingletonLock'), { force: true });
  }

  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}
