// One connected screen: what it has been sent, and whether it keeps up.
import type { WebSocket } from 'ws';

export interface WatchedSku {
  readonly sku: string;
  readonly location: string;
}

/** A message serialised once for all screens. */
export interface Frame {
  readonly text: string;
  readonly bytes: Buffer;
}

export function frame(message: object): Frame {
  const text = JSON.stringify(message);
  return { text, bytes: Buffer.from(text) };
}

export class ScreenClient {
  watched: WatchedSku | null = null;
  /** Number of the last feed item sent; all above it are still owed. */
  feedSent = 0;
  atRiskSent: Frame | null = null;
  skuSent: string | null = null;
  /** False from a ping until its pong. */
  alive = true;
  readonly #socket: WebSocket;
  readonly #maxBufferedBytes: number;
  #secondStartedMs = 0;
  #messagesThisSecond = 0;

  constructor(socket: WebSocket, maxBufferedBytes: number) {
    this.#socket = socket;
    this.#maxBufferedBytes = maxBufferedBytes;
  }

  /** More is waiting in the socket than may: nothing more is put on top until it drains. */
  get congested(): boolean {
    return this.#socket.bufferedAmount > this.#maxBufferedBytes;
  }

  send(message: Frame): void {
    if (this.#socket.readyState === this.#socket.OPEN) {
      this.#socket.send(message.bytes, { binary: false });
    }
  }

  /** Counts a message of the screen's; false when it sends more than `max` a second. */
  mayAsk(nowMs: number, max: number): boolean {
    if (nowMs - this.#secondStartedMs >= 1000) {
      this.#secondStartedMs = nowMs;
      this.#messagesThisSecond = 0;
    }
    this.#messagesThisSecond += 1;
    return this.#messagesThisSecond <= max;
  }

  /** Pings; a screen that has not answered the ping before is cut off. */
  checkAlive(): void {
    if (!this.alive) {
      this.#socket.terminate();
      return;
    }
    this.alive = false;
    this.#socket.ping();
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}
