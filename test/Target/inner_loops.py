#!/usr/bin/env python3
"""Prints what the innermost loops of x86 assembly consist of, one a line.

    inner_loops.py FUNCTION < FILE.s

An innermost loop is the code between a label and a jump back to it with no other
such jump inside. Of each that holds a multiply-add the line tells: how many
multiply-adds and divisions, gathers, accesses to a fixed place of the stack
(spills; scratch is indexed), constants loaded again, instructions in all.
"""

import re
import sys

LABEL = re.compile(r"^(\.?[\w$]+):")
JUMP = re.compile(r"^\s+j\w+\s+(\.L\w+)")
SPILL = re.compile(r"(?<![\w)])-?\d*\(%r[sb]p\)")


def body_of(lines, function):
    start = next(i for i, line in enumerate(lines)
                 if line.startswith(function + ":"))
    end = next(i for i, line in enumerate(lines) if i > start and
               line.startswith(".Lfunc_end"))
    return lines[start:end]


def innermost_loops(lines):
    labels = {match[1]: i for i, line in enumerate(lines)
              if (match := LABEL.match(line))}
    loops = [(labels[match[1]], i) for i, line in enumerate(lines)
             if (match := JUMP.match(line)) and labels.get(match[1], i) < i]
    for first, last in loops:
        if not any(first <= a and b <= last and (a, b) != (first, last)
                   for a, b in loops):
            yield [line.strip() for line in lines[first:last + 1]
                   if re.match(r"^\s+[a-z]", line)]


def main():
    lines = body_of(sys.stdin.read().splitlines(), sys.argv[1])

    def count(pattern):
        return sum(re.search(pattern, line) is not None for line in loop)

    for loop in innermost_loops(lines):
        fmas = count(r"^vfn?m(add|sub)\w*ps\b")
        if fmas:
            print(f"fma {fmas} div {count('^vdiv')} gather {count('^vp?gather')}"
                  f" spill {count(SPILL)} constant {count('LCPI.*rip')}"
                  f" instructions {len(loop)}")


if __name__ == "__main__":
    main()
