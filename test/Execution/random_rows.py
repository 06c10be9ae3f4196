#!/usr/bin/env python3
"""Differential test: encodings of rows by themselves, optimised code against the
reference.

Every row encoding, on random inputs of odd sizes, with all element types, ranks,
layouts and kinds of positions. Prints the seed first, and keeps the graph of a
module that fails.

    random_rows.py WHORL_RUN [--cases N] [--seed S] [--target CPU]
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time

from attention_cases import ROPES, Argument

DTYPES = ["f32", "f32", "f16", "bf16", "f64"]
EMBEDDINGS = [
    ("sinusoidal", []),
    ("sinusoidal<order = half, range = closed, padding = 3>", []),
    ("sinusoidal<merge = multiply>", []),
    ("sinusoidal<base = 100.0, merge = modulate>", []),
    ("learned", ["table"]),
    ("learned<merge = multiply>", ["table"]),
    ("learned<alpha = 0.4>", ["table"]),
    ("learned<alpha = 0.3, merge = modulate>", ["table"]),
    ("complex_order", ["numbers"]),
    ("complex_order<pairing = half, phases = true>", ["numbers", "numbers"]),
]


class RowCase:
    """A function that encodes one tensor, and its inputs."""

    def __init__(self, rng, name):
        self.rng, self.name = rng, name
        self.dtype = rng.choice(DTYPES)
        self.dim = rng.choice([4, 8, 12, 16, 20, 36, 64, 68])
        rank = rng.choice([2, 3, 4, 4])
        self.layout = rng.choice(["bhnd", "bnhd"]) if rank == 4 else "bhnd"
        lead = {2: ["N"], 3: ["B", "N"]}.get(
            rank, ["B", "H", "N"] if self.layout == "bhnd" else ["B", "N", "H"])
        self.sizes = {"B": rng.choice([1, 2, 3]) if rank > 2 else 1,
                      "H": rng.choice([1, 2, 5]),
                      "N": rng.choice([0, 1, 2, 7, 16, 33])}
        self.arguments = [Argument("x", lead + [self.dim], self.dtype,
                                   "random")]
        self.clauses = []
        self.axes = 1
        self.draw_encoding()
        self.draw_positions()
        if self.layout == "bnhd":
            self.clauses.append("layout bnhd")
        rng.shuffle(self.clauses)

    def operand(self, kind):
        """Operands of one encoding have the sizes of the first."""
        same = [a for a in self.arguments[1:]]
        if same:
            dims, dtype = same[0].dims, same[0].dtype
        else:
            dtype = self.rng.choice([self.dtype, "f32"])
            batch = self.rng.choice([[], ["B"]])
            dims = {"table": [self.rng.randint(1, 9), self.dim],
                    "numbers": batch + ["N", self.dim // 2]}.get(kind)
            if dims is None:  # a cache of so many pairs
                dims = batch + [self.rng.randint(1, 50), int(kind)]
        self.arguments.append(
            Argument(f"o{len(self.arguments)}", dims, dtype, "random"))

    def draw_encoding(self):
        if self.rng.random() < 0.5:
            encoding, kinds = self.rng.choice(EMBEDDINGS)
            self.encoding = f"#whorl.{encoding}"
        else:
            self.encoding = self.rng.choice(ROPES).format(
                half=self.dim // 2, quarter=self.dim // 4)
            kinds = []
            if "cache" in self.encoding:
                kinds = [str(self.dim // (4 if "rotary_dim" in self.encoding
                                          else 2))] * 2
            if "sections" in self.encoding:
                inner = self.encoding.split("sections = [")[1].split("]")[0]
                self.axes = inner.count(",") + 1
            self.clauses.append(f"role {self.rng.choice(['query', 'key'])}")
        for kind in kinds:
            self.operand(kind)
        if kinds:
            operands = self.arguments[1:]
            self.clauses.append(
                f"operands({', '.join('%' + a.name for a in operands)} : "
                f"{', '.join(a.type({}) for a in operands)})")

    def draw_positions(self):
        kind = self.rng.choice(["none", "static", "ids", "batch"])
        if self.axes > 1:
            kind = "axes"
        if kind == "static":
            self.clauses.append(f"static_offset({self.rng.randint(-3, 40)})")
        elif kind != "none":
            lead = {"ids": [], "batch": ["B"], "axes": [self.axes, "B"]}[kind]
            ids = Argument("p", lead + ["N"], self.rng.choice(["i32", "i64"]),
                           "randint:100")
            self.arguments.append(ids)
            self.clauses.append(f"positions(%p : {ids.type({})})")

    def text(self):
        arguments = ", ".join(f"%{a.name}: {a.type({})}"
                              for a in self.arguments)
        type = self.arguments[0].type({})
        return (f"func.func @{self.name}({arguments}) -> {type} {{\n"
                f"  %y = whorl.encode_position {self.encoding} %x "
                f"{' '.join(self.clauses)} : {type}\n"
                f"  return %y : {type}\n}}\n")

    def line(self):
        inputs = [a.input(self.sizes, self.rng.randrange(1 << 30))
                  for a in self.arguments]
        return " ".join([self.name, *inputs, "check"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("whorl_run")
    parser.add_argument("--cases", type=int, default=80)
    parser.add_argument("--seed", default=os.environ.get(
        "WHORL_SEED", time.strftime("%Y%m%d")))
    parser.add_argument("--target", default="host")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed} (set it by --seed or WHORL_SEED)", flush=True)
    rng = random.Random(arguments.seed)
    passed = failed = 0
    directory = tempfile.mkdtemp(prefix="whorl-rows-")
    for number in range(-(-arguments.cases // 40)):
        cases = [RowCase(rng, f"case_{i}") for i in range(40)]
        graph = os.path.join(directory, f"rows_{number}.mlir")
        batch = os.path.join(directory, f"rows_{number}.batch")
        with open(graph, "w", encoding="utf-8") as file:
            file.write("\n".join(case.text() for case in cases))
        with open(batch, "w", encoding="utf-8") as file:
            file.write("".join(case.line() + "\n" for case in cases))
        process = subprocess.run(
            [arguments.whorl_run, graph, f"--batch={batch}", "--threads=1",
             f"--target={arguments.target}"], capture_output=True, text=True)
        words = process.stdout.strip().split("\n")[-1].split()
        if process.returncode == 0 and len(words) == 4:
            passed += int(words[0])
            os.remove(graph)
            os.remove(batch)
        else:
            failed += int(words[2]) if len(words) == 4 else len(cases)
            print(process.stdout, process.stderr[-3000:], graph, flush=True)
    if not failed:
        os.rmdir(directory)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
