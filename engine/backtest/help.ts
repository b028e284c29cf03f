// What `stockpulse backtest --help` says behind its options.
import { MOST_STEPS } from './backtest.js';

export const BACKTEST_HELP = `
The file: a header, then a row for each series and bucket, in any order:
  series,start,units              needed; start is 2026-03-01 or 2026-03-01T07:00 (local time, an
                                  offset behind it is not looked at); units >= 0, empty: not known
  category                        of the series
  inStockShare                    share of the bucket with stock to sell, 0-1; empty: 1
  price, promotion                price of a unit, empty or 0: not known; share on promotion, 0-1
  cartAdds,cartRemovals,cartsAbandoned,views
A bucket without a row between the first and the last row of its series had no demand; with --gaps
missing it is not known. Several files are read as one. A row that cannot be used, two rows for one
bucket or a file cut short: nothing is forecast, exit code 1.

How it goes: all series side by side, in time order. At each bucket all forecasters first say what
they expect of the buckets ahead; then the bucket is learned. Scoring starts where a series has
--warm-up known buckets behind it and all forecasters are warm; all are scored from the same
origins, the neural model from those of them at which it is ready. Buckets of unknown units are not
scored. Where stock ran out, sales are held against what was forecast for the time with stock, if
that is a quarter of the bucket or more; intervals are judged where there was stock all the time.
Each bucket is an origin up to ${MOST_STEPS / 1e6} million buckets times longest horizon, such as 500,000
buckets and 28. Above that --every is the least number that leaves about as many and has no divisor
in common with the season; series take turns. Tune with --score tuning, which sees no bucket of the
last quarter of the time, and judge with --score held-back.

--neural lets the network forecast, too: a row of its own, and a part of the ensemble. It is trained
behind the warm-up and then every --neural-every buckets, as soon as 32 windows of 21 or more known
buckets are there: as the engine does (its default settings, its rule of promotion), but the run
waits for it, about ten seconds each time. It sees no bucket before its time. Figures are the same
each time with one TensorFlow; the native one and WASM differ in the last digits. The time per update
is that without training.

The figures, with error = forecast - what came:
  WAPE     sum of |error| / sum of demand      bias  sum of error / sum of demand
  R2       1 - sum of error^2 / sum of (demand - mean demand)^2
  MASE     mean of |error| / scale a series, then the mean over the series; RMSSE likewise: the root
           of the mean of error^2 / squared scale. Scale: mean |change| (mean squared change) from
           bucket to bucket of the series before the origin; where it is 0 the series stays out.
           For the sum of h buckets the scale is h times as large
  pinball  loss of the quantiles .1 .5 .9 .95 .99, scaled and averaged like MASE
  coverage how often the central 50, 80, 95, 99 % intervals held. Demand comes in whole units, and
           an interval that must hold the zero holds too much where most buckets are zero. So a
           bucket counts by the share of [P(demand < units), P(demand <= units)] that lies in the
           interval: right forecasts cover exactly what they say (Czado, Gneiting & Held 2009).
           closed: share of buckets between the two quantiles, both included
  classes  smooth, erratic: ADI < 1.32; intermittent, lumpy: rarer; erratic, lumpy: CV2 >= .49
  second half, best-on-first-half: for each series the single method with the least error on the
           first half of its life, scored on the second, and all others on the same buckets

JSON: trainings (of the network), overall (steps 1 … longest horizon), classes, horizons (steps 1 … h), leadTime (the sum of
the next h buckets: what a reorder point needs), secondHalf, quarters (coverage over time),
microsPerUpdate, bytesPerSeries. null: nothing to compute it from.`;
