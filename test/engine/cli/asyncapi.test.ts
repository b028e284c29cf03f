// The AsyncAPI document is valid, whole, and says of events what the engine says of them.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { Command } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { asyncApiDocument, registerAsyncApi } from '../../../engine/cli/asyncapi.js';
import { runProgram } from '../../../engine/cli/exit.js';
import { EVENT_TYPES } from '../../../operators/events/event.js';

const document = asyncApiDocument();
const specs = createRequire(import.meta.url).resolve('@asyncapi/specs/schemas/3.0.0.json');

function at(pointer: string): unknown {
  const keys = pointer.replace(/^#\//, '').split('/');
  return keys.reduce<unknown>((tree, key) => (tree as Record<string, unknown>)?.[key], document);
}

function references(tree: unknown): string[] {
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.entries(tree).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string' ? [value] : references(value),
  );
}

/** What the document allows as the payload of a message. */
function payloadCheck(message: string): ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, 'contract');
  return ajv.compile({ $ref: `contract#/components/messages/${message}/payload` });
}

describe('the AsyncAPI document', () => {
  it('is valid against the AsyncAPI 3.0 schema', () => {
    // It brings draft-07 itself along, so ajv must not have it already (`meta: false`).
    const schema = JSON.parse(readFileSync(specs, 'utf8')) as Record<string, unknown>;
    const options = { meta: false, validateSchema: false, validateFormats: false } as const;
    const ajv = new Ajv({ strict: false, allErrors: true, ...options });
    const validate = ajv.compile(schema);
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...document, channels: { x: { adress: 'x' } } })).toBe(false);
  });

  it('has no reference that leads nowhere', () => {
    const all = references(document);
    expect(all.length).toBeGreaterThan(50);
    for (const reference of all) expect(at(reference), reference).toBeDefined();
  });

  it('has every event type on the channel of its kind, and taken by an operation', () => {
    for (const type of EVENT_TYPES) {
      const kind = type.split('.')[0];
      expect(at(`#/channels/events.${kind}/messages/${type}`), type).toBeDefined();
      const taken = at(`#/operations/take-${kind}/messages`);
      expect(taken).toContainEqual({ $ref: `#/channels/events.${kind}/messages/${type}` });
    }
  });

  it('sends signals, alerts, refused and late events', () => {
    for (const name of ['signals', 'alerts', 'refused', 'late']) {
      expect(at(`#/operations/send-${name}/action`)).toBe('send');
      expect(at(`#/operations/send-${name}/channel`)).toEqual({ $ref: `#/channels/${name}` });
    }
  });

  it('allows an event plain and as a CloudEvent, and refuses what the contract refuses', () => {
    const check = payloadCheck('stock.counted');
    const rest = { location: 'L', sku: '1', quantity: 0 };
    const head = { id: 'a', type: 'stock.counted', time: '2026-01-01T00:00:00Z' };
    expect(check({ ...head, ...rest })).toBe(true);
    expect(check({ ...head, ...rest, time: 0 })).toBe(true);
    expect(check({ specversion: '1.0', source: 's', ...head, data: rest })).toBe(true);
    expect(check({ specversion: '1.0', source: 's', ...head, data: { ...rest, sku: 1 } })).toBe(
      false,
    );
    expect(check({ specversion: '1.0', source: 's', ...head })).toBe(false);
    expect(check({ ...head, ...rest, quantity: -1 })).toBe(false);
    expect(check({ ...head, ...rest, sku: 1 })).toBe(false);
    expect(check({ ...head, ...rest, type: 'stock.received' })).toBe(false);
  });

  it('allows a tick, plain and as a CloudEvent without data', () => {
    const head = { id: 'a', type: 'control.tick', time: 0 };
    expect(payloadCheck('control.tick')(head)).toBe(true);
    expect(payloadCheck('control.tick')({ specversion: '1.0', source: 's', ...head })).toBe(true);
  });
});

describe('the command', () => {
  async function printed(...args: string[]): Promise<string> {
    let out = '';
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      out += String(text);
      return true;
    });
    const program = new Command('stockpulse');
    registerAsyncApi(program);
    const code = await runProgram(program, ['asyncapi', ...args]);
    write.mockRestore();
    expect(code).toBe(0);
    return out;
  }

  it('prints the same document as YAML and as JSON', async () => {
    expect(parse(await printed())).toEqual(document);
    expect(JSON.parse(await printed('--json'))).toEqual(document);
  });
});
