#!/usr/bin/env python3
"""Checks what every text file of the project must hold to.

    scripts/check-sources.py [--root DIR]

* A source file has at most 600 lines; more than 400 is a warning.
* No trailing white space, no tabs (but in a Makefile), one newline at the end.
* TableGen files, which no formatter sees to, stay within 100 columns.
"""

import argparse
import os
import subprocess
import sys

WARN_LINES, MAX_LINES = 400, 600
SIZED = (".h", ".c", ".cpp", ".td", ".py", ".sh", ".cmake")
TEXT = SIZED + (".mlir", ".md", ".txt", ".test", ".json", ".yaml", ".in",
                ".svg", ".cfg")
NARROW = (".td",)
MAX_COLUMNS = 100
# Made by mlir-tblgen, which minds none of this.
GENERATED = ("docs/dialect/", "docs/passes/")
SKIPPED = ("build/", "LICENSE")


def files_of(root):
    """Tracked files and those that git would track; all files without git."""
    if os.path.exists(os.path.join(root, ".git")):
        listed = subprocess.run(
            ["git", "-C", root, "ls-files", "-z", "--cached", "--others",
             "--exclude-standard"],
            check=True, capture_output=True).stdout.decode()
        names = listed.split("\0")
    else:
        names = [os.path.relpath(os.path.join(directory, name), root)
                 for directory, _, files in os.walk(root) for name in files]
    return sorted(
        name for name in names
        if name and not name.startswith(SKIPPED + GENERATED)
        and os.path.isfile(os.path.join(root, name)))


def check_text(path, text):
    """Yields (line, message) for what is wrong with one file's text."""
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if line != line.rstrip():
            yield number, "trailing white space"
        if "\t" in line and os.path.basename(path) != "Makefile":
            yield number, "a tab; indent by spaces"
        if path.endswith(NARROW) and len(line) > MAX_COLUMNS:
            yield number, f"{len(line)} columns, the limit is {MAX_COLUMNS}"
    if text and not text.endswith("\n"):
        yield len(lines), "no newline at the end of the file"
    if text.endswith("\n\n"):
        yield len(lines) - 1, "empty lines at the end of the file"
    if path.endswith(SIZED) and len(lines) - 1 > MAX_LINES:
        yield len(lines) - 1, (
            f"{len(lines) - 1} lines, the limit is {MAX_LINES} (aim at "
            f"{WARN_LINES}); split the file by what it holds")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--root", default=here)
    options = parser.parse_args()
    errors = checked = 0
    for path in files_of(options.root):
        name = os.path.basename(path)
        if not path.endswith(TEXT) and name != "Makefile":
            continue
        checked += 1
        with open(os.path.join(options.root, path), encoding="utf-8",
                  newline="") as file:
            text = file.read()
        for line, message in check_text(path, text):
            errors += 1
            print(f"{path}:{line}: error: {message}", file=sys.stderr)
        length = text.count("\n")
        if path.endswith(SIZED) and WARN_LINES < length <= MAX_LINES:
            print(f"{path}:{length}: warning: {length} lines; aim at "
                  f"{WARN_LINES}", file=sys.stderr)
    if checked == 0:
        print(f"check-sources: error: no files under {options.root}",
              file=sys.stderr)
        return 1
    if errors == 0:
        print(f"check-sources: {checked} files hold")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
