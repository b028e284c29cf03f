// What goes out on NATS fits into what the broker takes, whatever was refused.
import { describe, expect, it } from 'vitest';
import { publishedMessages } from '../../engine/published.js';
import type { Refusal } from '../../operators/events/result.js';
import { coreWith, messageOf, run } from '../oracle/drive.js';

const MAX_BYTES = 1024 ** 2;

function publishedOf(data: string | Uint8Array) {
  const { refusals } = run(coreWith(), [messageOf(data, 7)]);
  const [message] = publishedMessages(
    {
      ...{ signals: [], told: [], closings: [], progress: [], alerts: [] },
      refusals,
      ...{ buckets: [], changedRows: [] },
    },
    MAX_BYTES,
  );
  const text = message?.data as string;
  const { id } = message ?? {};
  return { id, bytes: Buffer.byteLength(text), refusal: JSON.parse(text) as Refusal, refusals };
}

it('a refusal has an id of its own by its place and by what stood there', () => {
  const ids = [publishedOf('x').id, publishedOf('x').id, publishedOf('y').id];
  expect(ids[0]).toBe('refused/7/0/8cdc1683');
  expect(ids[1]).toBe(ids[0]);
  expect(ids[2]).not.toBe(ids[0]);
});

describe('a refused message as large as the broker takes', () => {
  const lines = (n: number) => Array.from({ length: n }, () => ({ sku: 'A', quantity: 1 }));
  const shipped = { id: 's', type: 'order.shipped', time: 0, orderId: 'x', lines: lines(10_000) };
  const long = JSON.stringify({ ...shipped, extra: 'x'.repeat(790_000) });

  it.each([
    ['of bytes that are no UTF-8', new Uint8Array(MAX_BYTES).fill(0xff)],
    ['of NULs, six characters each as JSON', '\0'.repeat(MAX_BYTES)],
    ['of quotes, two characters each', '"'.repeat(MAX_BYTES)],
    ['of letters of three bytes', '\u8336'.repeat(MAX_BYTES / 3)],
    ['that is a valid shipment from nowhere', long],
  ])('%s is cut so that it goes out, and says so', (_, data) => {
    const { bytes, refusal, refusals } = publishedOf(data);
    expect(bytes).toBeLessThan(MAX_BYTES);
    expect(bytes).toBeGreaterThan(MAX_BYTES / 2);
    expect(refusal.detail).toContain(`of ${refusals[0]?.data.length} characters`);
    expect(refusals[0]?.data.startsWith(refusal.data)).toBe(true);
    const { reason, position, kind } = refusals[0] as Refusal;
    expect(refusal).toMatchObject({ reason, position, kind });
  });

  it('is whole where it fits', () => {
    const { refusal, refusals } = publishedOf('x'.repeat(900_000));
    expect(refusal).toEqual(refusals[0]);
  });
});
