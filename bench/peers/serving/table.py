# SPDX-License-Identifier: Apache-2.0
"""The results as a table for people."""

COLUMNS = (
    ("client", lambda row: row["client"]), ("streams", lambda row: row["streams"]),
    ("ok", lambda row: row.get("completed")), ("wall s", lambda row: row.get("wall_s")),
    ("CPU s", lambda row: row.get("cpu_s")), ("µs/event", lambda row: row.get("cpu_us_per_event")), ("beyond one", lambda row: row.get("cpu_us_per_event_beyond_one")),
    ("peak MiB", lambda row: row.get("peak_mib")), ("TTFT p50", lambda row: _of(row, "ttft_ms", "p50")),
    ("p99 ms", lambda row: _of(row, "ttft_ms", "p99")), ("ITL p50", lambda row: _of(row, "itl_ms", "p50")),
    ("p99 ms", lambda row: _of(row, "itl_ms", "p99")), ("stamp off p50", lambda row: _of(row, "stamp_error_ms", "p50")),
    ("p99", lambda row: _of(row, "stamp_error_ms", "p99")), ("max ms", lambda row: _of(row, "stamp_error_ms", "max")),
)


def _of(row, name, quantile):
    return (row.get(name) or {}).get(quantile)


def cell(value) -> str:
    """A figure with three or four digits; what is absent is a dash."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}" if abs(value) >= 100 else f"{value:.3g}"
    return str(value)


def text(rows) -> str:
    """One line a run; under each group of streams what the server's own log says."""
    lines = [[name for name, _ in COLUMNS]] + [[cell(read(row)) for _, read in COLUMNS] for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    return "\n".join("  ".join(part.ljust(width) if i == 0 else part.rjust(width)
                               for i, (part, width) in enumerate(zip(line, widths))).rstrip() for line in lines)
