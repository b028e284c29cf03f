// What `stockpulse simulate --help` says behind its options.

export const SIMULATE_HELP = `
The file: recorded sales as \`stockpulse backtest\` takes them (CSV: series,start,units and, of the
other columns, category and price), where the units of a bucket are one order in the middle of it;
or recorded events as \`stockpulse replay\` takes them (.ndjson or .jsonl, plain or .gz), of which
order.placed and order.cancelled count, and what was cancelled was never ordered.

Policies: sS, sQ,     the engine itself, in a closed loop: its signals become purchase orders, which
          RS, RsS     arrive after a gamma distributed lead time, and of which it is told
          engine      the one of these that the settings name (replenish.policy)
          normal      reorder point = mean + z sd over the lead time, of the engine's own forecasts,
                      learned from all demand; order-up-to level = reorder point + the engine's lot
          min-max     min = average demand a day before the start x (lead time + safety days),
                      max = min + lot; both stay as they are
The n-th order of a SKU takes the same time under each policy. All but RS and RsS look at the position after
each demand and each bucket.

How it goes: for the first part of the time (--learn) forecasts learn, and stock is ample. Then each
SKU starts with its order-up-to level; one that is new, once it has been on sale for --warm-up days.
Unmet demand waits; with --lost-sales it is gone, and then the engine is told only what was sold: a
shop that has none left gets no orders, and the engine has to see by its stock that demand was cut.

The figures, of the time measured:
  fill rate        share of units that were on the shelf when they were asked for
  cycle service    share of order cycles in which nobody came in vain; a cycle ends with a receipt.
                   Under RS and RsS each review begins one, those with nothing to order are clean
  stockout days    share of the time in which nothing was on hand
  average stock    on-hand, integrated over time; its value by the mean price of the SKU, or 1
  turnover         value delivered from the shelf a year / average value
  costs            holding: value x --holding-rate a year; ordering: orders x --ordering-cost;
                   shortage: units not on the shelf x --shortage-rate of their price
  classes          smooth, erratic: ADI < 1.32; intermittent, lumpy: rarer; erratic, lumpy: CV2 >=
                   .49; A, B, C: 80, 15, 5 % of the value; all by what was known at the start
  at equal stock   each policy runs over many levels (or safety days); its fill rate with as much
                   stock, by value, as the engine's is read off between its two nearest runs

--tune parts the rest of the time in two: in the first half it looks, for each class of demand, for
the service level, then the policy and review period, that cost least; it reports on the second.`;
