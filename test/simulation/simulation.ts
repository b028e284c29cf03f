// One run from one seed: the engine in a world that misbehaves, killed and started until all is done.
import type { Settings } from '../../config/settings.js';
import { createMeters, type Meters } from '../../connectors/prometheus.js';
import { type Core, STATE_SCHEMA } from '../../engine/core.js';
import type { Engine } from '../../engine/engine.js';
import { Backups } from './backups.js';
import { SimulatedClickHouse } from './clickhouse.js';
import { Dice } from './dice.js';
import { type Fault, Faults } from './faults.js';
import { FaultyEvents } from './faulty-events.js';
import { Machine } from './machine.js';
import { NatsServer, type Stored } from './nats-server.js';
import type { Act } from './on-duty.js';
import type { Plant } from './plants.js';
import type { World } from './process.js';
import { Scheduler } from './scheduler.js';
import { verdict } from './verdict.js';
import { installVirtualTime } from './virtual-time.js';
import { type Message, START_MS, settingsOf, workload } from './workload.js';

export interface RunOptions {
  readonly seed: number;
  readonly plant?: Plant | null;
  /** Exactly these faults instead of those of the seed. */
  readonly only?: readonly Fault[] | null;
  /** Only these messages of the seed, by number. */
  readonly keep?: readonly number[] | null;
  /** Hears of all that happens, a line each. */
  readonly onTrace?: (line: string) => void;
}

export interface RunResult {
  readonly seed: number;
  /** In words; empty: the run was right. */
  readonly problems: readonly string[];
  readonly struck: readonly Fault[];
  readonly messages: number;
  readonly events: number;
  readonly crashes: number;
  readonly acts: readonly Act[];
  /** Refusals of events at which an operator threw. */
  readonly setAside: number;
  readonly signals: number;
  readonly alerts: number;
  readonly steps: number;
}

/** Faults go on for this long after the last message, at most. */
const AFTER_LAST_MS = 10_000;
/** With all well again the rest is done within this, or never. */
const PATIENCE_MS = 600_000;

let meters: Meters | null = null;

export async function simulate(options: RunOptions): Promise<RunResult> {
  // Its event loop meter and its collectors are Node's own: one for all runs.
  meters ??= createMeters({ version: 'simulated' });
  return await new Simulation(options, meters).run();
}

class Simulation {
  readonly #settings: Settings;
  readonly #dice: Dice;
  readonly #scheduler = new Scheduler(START_MS);
  readonly #faults: Faults;
  readonly #world: World;
  readonly #server: NatsServer;
  readonly #clickhouse: SimulatedClickHouse;
  readonly #machine: Machine;
  readonly #sent: Message[];
  readonly #backups: Backups;
  readonly #faulty: FaultyEvents;
  /** What was published, by the bytes that the stream has. */
  readonly #messageOf = new Map<Uint8Array, Message>();
  #published = 0;

  constructor(
    private readonly options: RunOptions,
    meters: Meters,
  ) {
    const { seed, only = null, keep = null, onTrace } = options;
    this.#dice = new Dice(seed);
    this.#settings = settingsOf(this.#dice);
    this.#faults = new Faults(this.#dice, only);
    const trace = (line: string): void => {
      onTrace?.(`${((this.#scheduler.nowMs - START_MS) / 1000).toFixed(3).padStart(9)} ${line}`);
    };
    if (onTrace !== undefined) this.#faults.onStrike = (fault) => trace(`! ${fault}`);
    this.#world = { scheduler: this.#scheduler, faults: this.#faults, trace };
    this.#server = new NatsServer(this.#settings.nats.duplicateWindow);
    this.#backups = new Backups(this.#server);
    this.#clickhouse = new SimulatedClickHouse(this.#world);
    const all = workload(seed, this.#dice);
    const lines = all.flatMap((message) => message.lines);
    this.#faulty = new FaultyEvents(lines, this.#dice, this.#settings.recovery.tries);
    this.#machine = new Machine(this.#world, {
      settings: this.#settings,
      server: this.#server,
      backups: this.#backups,
      clickhouse: this.#clickhouse,
      meters,
      plant: options.plant ?? null,
      faulty: this.#faulty,
    });
    this.#sent = keep === null ? all : keep.map((n) => all[n] as Message);
  }

  async run(): Promise<RunResult> {
    const uninstall = installVirtualTime({
      scheduler: this.#scheduler,
      isAlive: () => this.#machine.process?.isAlive ?? false,
      lookMs: () => (this.#dice.is('clock/busy', 0.05) ? 6 : 0),
      lateMs: () => this.#dice.next('clock/late') * 2,
    });
    try {
      return this.#result(await this.#toTheEnd());
    } finally {
      uninstall();
    }
  }

  async #toTheEnd(): Promise<string[]> {
    const quietMs = this.#schedule() + this.#dice.next('world/quiet') * AFTER_LAST_MS;
    this.#scheduler.after(quietMs, () => {
      this.#world.trace('all is well from here on');
      this.#faults.isQuiet = true;
    });
    this.#machine.boot();
    const limitMs = START_MS + quietMs + PATIENCE_MS;
    const isThrough = (): boolean => this.#isThrough();
    if (!(await this.#scheduler.run(isThrough, limitMs))) return [this.#stuck()];
    this.#machine.isOver = true;
    const engine = this.#machine.engine as Engine;
    const { core, position } = { core: engine.core, position: engine.position };
    let stopped: string | null = null;
    engine.stop().then(
      () => {
        stopped = '';
      },
      (error: unknown) => {
        stopped = `the stop failed: ${String(error)}`;
      },
    );
    if (!(await this.#scheduler.run(() => stopped !== null, limitMs))) return ['it never stops'];
    if (stopped !== '') return [stopped ?? ''];
    return await this.#judge(core, position, limitMs);
  }

  async #judge(core: Core, position: number, limitMs: number): Promise<string[]> {
    let snapshotPosition: number | null | undefined;
    void this.#machine
      .snapshots()
      .newest(STATE_SCHEMA)
      .then(({ snapshot }) => {
        snapshotPosition = snapshot?.position ?? null;
      });
    await this.#scheduler.run(() => snapshotPosition !== undefined, limitMs);
    const told = verdict({
      settings: this.#settings,
      core,
      position,
      snapshotPosition: snapshotPosition ?? null,
      lineage: this.#machine.lineage.current,
      former: this.#machine.lineage.former,
      server: this.#server,
      clickhouse: this.#clickhouse,
      sent: this.#messageOf,
      faulty: this.#faulty,
    });
    return [...told, ...this.#machine.duty.problems, ...this.#machine.lineage.problems];
  }

  /** Puts the messages and what befalls the world on the timeline; gives the last one's time. */
  #schedule(): number {
    let atMs = 0;
    for (const message of this.#sent) {
      atMs += message.afterMs;
      this.#scheduler.after(atMs, () => {
        this.#publish(message);
        this.#befall();
      });
    }
    return atMs;
  }

  #publish(message: Message): void {
    const { subject, lines } = message;
    this.#published += 1;
    const text = lines.map((line) => line.text).join('\n');
    this.#world.trace(`event ${this.#published}: ${text.replaceAll('\n', ' | ')}`);
    const data = Buffer.from(text);
    this.#messageOf.set(data, message);
    this.#server.publishEvent({ subject, id: '', data }, this.#scheduler.nowMs);
  }

  #befall(): void {
    const { events } = this.#server;
    if (this.#faults.strikes('nats.restart') && this.#server.isUp) this.#restartServer();
    if (this.#faults.strikes('world.stop')) this.#machine.engine?.stop().catch(() => undefined);
    if (this.#faults.strikes('world.purge')) {
      const first = this.#dice.between('world/first', events.first, events.last);
      this.#world.trace(`  the stream drops what is before ${first}`);
      events.purgeBefore(first);
    }
    if (this.#faults.strikes('world.set-back')) this.#setBack();
  }

  /** Mostly to just before what was read last: there it hurts, and grows over it soon. */
  #setBack(): void {
    const { first, last } = this.#server.events;
    if (!this.#server.isUp || first === last) return;
    const read = this.#machine.lineage.current.at(-1)?.position ?? last;
    const isAimed = read > first && read <= last && this.#dice.is('world/aimed', 0.8);
    const [from, to] = isAimed ? [Math.max(first, read - 4), read - 1] : [first, last - 1];
    const kept = this.#dice.between('world/last', from, to);
    this.#world.trace(`  the stream is set back to ${kept}`);
    this.#restartServer();
    this.#backups.setBackTo(kept);
  }

  #restartServer(): void {
    this.#server.stop();
    const downMs = this.#dice.between('nats/down', 10, 6_000);
    this.#server.upAgainMs = Math.floor(this.#scheduler.nowMs + downMs);
    this.#scheduler.after(downMs, () => this.#server.start());
  }

  #isThrough(): boolean {
    const { last, log } = this.#server.events;
    if (this.#published < this.#sent.length || !this.#faults.isQuiet) return false;
    if (this.#machine.engine?.position !== last || this.#machine.process?.isAlive !== true)
      return false;
    // As many as it holds, and others than it holds: the engine has not noticed yet.
    if (this.#machine.lineage.current.at(-1) !== log.at(-1)) return false;
    const stats = Object.values(this.#machine.history?.stats() ?? {});
    return stats.every((sink) => sink.queuedRows === 0 && sink.spooledBatches === 0);
  }

  #stuck(): string {
    const { last, first } = this.#server.events;
    const stats = JSON.stringify(this.#machine.history?.stats() ?? {});
    return (
      `stuck: position ${this.#machine.engine?.position} of ${last} (first ${first}), process ` +
      `${this.#machine.processes}, last failure: ${this.#machine.lastFailure}, history: ${stats}`
    );
  }

  #result(problems: readonly string[]): RunResult {
    const kinds = this.#server.signals.log.map(({ subject }) => subject.split('.')[0]);
    return {
      seed: this.options.seed,
      problems,
      struck: this.#faults.struck,
      messages: this.#sent.length,
      events: this.#sent.reduce((sum, { lines }) => sum + lines.length, 0),
      crashes: this.#machine.crashes,
      acts: this.#machine.duty.acts,
      setAside: this.#server.refused.log.filter(isFailed).length,
      signals: kinds.filter((kind) => kind === 'signals').length,
      alerts: kinds.filter((kind) => kind === 'alerts').length,
      steps: this.#scheduler.steps,
    };
  }
}

function isFailed({ data }: Stored): boolean {
  return Buffer.from(data).includes('"reason":"failed"');
}
