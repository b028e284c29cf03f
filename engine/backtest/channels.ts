// Channels: what a recorded bucket may say beside its units, and what it means when it is silent.

export interface Channel {
  readonly min: number;
  readonly max: number;
  /** Where the file has no such column, or the field is empty. */
  readonly silent: number;
  /** Tells of carts and what leads to them. */
  readonly isOfCarts: boolean;
}

const ANY = { min: 0, max: Number.POSITIVE_INFINITY };
const CARTS = { ...ANY, silent: 0, isOfCarts: true };

/** By their column's name, which is also that of the field of a demand bucket. */
export const CHANNELS = {
  inStockShare: { min: 0, max: 1, silent: 1, isOfCarts: false },
  price: { ...ANY, silent: Number.NaN, isOfCarts: false },
  promotion: { min: 0, max: 1, silent: 0, isOfCarts: false },
  cartAdds: CARTS,
  cartRemovals: CARTS,
  cartsAbandoned: CARTS,
  views: CARTS,
} as const satisfies Readonly<Record<string, Channel>>;

export type ChannelName = keyof typeof CHANNELS;
export const CHANNEL_NAMES = Object.keys(CHANNELS) as readonly ChannelName[];
/** Those that `--without carts` silences. */
export const CART_CHANNELS = CHANNEL_NAMES.filter((name) => CHANNELS[name].isOfCarts);
