#!/usr/bin/env python3
"""Checks that the examples in the dialect's TableGen descriptions are valid.

    scripts/check-examples.py [--opt PROGRAM] [FILE...]

Each op and attribute of FILE (dialect/Whorl/IR/*.td) has an example: a ```mlir
block, or attributes after `Example:` in backquotes. whorl-opt must accept each,
and print it the same after a round trip.
"""

import argparse
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import textwrap

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RECORD = re.compile(r"^def (Whorl_\w+(?:Attr|Op))\s*:", re.M)
BLOCK = re.compile(r"^ *```mlir\n(.*?)^ *```$", re.M | re.S)
INLINE = re.compile(r"Example: ((?:`[^`]*`(?:, )?)+)", re.S)


def records(text):
    """Yields (name, line, body) for each op and attribute that is described."""
    starts = list(RECORD.finditer(text))
    for start, end in zip(starts, starts[1:] + [None]):
        body = text[start.start():end.start() if end else len(text)]
        if "let description" in body:
            line = text.count("\n", 0, start.start()) + 1
            yield start.group(1), line, body


def examples(body):
    """Modules, or None for what is no example of a kind that can be run."""
    for block in BLOCK.findall(body):
        yield textwrap.dedent(block)
    for match in INLINE.finditer(body):
        for shown in re.findall(r"`([^`]*)`", match.group(1)):
            attribute = " ".join(shown.split())
            yield (f"module attributes {{t.example = {attribute}}} {{}}"
                   if attribute.startswith("#") else None)


def round_trip(program, text):
    result = subprocess.run([program, "-"], input=text, capture_output=True,
                            text=True)
    return result.stdout if result.returncode == 0 else None, result.stderr


def check(program, text):
    """What is wrong with an example, or None."""
    if text is None:
        return "an example is neither an ```mlir block nor an attribute"
    once, error = round_trip(program, text)
    if once is None:
        return f"whorl-opt refuses the example: {error.splitlines()[0]}"
    twice, error = round_trip(program, once)
    if twice != once:
        return f"the example does not survive a round trip: {error}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--opt", default="whorl-opt")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    found = []
    errors = []
    for path in options.files or sorted(
            glob.glob(f"{ROOT}/dialect/Whorl/IR/*.td")):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for name, line, body in records(text):
            place = f"{os.path.relpath(path, ROOT)}:{line}"
            shown = list(examples(body))
            if not shown:
                errors.append(f"{place}: error: {name} has no example")
            found += [(place, name, example) for example in shown]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        messages = list(pool.map(lambda f: check(options.opt, f[2]), found))
    errors += [f"{place}: error: {name}: {message}"
               for (place, name, _), message in zip(found, messages) if message]
    if not found:
        errors.append("error: no examples")
    for error in errors:
        print(error, file=sys.stderr)
    if not errors:
        print(f"check-examples: {len(found)} examples hold")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
