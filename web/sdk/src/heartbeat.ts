import type { Environment } from './environment';

/** A connection is asked for a sign of life this often, milliseconds, also while others are heard on it: the answer carries heads. */
const PING_MS = 25_000;
/** No sign of life for so long after asking, or after opening: the connection is dead, milliseconds. */
export const SILENCE_MS = 10_000;

/** Asks one connection for signs of life, and tells when none comes. */
export class Heartbeat {
  private cancelPing: (() => void) | undefined;
  private cancelSilence: (() => void) | undefined;

  constructor(
    private readonly environment: Environment,
    private readonly ping: () => void,
    private readonly dead: () => void,
  ) {}

  /** The connection is being opened: credentials, and then its first word, must come in time. */
  open(): void {
    this.stop();
    this.expect();
  }

  /** The connection stands. */
  start(): void {
    this.stop();
    this.pingLater();
  }

  /** Asks now: the network has changed, or the device was asleep. */
  probe(): void {
    this.ping();
    this.expect();
  }

  /** Something came. */
  heard(): void {
    this.cancelSilence?.();
    this.cancelSilence = undefined;
  }

  stop(): void {
    this.heard();
    this.cancelPing?.();
    this.cancelPing = undefined;
  }

  private pingLater(): void {
    this.cancelPing = this.environment.after(PING_MS, () => {
      this.probe();
      this.pingLater();
    });
  }

  private expect(): void {
    this.cancelSilence ??= this.environment.after(SILENCE_MS, this.dead);
  }
}
