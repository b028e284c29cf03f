-- Every line of every event, by its position in the log.
--
-- How migrations work: files run once each, in the order of their numbers, and are recorded with
-- their checksum in table `migrations`. A file that has been released is never changed: write
-- the next number. Each statement must be safe to run again (IF NOT EXISTS), because a start
-- that was cut off half-way, or two starts at once, run it again. Names without a database: it
-- is a setting. Nothing newer than ClickHouse 23.8.
--
-- Common to all tables: ReplacingMergeTree keeps one row per key, so a row sent again counts
-- once under FINAL; the deduplication window lets ClickHouse drop a batch that is sent again
-- because its answer got lost; fsync, so that what was acknowledged survives a power cut.
CREATE TABLE IF NOT EXISTS events
(
    position UInt64 CODEC(Delta, ZSTD),
    entry UInt32 CODEC(ZSTD),
    id String CODEC(ZSTD),
    kind LowCardinality(String),
    time DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    stored_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD),
    sku String CODEC(ZSTD),
    location LowCardinality(String),
    quantity Float64 CODEC(ZSTD),
    reference String CODEC(ZSTD),
    INDEX sku_index sku TYPE bloom_filter GRANULARITY 4,
    INDEX time_index time TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (position, entry)
SETTINGS non_replicated_deduplication_window = 1000,
    fsync_after_insert = 1,
    fsync_part_directory = 1;
