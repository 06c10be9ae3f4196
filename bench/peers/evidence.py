#!/usr/bin/env python3
"""Writes the README's section on speed from the newest results.

    bench/peers/evidence.py [--check] [--results=FILE.jsonl] [--readme=FILE.md]

The section lies between two comments that name this script. --check writes
nothing, and fails where the section is not what the results say.
"""

import argparse
import glob
import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BEGIN = "<!-- bench/peers/evidence.py writes what follows -->\n"
END = "<!-- up to here -->\n"
OURS = "Whorl"
CASES = {
    "f32-d64-full": "8 heads of 64, 2048 rows",
    "f32-d64-causal": "causal",
    "f32-d64-causal-rope": "causal, RoPE",
    "f32-d64-causal-alibi": "causal, ALiBi",
    "f32-d64-softcap": "soft cap",
    "f32-8192-window": "8192 rows, window of 256",
    "f32-decode": "one query on 8192 keys, 32 heads on 8",
    "bf16-d64-full": "8 heads of 64, 2048 rows, bf16",
}


def fail(message):
    sys.exit(f"evidence.py: error: {message}")


def newest():
    found = sorted(glob.glob(os.path.join(ROOT, "bench", "results",
                                          "*.jsonl")))
    if not found:
        fail("no results in bench/results; run 'make peers'")
    return found[-1]


def read(path):
    """(the session, {case: {contender: its line}})."""
    with open(path, encoding="utf-8") as file:
        session, *lines = map(json.loads, file)
    cases = {}
    for line in lines:
        cases.setdefault(line["case"], {})[line["contender"]] = line
    return session, cases


def row(title, lines):
    ours = lines[OURS]
    cells = [title, f"{ours['median_ms']:.3g} ms, "
             f"{100 * ours['share_of_peak']:.0f}%"]
    cells += [f"{line['whorl_is_faster_by']:.2f}x" if "median_ms" in line
              else "-" for name, line in lines.items() if name != OURS]
    return "| " + " | ".join(cells) + " |"


def section(path, readme):
    session, cases = read(path)
    about, peaks = session["about"], session["peaks"]
    shown = [(title, cases[name]) for name, title in CASES.items()
             if "median_ms" in cases.get(name, {}).get(OURS, {})]
    if not shown:
        fail(f"{path} holds none of the cases that the README shows")
    peers = [name for name in shown[0][1] if name != OURS]
    results = os.path.relpath(path[:-len(".jsonl")] + ".md",
                              os.path.dirname(os.path.abspath(readme)))
    return "\n".join([
        f"{about['Date']}, {about['Machine']}, {about['Features']}; threads: "
        f"{about['Threads']}. Whorl's time, and its share of the peak that "
        "bounds the case (measured in the same session: "
        f"{peaks[0]['gflops']:.0f} GFLOP/s of f32 FMA, "
        f"{peaks[0]['read_gbs']:.1f} GB/s read); for the others, how many "
        "times as long they took:", "",
        "| case | Whorl | " + " | ".join(peers) + " |",
        "|---|" + "---:|" * (1 + len(peers)),
        *(row(title, lines) for title, lines in shown), "",
        f"[Every case, with versions, errors and a plot]({results}); "
        "[what is timed, and how to repeat it](bench/peers/README.md).", ""])


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--results", metavar="FILE.jsonl")
    parser.add_argument("--readme", metavar="FILE.md",
                        default=os.path.join(ROOT, "README.md"))
    options = parser.parse_args()
    with open(options.readme, encoding="utf-8") as file:
        old = file.read()
    head, begin, rest = old.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not end:
        fail(f"{options.readme} lacks the two comments '{BEGIN.strip()}' and "
             f"'{END.strip()}'")
    results = options.results or newest()
    new = head + begin + section(results, options.readme) + end + tail
    if options.check and new != old:
        fail(f"{options.readme} is not what {results} says; run "
             "bench/peers/evidence.py")
    if not options.check:
        with open(options.readme, "w", encoding="utf-8") as file:
            file.write(new)
    return 0


if __name__ == "__main__":
    sys.exit(main())
