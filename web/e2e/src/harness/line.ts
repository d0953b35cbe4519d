import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A line between browsers and a server that tests can cut. Start the server with `--public-url` set to the line's
 * origin, then point it there:
 *
 *     const line = await Line.start();
 *     const beckon = await ownBeckon({ args: ['--public-url', line.origin] });
 *     line.leadTo(beckon.port);
 */
export class Line {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private target = 0;
  private isDown = false;

  private constructor() {
    this.server = createServer((near) => this.carry(near));
  }

  static async start(): Promise<Line> {
    const line = new Line();
    await new Promise<void>((resolve) => line.server.listen(0, 'localhost', resolve));
    return line;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  leadTo(port: number): void {
    this.target = port;
  }

  /** How many connections are on the line now. */
  get connections(): number {
    return this.sockets.size / 2;
  }

  /** Cuts every connection at once, without a goodbye; new ones may be made. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** Cuts every connection and refuses new ones until `up`. */
  down(): void {
    this.isDown = true;
    this.cut();
  }

  up(): void {
    this.isDown = false;
  }

  async dispose(): Promise<void> {
    this.down();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private carry(near: Socket): void {
    if (this.isDown) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(this.target, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(socket);
      socket.pipe(other);
      // A cut ends in an error on both sides; that is what it is for.
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
  }
}
