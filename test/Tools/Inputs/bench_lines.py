"""Prints the keys of whorl-bench --json, then what does not depend on the machine of
each line; fails where the numbers contradict each other."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    lines = [json.loads(line) for line in file]
times = {line["case"]: line["median_ms"] for line in lines}
print(*lines[0])
for line in lines:
    print(*(line[key] for key in ("entry", "case", "threads", "runs", "flops",
                                  "bytes", "tags", "baseline")))
    seconds = line["median_ms"] * 1e-3
    assert 0 < line["min_ms"] <= line["median_ms"]
    assert line["peak_gflops"] > 0 and line["peak_gbs"] > 0
    assert abs(line["bytes"] / seconds * 1e-9 / line["gbs"] - 1) < 1e-3
    if line["flops"] is None:
        assert line["gflops"] is None
    else:
        assert abs(line["flops"] / seconds * 1e-9 / line["gflops"] - 1) < 1e-3
    if line["baseline"] in times:
        ratio = times[line["baseline"]] / line["median_ms"]
        assert abs(line["ratio"] / ratio - 1) < 1e-3
    else:
        assert line["ratio"] is None
