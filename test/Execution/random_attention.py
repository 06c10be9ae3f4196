#!/usr/bin/env python3
"""Differential test: random attention graphs, optimised code against the reference.

Draws `--cases` cases in modules of `--variants` functions, compiles each module
once for the kernels and once for the reference, and runs all cases. Prints the
seed first, and for each failure a command that repeats it alone; the graph that
it names is kept.

    random_attention.py WHORL_RUN [--cases N] [--seed S] [--jobs J] [--target CPU]
                        [--dtype TYPE] [--emulate]

Closes with the line `N passed, N failed`.
"""

import argparse
import concurrent.futures
import os
import random
import subprocess
import sys
import tempfile
import time

from attention_cases import Variant

CASES_PER_VARIANT = 7
VARIANTS_PER_MODULE = 6


def write_module(directory, seed, number, cases, dtype):
    """One module with its batch file; returns the command's arguments."""
    rng = random.Random(f"{seed}/{number}")
    variants = [Variant(rng, f"case_{number}_{i}", dtype)
                for i in range(VARIANTS_PER_MODULE)]
    graph = os.path.join(directory, f"attention_{seed}_{number}.mlir")
    with open(graph, "w", encoding="utf-8") as file:
        file.write("\n".join(variant.text() for variant in variants))
    lines = []
    for i in range(cases):
        variant = variants[i % len(variants)]
        inputs = variant.draw_inputs(rng.randrange(1 << 30))
        lines.append(" ".join([variant.name] + inputs + [variant.check()]))
    batch = os.path.join(directory, f"attention_{seed}_{number}.batch")
    with open(batch, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return graph, batch


def run_module(arguments, directory, seed, number, cases):
    graph, batch = write_module(directory, seed, number, cases, arguments.dtype)
    command = [arguments.whorl_run, graph, f"--batch={batch}",
               f"--target={arguments.target}", f"--threads={arguments.threads}"]
    if arguments.emulate:
        command.append("--emulate-instructions")
    process = subprocess.run(command, capture_output=True, text=True)
    lines = process.stdout.strip().split("\n")
    words = lines[-1].split()
    if len(words) == 4 and words[1] == "passed,":
        passed, failed = int(words[0]), int(words[2])
    else:  # a crash, or a graph that does not compile
        passed, failed = 0, cases
        lines.append(f"{' '.join(command)}\nexit code {process.returncode}")
    if not failed:
        os.remove(graph)
        os.remove(batch)
        return passed, failed, ""
    return passed, failed, "\n".join(lines[:-1] + [process.stderr[-3000:]])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("whorl_run")
    parser.add_argument("--cases", type=int, default=504)
    parser.add_argument("--seed", default=os.environ.get(
        "WHORL_SEED", time.strftime("%Y%m%d")))
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--target", default="host")
    parser.add_argument("--threads", default="1")
    parser.add_argument("--dtype", help="of all queries; drawn when left out")
    parser.add_argument("--emulate", action="store_true",
                        help="run code for any target on this machine")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed} (set it by --seed or WHORL_SEED)", flush=True)
    directory = tempfile.mkdtemp(prefix="whorl-random-")
    per_module = CASES_PER_VARIANT * VARIANTS_PER_MODULE
    modules = -(-arguments.cases // per_module)
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        futures = [pool.submit(run_module, arguments, directory, arguments.seed,
                               number, per_module) for number in range(modules)]
        for future in concurrent.futures.as_completed(futures):
            good, bad, output = future.result()
            passed += good
            failed += bad
            if output:
                print(output, flush=True)
    if failed:
        print(f"graphs kept in {directory}")
    else:
        os.rmdir(directory)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
