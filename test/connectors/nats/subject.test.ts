// Claims about text in subjects and headers.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeToken,
  headerValue,
  subjectCovers,
  subjectToken,
} from '../../../connectors/nats/subject.js';

// All of Unicode and half surrogate pairs, with the troublesome characters often.
const unit = fc.oneof(
  fc.constantFrom('.', '*', '>', '%', ' ', '\t', '\n', '\r', '\0', 'a', 'F', '2', 'u', '\x7f'),
  fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const text = fc.array(unit, { maxLength: 30 }).map((parts) => parts.join(''));

describe('subjectToken', () => {
  it('gives one legal token for any text, from which the text comes back', () => {
    fc.assert(
      fc.property(text, (value) => {
        const token = subjectToken(value);
        expect(token).toMatch(/^[\x21-\x7e]+$/);
        expect(token).not.toMatch(/[.*>\s]/);
        expect(decodeToken(token)).toBe(value);
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves ordinary ids as they are and encodes what NATS forbids as UTF-8 bytes', () => {
    expect(subjectToken('DE-berlin_01/x:y')).toBe('DE-berlin_01/x:y');
    expect(subjectToken('a.b c>*%')).toBe('a%2Eb%20c%3E%2A%25');
    expect(subjectToken('Köln')).toBe('K%C3%B6ln');
    expect(subjectToken('')).toBe('%');
    expect(subjectToken('\ud800')).toBe('%uD800');
  });
});

describe('headerValue', () => {
  it('is printable ASCII without spaces, another one for each text', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        for (const value of [one, other, headerValue(one)]) {
          expect(headerValue(value)).toMatch(/^[\x21-\x7e]+$/);
        }
        const values = new Set([one, other, headerValue(one)]);
        expect(new Set([...values].map(headerValue)).size).toBe(values.size);
      }),
    );
  });

  it('leaves an id of plain characters as it is', () => {
    const ids = ['reorder.A.1>2*', 'reorder/S%C3%A3o%20Paulo/sku-5/placed-371', '50%-off', '%'];
    for (const id of ids) expect(headerValue(id)).toBe(id);
    expect(headerValue('São 5%')).toBe('%!S%C3%A3o%205%25');
    expect(headerValue('')).toBe('%!');
    expect(headerValue('%!a')).toBe('%!%25!a');
  });
});

describe('subjectCovers', () => {
  it('tells whether a filter takes in all of a subject or another filter', () => {
    const covered: [string, string][] = [
      ['events.>', 'events.>'],
      ['>', 'events.>'],
      ['events.>', 'events.order'],
      ['events.>', 'events.order.*'],
      ['events.*', 'events.order'],
      ['a.*.c', 'a.*.c'],
    ];
    const not: [string, string][] = [
      ['events.>', 'events'],
      ['events.*', 'events.>'],
      ['events.order', 'events.*'],
      ['events.*', 'events.order.x'],
      ['events.*.x', 'events.order'],
    ];
    for (const [filter, subject] of covered) expect(subjectCovers(filter, subject)).toBe(true);
    for (const [filter, subject] of not) expect(subjectCovers(filter, subject)).toBe(false);
  });
});
