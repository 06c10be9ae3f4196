#!/usr/bin/env python3
"""Checks the refusals of a tool, case by case.

    refused.py TEST

TEST holds pairs of lines, a command and the message that it must end with:

    $ whorl-run graph.mlir --entry=negat
    > there is no public function 'negat' in 'graph.mlir'; did you mean ...

Each command runs in a folder with the files of make_files() below. It passes when
the exit code is 1, stdout is empty, stderr is the line `TOOL: error: MESSAGE`
and nothing else, and every file of the folder is as it was: nothing overwritten,
nothing added. `...` in a message stands for any text; a message after `>>` may
have lines before it, which is for diagnostics of IR.
"""

import json
import os
import re
import shlex
import struct
import subprocess
import sys
import tempfile

GRAPH = """
func.func @attend(%query: tensor<1x2x?x8xf32>, %key: tensor<1x2x?x8xf32>,
                  %value: tensor<1x2x?x8xf32>) -> tensor<1x2x?x8xf32> {
  %o = whorl.attention %query, %key, %value mask #whorl.causal
      : (tensor<1x2x?x8xf32>, tensor<1x2x?x8xf32>, tensor<1x2x?x8xf32>)
      -> tensor<1x2x?x8xf32>
  return %o : tensor<1x2x?x8xf32>
}
func.func @negate(%x: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %y = arith.negf %x : tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}
"""


def npy(shape="(3, 4)", descr="<f4", order="False", count=12, version=1,
        magic=b"\x93NUMPY"):
    """A .npy file of zeros, right or wrong."""
    header = (f"{{'descr': '{descr}', 'fortran_order': {order}, "
              f"'shape': {shape}, }}").encode().ljust(117) + b"\n"
    length = struct.pack("<H" if version == 1 else "<I", len(header))
    return magic + bytes([version, 0]) + length + header + bytes(4 * count)


def bench_cases(*cases):
    """A file of cases for whorl-bench; each is a good one but for what it says,
    None taking a key away."""
    good = {"name": "good", "module": "graph.mlir", "entry": "negate",
            "inputs": ["random:3x4xf32"]}
    return json.dumps({"cases": [
        {key: value for key, value in {**good, **case}.items()
         if value is not None} for case in cases]})


def bench_line(**changes):
    """A line of whorl-bench --json."""
    line = {"entry": "negate", "threads": 1, "runs": 3, "median_ms": 1.0,
            "min_ms": 1.0, "flops": 1e6, "gflops": 1.0, "bytes": 96,
            "gbs": 1e-4, "peak_gflops": 2.0, "peak_gbs": 20, "case": "good",
            "tags": [], "spread": 0.01, "baseline": None, "ratio": None,
            "machine": "sse2", "date": "2026-01-01T00:00:00Z", **changes}
    return json.dumps({key: value for key, value in line.items()
                       if value != "absent"}) + "\n"


def make_bench_files():
    os.mkdir("bench")
    texts = {
        "good.json": bench_cases({"tags": ["tag"]}),
        "broken.json": "{\"cases\": [}",
        "array.json": "[]",
        "nocases.json": "{}",
        "typo.json": "{\"case\": []}",
        "none.json": "{\"cases\": []}",
        "cases.json": "{\"cases\": {}}",
        "word.json": "{\"cases\": [\"case\"]}",
        "unnamed.json": bench_cases({}, {"name": None}),
        "name.json": bench_cases({"name": "a b"}),
        "number.json": bench_cases({"name": 7}),
        "key.json": bench_cases({}, {"name": "b", "flop": 5}),
        "module.json": bench_cases({"module": None}),
        "lost.json": bench_cases({"module": "lost.mlir"}),
        "entry.json": bench_cases({"entry": "negat"}),
        "noentry.json": bench_cases({"entry": ""}),
        "inputs.json": bench_cases({"inputs": "random:3x4xf32"}),
        "input.json": bench_cases({"inputs": [3]}),
        "few.json": bench_cases({"inputs": []}),
        "wide.json": bench_cases({"inputs": ["random:3x5xf32"]}),
        "file.json": bench_cases({"inputs": ["lost.npy"]}),
        "flops.json": bench_cases({"flops": "many"}),
        "less.json": bench_cases({"bytes": -1}),
        "tags.json": bench_cases({"tags": {}}),
        "cold.json": bench_cases({"cold": 1}),
        "words.json": bench_cases({"attention": []}),
        "twice.json": bench_cases({}, {}),
        "baseline.json": bench_cases({"name": "other", "baseline": "goood"}, {}),
        "self.json": bench_cases({"baseline": "good"}),
        "invalid.json": bench_cases({"module": "invalid.mlir"}),
        "old.txt": bench_line(),
        "elsewhere.txt": bench_line(case="elsewhere"),
        "nospread.txt": bench_line() + bench_line(spread="absent"),
        "zero.txt": bench_line(peak_gbs=0),
        "table.txt": "case threads\n",
        "empty.txt": "\n",
    }
    texts["graph.mlir"] = GRAPH
    texts["invalid.mlir"] = "func.func @negate() { return %y }\n"
    for name, text in texts.items():
        with open(f"bench/{name}", "w", encoding="utf-8") as file:
            file.write(text)


TARGET = ("#whorl.cpu_target<vector_bytes = 32, vector_registers = 16, "
          "fma = true, l1_bytes = 32768, l2_bytes = 1048576, "
          "cpu = \"x86-64-v3\">")


def schedule_line(**changes):
    """A line of a file of schedules; None takes a key away."""
    tensor = "tensor<1x2x?x8xf32>"
    line = {"attention": f"{{query = {tensor}, key = {tensor}, value = {tensor}, "
                         "mask = #whorl.causal}",
            "target": TARGET,
            "schedule": "#whorl.cpu_schedule<lanes = 8, tile = [6, 2], "
                        "groups = 2, key_block = 96>", **changes}
    return "{" + ", ".join(f"{key} = {value}" for key, value in line.items()
                           if value is not None) + "}\n"


def make_schedule_files():
    os.mkdir("schedules")
    texts = {
        "words.txt": "// fine\n\nthese are words\n",
        "list.txt": "[1, 2]\n",
        "cut.txt": schedule_line()[:-3] + "\n",
        "key.txt": schedule_line() + schedule_line(threads=2, colour="3"),
        "target.txt": schedule_line(target=None),
        "number.txt": schedule_line(schedule="3"),
        "milliseconds.txt": schedule_line(ms='"3"'),
        "lanes.txt": schedule_line(schedule="#whorl.cpu_schedule<lanes = 7, "
                                            "tile = [6, 2], groups = 2, "
                                            "key_block = 96>"),
        "attention.txt": schedule_line(attention="{}"),
        "mesk.txt": schedule_line(attention="{mesk = unit}"),
        "twice.txt": schedule_line() + "\n" + schedule_line(ms="3.0"),
        "misfit.txt": schedule_line(
            schedule="#whorl.cpu_schedule<lanes = 8, tile = [4, 2], "
                     "groups = 1, key_block = 64, role = features>"),
        "graph.mlir": f"module attributes {{whorl.target = {TARGET}}} {{\n"
                      f"{GRAPH}}}\n",
    }
    for name, text in texts.items():
        with open(f"schedules/{name}", "w", encoding="utf-8") as file:
            file.write(text)


def make_files():
    make_bench_files()
    make_schedule_files()
    os.mkdir("folder")
    os.mkdir("folder.npy")
    texts = {
        "graph.mlir": GRAPH,
        "invalid.mlir": "func.func @f(%x: tensor<3xf32>) { return %y }\n",
        "broken.mlir": "func.func @f(%x: tensor<1x1x4x8xf32>) {\n"
                       "  %0 = whorl.attention %x, %x, %x : "
                       "(tensor<1x1x4x8xf32>, tensor<1x1x4x8xf32>, "
                       "tensor<1x1x4x8xf32>) -> tensor<1x1x5x8xf32>\n"
                       "  return\n}\n",
        "scalars.mlir": "func.func @f(%n: index, %b: i1, %x: tensor<?xi8>) "
                        "-> index { return %n : index }\n",
        "private.mlir": "func.func private @f() { return }\n",
        "empty.mlir": "",
        "complex.mlir": "func.func @f(%x: tensor<3xcomplex<f32>>) { return }\n",
        "external.mlir": "func.func private @g()\n"
                         "func.func @f() { call @g() : () -> () return }\n",
        "notes.npy": "these are words\n",
    }
    for name, text in texts.items():
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
    files = {
        "good.npy": npy(),
        "out.npy": b"an earlier result",
        "out.so": b"an earlier library",
        "out.h": b"an earlier header",
        "truncated.npy": npy(count=11),
        "headless.npy": npy()[:60],
        "tiny.npy": npy()[:8],
        "fortran.npy": npy(order="True"),
        "big.npy": npy(descr=">f4"),
        "complex.npy": npy(descr="<c8"),
        "text.npy": npy(descr="<U4"),
        "version.npy": npy(version=9),
        "shape.npy": npy(shape="(3, x)"),
        "negative.npy": npy(shape="(3, -4)"),
        "rank1.npy": npy(shape="(12,)"),
        "double.npy": npy(descr="<f8", count=24),
        "wide.npy": npy(shape="(3, 5)", count=15),
        "huge.npy": npy(shape="(99999999999, 99999999)"),
    }
    for name, data in files.items():
        with open(name, "wb") as file:
            file.write(data)


def read_folder():
    state = {}
    for folder, _, names in os.walk("."):
        state[folder] = None
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                state[path] = file.read()
    return state


def read_cases(path):
    """Triples of line number, command, and mark and message."""
    command = None
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if line.startswith("$ "):
                assert command is None, f"{path}:{number}: no message"
                command = line[2:]
            elif line.startswith(">"):
                yield number, command, line
                command = None


def check(command, wanted, before):
    """What is wrong, as a list of lines."""
    words = shlex.split(command)
    ended = subprocess.run(words, capture_output=True, timeout=60,
                           encoding="utf-8", errors="replace",
                           stdin=subprocess.DEVNULL)
    mark, message = wanted.split(" ", 1)
    pattern = re.escape(f"{words[0]}: error: {message}").replace(
        re.escape("..."), ".*")
    wrong = []
    if ended.returncode != 1:
        wrong.append(f"exit code {ended.returncode}, expected 1")
    if ended.stdout:
        wrong.append(f"stdout is not empty: {ended.stdout[:200]!r}")
    lines = ended.stderr.splitlines()
    if mark == ">" and len(lines) != 1:
        wrong.append(f"expected one line on stderr, got {len(lines)}")
    if not lines or not re.fullmatch(pattern, lines[-1]):
        wrong += [f"expected: {message}"] + [f"     got: {l}" for l in lines]
    after = read_folder()
    for path in sorted(before.keys() | after.keys()):
        if path not in after:
            wrong.append(f"{path} is gone")
        elif path not in before:
            wrong.append(f"{path} is left behind")
        elif before[path] != after[path]:
            wrong.append(f"{path} is overwritten")
    return wrong


def main():
    test = os.path.abspath(sys.argv[1])
    count = failures = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        make_files()
        before = read_folder()
        for number, command, wanted in read_cases(test):
            count += 1
            wrong = check(command, wanted, before)
            if wrong:
                failures += 1
                print(f"{test}:{number}: {command}")
                for line in wrong:
                    print(f"    {line}")
                before = read_folder()
        os.chdir("/")
    print(f"{count} cases, {failures} failed")
    return 1 if failures or not count else 0


if __name__ == "__main__":
    sys.exit(main())
