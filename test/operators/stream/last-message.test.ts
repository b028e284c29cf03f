// Claims about the last message of a log that a state holds.
import { expect, it } from 'vitest';
import { coreWith, messageOf, run, savedSections } from '../../oracle/drive.js';

const tick = (n: number) => JSON.stringify({ id: `t${n}`, type: 'control.tick', time: 1_000 * n });
const storedAtMs = Date.UTC(2026, 2, 2);
const stored = (text: string, position: number) =>
  messageOf(text, position, { storedAtMs: storedAtMs + position });

it('is that of the last batch, whatever the message was, and in the state that is saved', () => {
  const core = coreWith({});
  expect(core.lastMessage.mark).toBeNull();
  run(core, [stored(tick(1), 3), stored(`${tick(2)}\n${tick(3)}`, 4), stored('nonsense', 7)]);
  const mark = { position: 7, storedAtMs: storedAtMs + 7 };
  expect(core.lastMessage.mark).toEqual(mark);
  const restored = coreWith({});
  restored.load(core.save());
  expect(restored.lastMessage.mark).toEqual(mark);
});

it('is unknown where the log does not say when it stored, and the state is as it was before', () => {
  const core = coreWith({});
  run(core, [stored(tick(1), 1), messageOf(tick(2), 2)]);
  expect(core.lastMessage.mark).toBeNull();
  expect(Object.keys(savedSections(core))).not.toContain('last-message');
  const restored = coreWith({});
  restored.load(core.save());
  expect(restored.lastMessage.mark).toBeNull();
});
