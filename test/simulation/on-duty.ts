// The person on duty: hears an alert, and does what the engine's last words say can be done.
import type { Settings } from '../../config/settings.js';
import { PositionGapError, StreamRewoundError } from '../../connectors/nats/position-gap.js';
import type { Backups } from './backups.js';
import type { SimulatedDisk } from './disk.js';
import type { Lineage } from './lineage.js';
import type { NatsServer } from './nats-server.js';
import type { World } from './process.js';

export interface Reach {
  readonly server: NatsServer;
  readonly backups: Backups;
  readonly disk: SimulatedDisk;
  readonly lineage: Lineage;
  /** Folder of the snapshots. */
  readonly snapshots: string;
}

export const ACTS = [
  'restores the stream',
  'sets the snapshots aside',
  'goes on behind the gap',
] as const;
export type Act = (typeof ACTS)[number];

interface DataGap {
  readonly id: string;
  readonly evidence: Readonly<Record<string, number>>;
}

/**
 * Nobody looks at logs at night: where no alert tells it nothing is done, the engine fails again at
 * each start, and the run is stuck. So an alert that stays out is found.
 */
export class OnDuty {
  /** Alerts that say what is not so. */
  readonly problems: string[] = [];
  /** What was done, in order. */
  readonly acts: Act[] = [];
  #mayGoOn = false;

  constructor(
    private readonly world: World,
    private readonly reach: Reach,
  ) {}

  /** Before the engine is started again that ended with this. */
  act(error: unknown): void {
    if (error instanceof StreamRewoundError) this.#actOnOtherStream(error);
    if (error instanceof PositionGapError) this.#actOnGap(error);
  }

  /** The settings for the next start: what was let pass once is not let pass for good. */
  settings(settings: Settings): Settings {
    if (!this.#mayGoOn) return settings;
    this.#mayGoOn = false;
    return { ...settings, recovery: { ...settings.recovery, onGap: 'continue' } };
  }

  #actOnGap({ gap: { from, through } }: PositionGapError): void {
    if (this.#alert(`${from}-${through}`) === undefined) return;
    this.#done('goes on behind the gap');
    this.#mayGoOn = true;
  }

  #actOnOtherStream(error: StreamRewoundError): void {
    const { backups, lineage } = this.reach;
    const { read, first, last, how } = error.rewound;
    const alert = this.#alert(`${read}/${how}/${first}-${last}`);
    if (alert === undefined) return;
    const gone = lineage.gone.get(error);
    if (alert.evidence.missing !== gone) {
      this.problems.push(`${alert.id} tells ${alert.evidence.missing} messages, ${gone} are gone`);
    }
    const { dice } = this.world.faults;
    if (backups.isEmpty || dice.is('duty/aside', 0.5)) {
      this.#done('sets the snapshots aside');
      this.reach.disk.empty(this.reach.snapshots);
      return;
    }
    this.#done('restores the stream');
    backups.restore(this.world.scheduler.nowMs);
  }

  #done(act: Act): void {
    this.acts.push(act);
    this.world.trace(`  the person on duty ${act}`);
  }

  #alert(key: string): DataGap | undefined {
    const id = `data-gap/EVENTS/${key}`;
    const found = this.reach.server.signals.log.find((message) => message.id === id);
    if (found === undefined) {
      this.world.trace(`  nobody has heard of ${id}`);
      return undefined;
    }
    return JSON.parse(Buffer.from(found.data).toString()) as DataGap;
  }
}
