// The address of a SKU within the page: #/sku/LOCATION/SKU. Pure.

export interface SkuRoute {
  readonly sku: string;
  readonly location: string;
}

export function skuHash({ sku, location }: SkuRoute): string {
  return `#/sku/${encodeURIComponent(location)}/${encodeURIComponent(sku)}`;
}

/** Null: the address names no SKU, or is not one of ours. */
export function readHash(hash: string): SkuRoute | null {
  const [, location, sku] = /^#\/sku\/([^/]+)\/([^/]+)$/.exec(hash) ?? [];
  if (location === undefined || sku === undefined) return null;
  try {
    return { location: decodeURIComponent(location), sku: decodeURIComponent(sku) };
  } catch {
    // A stray % in a hand-typed address: there is no such SKU.
    return null;
  }
}

export function sameSku(a: SkuRoute | null, b: SkuRoute | null): boolean {
  return a?.sku === b?.sku && a?.location === b?.location;
}

/** One string for maps and keys; no two SKU-locations share it. */
export function skuKey({ sku, location }: SkuRoute): string {
  return JSON.stringify([location, sku]);
}
