-- What each SKU had at each location after each change.
CREATE TABLE IF NOT EXISTS positions
(
    position UInt64 CODEC(Delta, ZSTD),
    time DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    sku String CODEC(ZSTD),
    location LowCardinality(String),
    on_hand Float64 CODEC(ZSTD),
    allocated Float64 CODEC(ZSTD),
    backordered Float64 CODEC(ZSTD),
    on_order Float64 CODEC(ZSTD),
    in_transit Float64 CODEC(ZSTD),
    available Float64 CODEC(ZSTD),
    inventory_position Float64 CODEC(ZSTD),
    INDEX time_index time TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (sku, location, position)
SETTINGS non_replicated_deduplication_window = 1000,
    fsync_after_insert = 1,
    fsync_part_directory = 1;
