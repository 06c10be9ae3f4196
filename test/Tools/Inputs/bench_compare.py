"""Writes results of whorl-bench --json that bench_compare.test compares."""

import json
import sys


def line(case, of_compute, of_memory=0.1, peak=100.0, threads=1):
    """A case that reaches these shares of 100 GFLOP/s and 20 GB/s."""
    flops, ms = 1e8, 1e8 / (of_compute * peak * 1e6)
    bandwidth = 20.0 * peak / 100
    return json.dumps({
        "entry": "f", "threads": threads, "runs": 5, "median_ms": ms,
        "min_ms": ms, "flops": flops, "gflops": of_compute * peak,
        "bytes": of_memory * bandwidth * ms * 1e6, "gbs": of_memory * bandwidth,
        "peak_gflops": peak, "peak_gbs": bandwidth, "case": case, "tags": [],
        "spread": 0.01, "baseline": None, "ratio": None, "machine": "sse2",
        "date": "2026-01-01T00:00:00Z"}) + "\n"


FILES = {
    "old.json": [
        line("half-the-speed", 0.8), line("by-memory", 0.02, 0.5),
        line("within-the-spread", 0.8), line("a-little-slower", 0.8),
        line("two-threads", 0.9, threads=2), line("two-threads", 0.5),
        line("gone", 0.8)],
    "new.json": [
        line("half-the-speed", 0.8, peak=50.0), line("by-memory", 0.02, 0.55),
        line("within-the-spread", 0.792), line("a-little-slower", 0.76),
        line("two-threads", 0.9, threads=2), line("new", 0.8)],
    "bad.json": [line("half-the-speed", 0.72)],
    "impossible.json": [line("negate-given", 1000.0)],
}
for name, lines in FILES.items():
    with open(f"{sys.argv[1]}/{name}", "w", encoding="utf-8") as file:
        file.writelines(lines)
