// The machine that the engine runs on: its disk, and one process after the other.

import type { Settings } from '../../config/settings.js';
import { openHistory } from '../../connectors/clickhouse/open-history.js';
import { FileSnapshotStore } from '../../connectors/files/snapshot-store.js';
import type { Meters } from '../../connectors/prometheus.js';
import { Broker } from '../../engine/broker.js';
import { type Core, createCore } from '../../engine/core.js';
import { Engine, type EngineOptions } from '../../engine/engine.js';
import { History } from '../../engine/history.js';
import type { Logger } from '../../engine/log.js';
import type { EngineParts } from '../../engine/parts.js';
import { Supervised } from '../../engine/supervised.js';
import type { Backups } from './backups.js';
import type { SimulatedClickHouse } from './clickhouse.js';
import { SimulatedDisk } from './disk.js';
import { diskOf } from './disk-calls.js';
import type { FaultyEvents } from './faulty-events.js';
import { Lineage } from './lineage.js';
import { SimulatedConnection } from './nats-connection.js';
import type { NatsServer } from './nats-server.js';
import { OnDuty } from './on-duty.js';
import type { Plant } from './plants.js';
import { Process, type World } from './process.js';

export interface Given {
  readonly settings: Settings;
  readonly server: NatsServer;
  readonly backups: Backups;
  readonly clickhouse: SimulatedClickHouse;
  readonly meters: Meters;
  readonly plant: Plant | null;
  readonly faulty: FaultyEvents;
}

const DATA = '/simulated';

/**
 * What a supervisor does: starts the engine again when it ended, and after each crash. The person
 * on duty comes first where the engine says that it cannot go on by itself.
 */
export class Machine {
  readonly disk: SimulatedDisk;
  readonly lineage: Lineage;
  readonly duty: OnDuty;
  process: Process | null = null;
  engine: Engine | null = null;
  history: History | null = null;
  processes = 0;
  /** A process has another one after each throw of an operator. */
  #engines = 0;
  crashes = 0;
  lastFailure = '';
  /** True: an engine that ends now has done its work. */
  isOver = false;

  constructor(
    private readonly world: World,
    private readonly given: Given,
  ) {
    this.disk = new SimulatedDisk(world);
    this.lineage = new Lineage(given.server.events);
    const { disk, lineage } = this;
    const { server, backups } = given;
    const snapshots = `${DATA}/snapshots`;
    this.duty = new OnDuty(world, { server, backups, disk, lineage, snapshots });
    for (const dir of folders()) this.disk.make(dir);
  }

  /** The snapshots as the last process finds them. */
  snapshots(): FileSnapshotStore {
    const disk = diskOf(this.disk, this.world, this.process as Process);
    return new FileSnapshotStore({ dir: `${DATA}/snapshots`, disk });
  }

  boot(): void {
    this.processes += 1;
    const process = new Process(this.world, this.processes, () => this.#onCrash());
    this.world.trace(`process ${process.number} starts`);
    this.process = process;
    void this.#live(process);
  }

  async #live(process: Process): Promise<void> {
    let supervised: Supervised | null = null;
    let failure: unknown = null;
    try {
      const settings = this.duty.settings(this.given.settings);
      const log = this.#log(process);
      supervised = await Supervised.start({ settings, log }, (o) => this.#start(process, o));
      await supervised.ended;
    } catch (error) {
      failure = error;
      this.lastFailure = String(error);
      if (process.isAlive) this.world.trace(`  failed: ${String(error)}`);
    }
    await supervised?.stop().catch(() => undefined);
    if (this.isOver || !process.isAlive) return;
    this.world.trace(`process ${process.number} ends`);
    process.isAlive = false;
    this.world.scheduler.dropProcess();
    this.duty.act(failure);
    this.#bootLater();
  }

  async #start(process: Process, options: EngineOptions): Promise<Engine> {
    this.engine = null;
    const parts = await this.#parts(process, options.settings);
    const engine = await Engine.startWith(options, parts);
    if (process.isAlive) this.engine = engine;
    return engine;
  }

  #onCrash(): void {
    this.crashes += 1;
    if (this.world.faults.dice.is('crash/power', 0.5)) {
      this.world.trace('  and the power is gone');
      this.disk.losePower();
    }
    this.#bootLater();
  }

  #bootLater(): void {
    this.engine = null;
    this.history = null;
    this.world.scheduler.after(this.world.faults.dice.between('world/down', 50, 5_000), () =>
      this.boot(),
    );
  }

  async #parts(process: Process, settings: Settings): Promise<EngineParts> {
    const disk = diskOf(this.disk, this.world, process);
    this.#engines += 1;
    const client = this.given.clickhouse.for(process, this.#engines);
    const connection = new SimulatedConnection(this.given.server, this.world, process);
    const broker = new Broker(connection.asNats(), settings, this.#log(process));
    this.lineage.watchSource(broker.source, settings.recovery.onGap);
    const run = `run${this.#engines}`;
    if (this.disk.holds('.spool')) this.given.clickhouse.copies.inherits(this.#engines);
    const sinks = await openHistory({
      ...{ client, disk, run, dir: `${DATA}/history` },
      batchRows: settings.clickhouse.batchRows,
      batchWaitMs: settings.clickhouse.batchWait,
      maxQueuedRows: settings.clickhouse.maxQueuedRows,
      spoolBytes: settings.clickhouse.spoolBytes,
      log: (line) => this.world.trace(`  history: ${line}`),
    });
    const store = new FileSnapshotStore({ dir: `${DATA}/snapshots`, disk });
    const parts: EngineParts = {
      core: this.#core(settings),
      broker,
      history: new History(client, sinks, null),
      snapshots: this.lineage.watchStore(store),
      meters: { ...this.given.meters, close: () => undefined },
      serve: () => Promise.resolve(NO_SCREENS),
    };
    const spoilt = this.given.plant?.spoil(parts, { client, run }) ?? parts;
    this.history = spoilt.history;
    return spoilt;
  }

  #core(settings: Settings): Core {
    const core = createCore(settings);
    this.given.faulty.spoil(core);
    return core;
  }

  #log(process: Process): Logger {
    const say =
      (level: string) =>
      (fields: object | string, text = ''): void => {
        if (!process.isAlive) return;
        const { err } = Object(fields) as { err?: unknown };
        const what = err === undefined ? fields : String(err);
        this.world.trace(`  ${level}: ${text} ${JSON.stringify(what)}`);
      };
    const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'];
    return Object.fromEntries(levels.map((level) => [level, say(level)])) as unknown as Logger;
  }
}

function folders(): string[] {
  const tables = ['events', 'positions', 'buckets', 'signals', 'alerts'];
  return [
    ...[DATA, `${DATA}/snapshots`, `${DATA}/history`],
    ...tables.map((table) => `${DATA}/history/${table}`),
  ];
}

const NO_SCREENS = {
  url: 'http://simulated:80/',
  port: 0,
  feedChanged: (): void => undefined,
  hubStats: () => ({ clients: 0, refusedClients: 0, droppedFrames: 0, resyncs: 0 }),
  close: (): Promise<void> => Promise.resolve(),
};
