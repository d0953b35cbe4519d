import type { Environment } from './environment';

/** A connection is asked for a sign of life this often, milliseconds, also while others are heard on it: the answer carries heads. */
const PING_MS = 25_000;
/** No sign of life for so long after asking, or after opening: the connection is dead, milliseconds. */
export const SILENCE_MS = 10_000;
/** The same after asking because somebody looks at the page: who looks should not wait for a connection that died in the device's sleep. */
export const PROBE_MS = 3_000;

/** Asks one connection for signs of life, and tells when none comes. */
export class Heartbeat {
  private cancelPing: (() => void) | undefined;
  private cancelSilence: (() => void) | undefined;
  /** It was asked at a look, and has not answered yet. */
  private probing = false;

  constructor(
    private readonly environment: Environment,
    private readonly ping: () => void,
    private readonly dead: () => void,
  ) {}

  /** The connection is being opened: credentials, and then its first word, must come in so many milliseconds. */
  open(milliseconds = SILENCE_MS): void {
    this.stop();
    this.expect(milliseconds);
  }

  /** The connection stands. */
  start(): void {
    this.stop();
    this.pingLater();
  }

  /** Asks now: somebody looks at the page, or the network has changed. */
  probe(): void {
    if (this.probing) return;
    this.heard();
    this.probing = true;
    this.ping();
    this.expect(PROBE_MS);
  }

  /** Something came. */
  heard(): void {
    this.cancelSilence?.();
    this.cancelSilence = undefined;
    this.probing = false;
  }

  stop(): void {
    this.heard();
    this.cancelPing?.();
    this.cancelPing = undefined;
  }

  private pingLater(): void {
    this.cancelPing = this.environment.after(PING_MS, () => {
      this.ping();
      this.expect(SILENCE_MS);
      this.pingLater();
    });
  }

  private expect(milliseconds: number): void {
    this.cancelSilence ??= this.environment.after(milliseconds, this.dead);
  }
}
