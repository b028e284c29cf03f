// Results on their way: the position follows in order, and a failure is heard at once.
import { describe, expect, it } from 'vitest';
import type { ResultMessage } from '../../connectors/nats/publisher.js';
import { Outgoing } from '../../engine/outgoing.js';

const never = new AbortController().signal;
const message: ResultMessage = { subject: 'signals.reorder.london', id: 'a', data: '{}' };

interface Deferred {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(reason: unknown): void;
}

/** A publisher whose stores the test ends, one by one. */
class HeldPublisher {
  readonly held: Deferred[] = [];

  async send(): Promise<{ readonly stored: Promise<void> }> {
    const stored = deferred();
    this.held.push(stored);
    return { stored: stored.promise };
  }
}

function deferred(): Deferred {
  let resolve: () => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<void>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
}

function outgoing(publisher: HeldPublisher) {
  const failures: unknown[] = [];
  return { failures, out: new Outgoing(publisher, 5, (error) => failures.push(error)) };
}

describe('Outgoing', () => {
  it('takes the next batch while the results of the last are not stored yet', async () => {
    const publisher = new HeldPublisher();
    const { out } = outgoing(publisher);
    await out.send([message], 10, never);
    await out.send([message], 20, never);
    expect(publisher.held).toHaveLength(2);
    expect(out.position).toBe(5);
  });

  it('moves its position in the order of the batches, whatever is stored first', async () => {
    const publisher = new HeldPublisher();
    const { out } = outgoing(publisher);
    await out.send([message], 10, never);
    const first = out.settled();
    await out.send([message], 20, never);
    publisher.held[1]?.resolve();
    await publisher.held[1]?.promise;
    expect(out.position).toBe(5);
    publisher.held[0]?.resolve();
    await first;
    await out.settled();
    expect(out.position).toBe(20);
  });

  it('stays before a batch whose results cannot be stored, and says why', async () => {
    const publisher = new HeldPublisher();
    const { out, failures } = outgoing(publisher);
    await out.send([message], 10, never);
    await out.send([message], 20, never);
    publisher.held[1]?.resolve();
    publisher.held[0]?.reject(new Error('too large'));
    await expect(out.settled()).rejects.toThrow('too large');
    expect(out.position).toBe(5);
    expect(failures[0]).toEqual(new Error('too large'));
  });
});
