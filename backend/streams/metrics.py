"""What the engine counts. Names follow Prometheus' conventions; docs/operate/metrics.md says what to watch at 3 a.m."""

from functools import cache

from prometheus_client import Counter, Gauge

BUS_PUBLISHED = Counter("streams_bus_published_total", "Messages handed to the bus")
BUS_LOST = Counter("streams_bus_lost_total", "Messages the bus would not take; the sweeper delivers what they told of")
BUS_RECONNECTS = Counter("streams_bus_reconnects_total", "Times the bus listener had to connect again")
RECORDED = Counter("streams_recorded_total", "Entries committed", ["type"])
DEFERRED = Counter("streams_deferred_total", "Entries committed unnumbered because the head was locked")
CONNECTIONS = Gauge("streams_connections", "Open connections", ["door"])
DELIVERED = Counter("streams_delivered_total", "Entry frames written to connections")
DUPLICATES = Counter("streams_duplicate_hints_total", "Hints that told a connection nothing new")
GAPS = Counter("streams_gaps_total", "Hints that came ahead of what a connection had been sent")
READS = Counter("streams_reads_total", "Batches of pages read from the database")
READ_FAILURES = Counter("streams_read_failures_total", "Batches that failed and will be tried again")
SWEEPS = Counter("streams_sweeps_total", "Rounds of the sweeper")
SWEPT = Counter("streams_swept_total", "Streams on which the sweeper found what no hint had told")
CLOSED = Counter("streams_closed_total", "Connections closed by the gateway", ["code"])
REFUSED_FRAMES = Counter("streams_refused_frames_total", "Client frames refused", ["code"])
JOBS = Counter("streams_jobs_total", "Jobs done, or put back to be tried again", ["kind", "outcome"])
WHISPERS = Counter("streams_whispers_total", "Ephemeral frames written to connections")
PRESENCE_FAILURES = Counter("streams_presence_failures_total", "Times the presence store did not answer")
ENDED_BY_TABLE = Counter("streams_ended_by_table_total", "Connections of ended logins that no hint had closed")
ACKS = Counter("streams_acks_total", "Acknowledgements stored")
REFUSED = Counter("streams_refused_connections_total", "Handshakes answered with 'come back later'", ["reason"])
TRIMMED = Counter("streams_trimmed_total", "Entries removed by retention")
REDACTED = Counter("streams_redacted_total", "Entries emptied because a person was erased")


@cache
def open_connections(door: str) -> Gauge:
    """`CONNECTIONS` of one door, whose lookup by label is dear."""
    return CONNECTIONS.labels(door)
