// Throughput: the engine drains a backlog from a real nats-server, beside a bare consumer.
import { Child } from './child.js';
import { rateOf, type Spread, show, showSpread, spreadOf, textTable } from './figures.js';
import { FIRST_TRIGGER, preparationJson } from './messages.js';
import type { ParserResult } from './parser.js';
import type { PublisherResult } from './publisher.js';
import type { Report } from './report.js';
import { CpuTime } from './role.js';
import { EVENTS_STREAM, onDecided, openStage, type Stage, until } from './stage.js';

const BACKLOG = 300_000;
const SKUS = 10_000;
const ROUNDS = 3;
const PACKS = [1, 50];
/** Publishing ends then: what it has stored is the backlog. */
const PUBLISH_LIMIT_MS = 15_000;
/** No further round begins after so long. */
const ROUNDS_LIMIT_MS = 20_000;
const LIMIT_MS = 60_000;

/** One drain of the whole backlog. */
interface Drain {
  readonly seconds: number;
  readonly cpuMicros: number;
}

interface Drained {
  readonly pack: number;
  /** Orders, and with them the catalog items and counts. */
  readonly events: number;
  readonly publishedPerSecond: number;
  readonly bare: readonly Drain[];
  readonly engine: readonly Drain[];
  readonly engineWithHistory: readonly Drain[];
}

export async function benchThroughput(): Promise<Report> {
  const drained: Drained[] = [];
  for (const pack of PACKS) drained.push(await measure(pack));
  const rows = drained.flatMap(
    ({ pack, events, publishedPerSecond, bare, engine, engineWithHistory }) => {
      const bareRate = rateOfDrains(events, bare).median;
      const row = (what: string, drains: readonly Drain[]): string[] => {
        const rate = rateOfDrains(events, drains);
        const cpu = spreadOf(drains.map(({ cpuMicros }) => cpuMicros)).median;
        const ratio = show(rate.median / bareRate);
        return [
          `${pack} a message: ${what}`,
          `${drains.length}`,
          showSpread(rate),
          ratio,
          show(cpu),
        ];
      };
      return [
        [
          `${pack} a message: ${events} published and acknowledged`,
          '1',
          show(publishedPerSecond),
          '',
          '',
        ],
        row('bare consumer, JSON.parse', bare),
        row('engine, history off', engine),
        row('engine, history on', engineWithHistory),
      ];
    },
  );
  const head = ['median (slowest … quickest)', 'rounds', 'events/s', 'to bare', 'CPU µs each'];
  return {
    title: `Throughput: a backlog of up to ${BACKLOG} orders, ${2 * SKUS} catalog items and counts`,
    text: [textTable(head, rows)],
    figures: { prepared: 2 * SKUS, drained },
  };
}

function rateOfDrains(events: number, drains: readonly Drain[]): Spread {
  return rateOf(events, spreadOf(drains.map(({ seconds }) => seconds)));
}

async function measure(pack: number): Promise<Drained> {
  const stage = await openStage();
  try {
    await stage.publish(preparationJson(Array.from({ length: SKUS }, (_, sku) => sku)));
    const published = await publishBacklog(stage.url, pack);
    const bare: Drain[] = [];
    const engine: Drain[] = [];
    const events = published.count + 2 * SKUS;
    const endMs = performance.now() + ROUNDS_LIMIT_MS;
    // In turn, so that what else the machine does hits both alike.
    for (let round = 0; round < ROUNDS && performance.now() < endMs; round++) {
      bare.push(await drainBare(stage.url, events));
      engine.push(await drainByEngine(stage, events, false));
    }
    const engineWithHistory = [await drainByEngine(stage, events, true)];
    return { pack, events, publishedPerSecond: published.rate, bare, engine, engineWithHistory };
  } finally {
    await stage.close();
  }
}

async function publishBacklog(url: string, pack: number): Promise<PublisherResult> {
  const publisher = new Child<PublisherResult | 'measuring'>(
    {
      ...{ role: 'publisher', url, rate: 0, pack, count: BACKLOG, skus: SKUS },
      ...{ warmUp: 0, triggerEvery: 0, firstTrigger: FIRST_TRIGGER, limitMs: PUBLISH_LIMIT_MS },
    },
    LIMIT_MS,
  );
  try {
    await publisher.ready();
    publisher.go();
    await publisher.result();
    return (await publisher.result()) as PublisherResult;
  } finally {
    publisher.kill();
  }
}

/** From the first event to the last. */
async function drainBare(url: string, events: number): Promise<Drain> {
  const parser = new Child<ParserResult>(
    { role: 'parser', url, stream: EVENTS_STREAM, from: 'first', events, samples: 1 },
    LIMIT_MS,
  );
  try {
    await parser.ready();
    parser.go();
    const { seconds, cpuMicros } = await parser.result();
    return { seconds, cpuMicros };
  } finally {
    parser.kill();
  }
}

/** From the moment at which the engine begins to read until its last results are out. */
async function drainByEngine(stage: Stage, events: number, withHistory: boolean): Promise<Drain> {
  const last = await stage.lastPosition();
  const engine = await stage.engine(withHistory);
  const cpu = new CpuTime();
  const began = performance.now();
  let decidedMs = began;
  onDecided(engine, () => {
    decidedMs = performance.now();
  });
  try {
    await until(`the engine at position ${last}`, LIMIT_MS, () => engine.position >= last);
    return { seconds: (decidedMs - began) / 1000, cpuMicros: cpu.microsEach(events) };
  } finally {
    await engine.stop();
  }
}
