-- Signals as they stand: raised, updated, closed. `time` is when a signal was raised and is the
-- same in all versions of its id, so that they meet in one partition.
CREATE TABLE IF NOT EXISTS signals
(
    id String CODEC(ZSTD),
    kind LowCardinality(String),
    time DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    sku String CODEC(ZSTD),
    location LowCardinality(String),
    quantity Float64 CODEC(ZSTD),
    supplier LowCardinality(String),
    from_location LowCardinality(String),
    needed_by Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD),
    policy LowCardinality(String),
    on_hand Float64 CODEC(ZSTD),
    allocated Float64 CODEC(ZSTD),
    backordered Float64 CODEC(ZSTD),
    on_order Float64 CODEC(ZSTD),
    in_transit Float64 CODEC(ZSTD),
    inventory_position Float64 CODEC(ZSTD),
    reorder_point Float64 CODEC(ZSTD),
    order_up_to_level Float64 CODEC(ZSTD),
    safety_stock Float64 CODEC(ZSTD),
    lead_time_demand_mean Float64 CODEC(ZSTD),
    lead_time_demand_sd Float64 CODEC(ZSTD),
    lead_time_demand_quantile Float64 CODEC(ZSTD),
    lead_time_demand_level Float64 CODEC(ZSTD),
    reasons String CODEC(ZSTD),
    counterfactual Float64 CODEC(ZSTD),
    cause_id String CODEC(ZSTD),
    cause_position UInt64 CODEC(ZSTD),
    replaces String CODEC(ZSTD),
    state LowCardinality(String),
    state_time DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    version UInt64 CODEC(ZSTD),
    INDEX time_index time TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(time)
ORDER BY (sku, location, kind, id)
SETTINGS non_replicated_deduplication_window = 1000,
    fsync_after_insert = 1,
    fsync_part_directory = 1;
