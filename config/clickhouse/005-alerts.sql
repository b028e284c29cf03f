-- Alerts: one row when raised, one when cleared.
CREATE TABLE IF NOT EXISTS alerts
(
    id String CODEC(ZSTD),
    kind LowCardinality(String),
    severity LowCardinality(String),
    state LowCardinality(String),
    time DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    sku String CODEC(ZSTD),
    location LowCardinality(String),
    score Float64 CODEC(ZSTD),
    threshold Float64 CODEC(ZSTD),
    evidence String CODEC(ZSTD),
    cause_id String CODEC(ZSTD),
    cause_position UInt64 CODEC(ZSTD),
    INDEX time_index time TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (sku, location, kind, time, id, state)
SETTINGS non_replicated_deduplication_window = 1000,
    fsync_after_insert = 1,
    fsync_part_directory = 1;
