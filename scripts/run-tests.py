#!/usr/bin/env python3
"""Runs every test of a build and prints one line with the totals.

    scripts/run-tests.py BUILD [-j JOBS] [--filter REGEX]

The tests are lit's (test/) and those GoogleTest programs that lit does not run
itself. The last line is `N passed, N failed, N skipped`; the exit code is 1 when
a test failed or none ran.
"""

import argparse
import glob
import json
import os
import subprocess
import sys
import time

PASSED = {"PASS", "FLAKYPASS", "XFAIL"}
SKIPPED = {"SKIPPED", "UNSUPPORTED", "EXCLUDED"}


class Totals:
    """Counts of test results, and the names of what failed."""

    def __init__(self):
        self.passed = self.skipped = 0
        self.failed = []

    def add(self, name, code):
        if code in PASSED:
            self.passed += 1
        elif code in SKIPPED:
            self.skipped += 1
        else:
            self.failed.append(name)


def find_lit():
    for lit in ("/usr/lib/llvm-22/bin/lit", "/usr/lib/llvm-22/build/utils/lit/lit.py"):
        if os.path.exists(lit):
            return lit
    sys.exit("run-tests: error: no lit in /usr/lib/llvm-22; run "
             "scripts/install-deps.sh")


def run_lit(build, jobs, pattern, totals):
    """Runs lit; returns whether it ran GoogleTest programs too."""
    results = f"{build}/test/results.json"
    if os.path.exists(results):
        os.remove(results)
    command = [sys.executable, find_lit(), "-sv", "--no-progress-bar", "--order=smart", f"-j{jobs}",
               "--output", results, f"{build}/test"]
    if pattern:
        command += ["--filter", pattern]
    sys.stdout.flush()
    code = subprocess.run(command).returncode
    if not os.path.exists(results):
        totals.failed.append(f"lit (exit code {code}, no results)")
        return False
    with open(results, encoding="utf-8") as file:
        tests = json.load(file)["tests"]
    failed_before = len(totals.failed)
    for test in tests:
        if pattern and test["code"] == "EXCLUDED":
            continue
        totals.add(test["name"], test["code"])
    if code != 0 and len(totals.failed) == failed_before:
        totals.failed.append(f"lit (exit code {code})")
    return any("Unit" in test["name"].split(" :: ")[0] for test in tests)


def run_googletest(build, totals):
    """Runs the GoogleTest programs of the build one by one."""
    for program in sorted(glob.glob(f"{build}/test/Unit/**/*Tests",
                                    recursive=True)):
        if not (os.path.isfile(program) and os.access(program, os.X_OK)):
            continue
        results = f"{program}.json"
        if os.path.exists(results):
            os.remove(results)
        code = subprocess.run(
            [program, "--gtest_brief=1", f"--gtest_output=json:{results}"]
        ).returncode
        name = os.path.basename(program)
        if not os.path.exists(results):
            totals.failed.append(f"{name} (exit code {code}, no results)")
            continue
        with open(results, encoding="utf-8") as file:
            suites = json.load(file)["testsuites"]
        for suite in suites:
            for test in suite["testsuite"]:
                full = f"{name} :: {suite['name']}.{test['name']}"
                ran = test["status"] == "RUN" and test["result"] != "SKIPPED"
                totals.add(full, "FAIL" if test.get("failures") else
                           "PASS" if ran else "SKIPPED")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", help="the build directory")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--filter", help="only lit tests that match")
    options = parser.parse_args()
    if not os.path.exists(f"{options.build}/test/lit.site.cfg.py"):
        sys.exit(f"run-tests: error: {options.build} holds no tests; run "
                 "'make build'")
    start = time.monotonic()
    totals = Totals()
    lit_has_units = run_lit(options.build, options.jobs, options.filter, totals)
    if not lit_has_units and not options.filter:
        run_googletest(options.build, totals)
    for name in totals.failed:
        print(f"FAILED: {name}")
    if totals.passed + len(totals.failed) == 0:
        print("run-tests: error: no test ran")
        totals.failed.append("none ran")
    print(f"run-tests: {time.monotonic() - start:.0f} s")
    print(f"{totals.passed} passed, {len(totals.failed)} failed, "
          f"{totals.skipped} skipped", flush=True)
    return 1 if totals.failed else 0


if __name__ == "__main__":
    sys.exit(main())
