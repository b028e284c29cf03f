// What the engine and the thread that allocates say to each other.
import type { Settings } from '../../config/settings.js';
import type { AllocationProblem } from '../../operators/replenish/allocate.js';
import type { Allocation } from '../allocation/allocation.js';
import type { AllocationReport } from '../allocation/report.js';

export type AllocatorTask =
  | { readonly kind: 'problem'; readonly problem: AllocationProblem; readonly timeMs: number }
  /** Of the newest snapshot in the data folder: read, weighed and solved in the thread. */
  | { readonly kind: 'snapshot'; readonly settings: Settings };

export type AllocatorAnswer =
  | { readonly kind: 'solved'; readonly allocation: Allocation }
  | { readonly kind: 'reported'; readonly report: AllocationReport }
  | { readonly kind: 'failed'; readonly reason: string };
