-- Closed buckets of demand, each with the forecast that was made before it.
CREATE TABLE IF NOT EXISTS buckets
(
    position UInt64 CODEC(ZSTD),
    sku String CODEC(ZSTD),
    location LowCardinality(String),
    start DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    bucket LowCardinality(String),
    units Float64 CODEC(ZSTD),
    forecast Nullable(Float64) CODEC(ZSTD),
    lower80 Nullable(Float64) CODEC(ZSTD),
    upper80 Nullable(Float64) CODEC(ZSTD),
    lower95 Nullable(Float64) CODEC(ZSTD),
    upper95 Nullable(Float64) CODEC(ZSTD),
    in_stock_share Float64 CODEC(ZSTD),
    champion LowCardinality(String),
    cart_adds Float64 CODEC(ZSTD),
    cart_removals Float64 CODEC(ZSTD),
    carts_abandoned Float64 CODEC(ZSTD),
    views Float64 CODEC(ZSTD),
    INDEX start_index start TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(position)
PARTITION BY toYYYYMM(start)
ORDER BY (sku, location, bucket, start)
SETTINGS non_replicated_deduplication_window = 1000,
    fsync_after_insert = 1,
    fsync_part_directory = 1;
