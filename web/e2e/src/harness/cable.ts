import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A network between browsers and Beckon that can be cut for real: TCP connections end in the middle of what they carry. */
export class Cable {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly upgraded = new WeakSet<Socket>();
  private readonly dead = new WeakSet<Socket>();
  private target = 0;
  private pulled = false;
  /** Connections that went through so far. */
  connections = 0;

  private constructor() {
    this.server = createServer((near) => this.join(near));
  }

  static async lay(): Promise<Cable> {
    const cable = new Cable();
    await new Promise<void>((resolve) => cable.server.listen(0, '127.0.0.1', resolve));
    return cable;
  }

  /** Where browsers reach the far end; give it to the server as its public address. */
  get origin(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /** Names the port at the far end. */
  leadTo(port: number): void {
    this.target = port;
  }

  /** Ends every connection now, without a farewell; new ones get through. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /**
   * From here on every WebSocket stands and carries nothing, as after a device's sleep. Other connections end, since browsers drop the
   * idle ones then; new ones get through.
   */
  deaden(): void {
    for (const socket of this.sockets) {
      if (this.upgraded.has(socket)) this.dead.add(socket);
      else socket.destroy();
    }
  }

  /** Ends every connection and lets none through until `plug`. */
  pull(): void {
    this.pulled = true;
    this.cut();
  }

  plug(): void {
    this.pulled = false;
  }

  async dispose(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private join(near: Socket): void {
    if (this.pulled) {
      near.destroy();
      return;
    }
    this.connections += 1;
    const far = connect(this.target, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(one);
      one.on('data', (bytes) => {
        if (this.dead.has(one)) return;
        if (/^upgrade: websocket/im.test(bytes.toString('latin1'))) {
          this.upgraded.add(near);
          this.upgraded.add(far);
        }
        if (!other.write(bytes)) {
          one.pause();
          other.once('drain', () => one.resume());
        }
      });
      one.on('end', () => other.end());
      // An error is followed by `close`, which says it all.
      one.on('error', () => {});
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
    }
  }
}
