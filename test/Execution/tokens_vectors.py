#!/usr/bin/env python3
"""Checks whorl.sample_tokens and whorl.unmask against other people's generation.

    tokens_vectors.py DIRECTORY [--reference] [--only NAME]

vectors/tokens/README.md says what the vectors are. Each call of the model that
someone else's loop recorded is taken again: the recorded grid's logits go in, and
the next recorded grid must come out, token for token.
"""

import argparse
import array
import json
import math
import os
import struct
import sys

import npy
from step_vectors import run

VECTORS = f"{os.path.dirname(os.path.abspath(__file__))}/vectors/tokens"

GRAPH = """
func.func @run({arguments}, %x: {tokens}, %k: tensor<{batch}xi64>,
               %from: index, %to: index) -> {tokens} {{
  %t, %m = whorl.sample_tokens %l {clauses}
      known(%x : {tokens}) mask_token = {mask} {draw} measures = [{measure}]
      {{live_mask{shift}}} : {logits} -> {tokens}, {scores}
  {change}
  %n = whorl.unmask %x, %t scores({score} : {scores}) policy = {policy}
      mask_token = {mask} counts(%k : tensor<{batch}xi64>) within(%from, %to)
      : {tokens}
  return %n : {tokens}
}}
"""


class Table:
    """The mock model."""

    def __init__(self, arrays):
        (self.tokens, _), self.first = arrays["T1"]
        (self.length, _), self.second = arrays["T2"]

    def logits(self, rows, places=None):
        """Of grids, one after the other; `places` counts positions in a grid."""
        size = self.tokens
        result = array.array("d")
        for row in rows:
            n = len(row)
            for i, token in enumerate(row):
                before, after = row[i - 1], row[(i + 1) % n]
                for v in range(size):
                    result.append(self.first[token * size + v]
                                  + self.second[i * size + v]
                                  + 0.5 * self.first[before * size + v]
                                  + 0.25 * self.first[after * size + v])
        return result


def to_f32(x):
    return struct.unpack("f", struct.pack("f", x))[0]


class Replay:
    """The calls of one case."""

    def __init__(self, case, directory, reference):
        self.case, self.options = case, case["options"]
        self.directory, self.reference = directory, reference
        self.arrays = npy.load_all(f"{VECTORS}/{case['name']}.npz")
        (self.count, self.batch, self.length), self.x = self.arrays["x"]
        self.table = Table(self.arrays)
        self.mask = self.options.get("mask_id", self.options.get("mask"))
        self.prompt = self.options.get("prompt_length", 0)
        self.size = self.table.tokens
        self.is_guided = "cfg_scale" in self.options
        self.temperature = self.options.get("temperature", 0.0)
        self.is_random = self.options.get("remasking") == "random"
        self.is_single = case["name"].endswith("_f32")

    def grid(self, i):
        step = self.batch * self.length
        flat = list(self.x[i * step:(i + 1) * step])
        return [flat[b * self.length:(b + 1) * self.length]
                for b in range(self.batch)]

    def policy(self):
        if "threshold" not in self.options:
            return "#whorl.best"
        name = self.case["name"]
        extra = (", strict = true" if "refinement" in name
                 else ", capped = true" if "dream" in name else "")
        return f"#whorl.confident<at_least = {self.options['threshold']}{extra}>"

    def graph(self):
        element = "f32" if self.is_single else "f64"
        logits = f"tensor<{self.batch}x{self.length}x{self.size}x{element}>"
        scores = f"tensor<{self.batch}x{self.length}x{element}>"
        arguments, clauses, draw = [f"%l: {logits}"], "", ""
        if self.is_guided:
            arguments.append(f"%u: {logits}")
            clauses = (f"unconditional(%u : {logits}) "
                       f"guidance({self.options['cfg_scale']})")
        if self.temperature != 0.0:
            arguments.append(f"%g: {logits}")
            draw = f"temperature({self.temperature}) noise(%g : {logits})"
        if self.is_random:
            arguments.append(f"%r: {scores}")
        algorithm = self.options.get("alg", "")
        measure = {"topk_margin": "margin", "entropy": "entropy"}.get(
            algorithm, "confidence")
        change = (f"%s = arith.negf %m : {scores}"
                  if measure == "entropy" else "")
        return GRAPH.format(
            arguments=", ".join(arguments), clauses=clauses, draw=draw,
            tokens=f"tensor<{self.batch}x{self.length}xi64>",
            batch=self.batch, mask=self.mask, measure=measure, change=change,
            score="%r" if self.is_random else "%s" if change else "%m",
            shift=", shift" if algorithm else "", logits=logits, scores=scores,
            policy=self.policy())

    def counts(self, call, grid, end):
        """How many each row takes, as the loop that made the vector says."""
        masked = [row[:end].count(self.mask) for row in grid]
        if "alg" in self.options:  # Dream
            if self.policy() != "#whorl.best":
                length = self.options["gen_length"]
                return [length // self.case["steps"]] * self.batch
            if call == self.case["steps"] - 1:
                return masked
            times = self.arrays["timesteps_f32"][1]
            share = to_f32(1.0 - to_f32(times[call + 1] / times[call]))
            mean = to_f32(sum(masked) / self.batch)
            return [int(to_f32(mean * share))] * self.batch
        if "schedule" in self.arrays:  # block refinement
            return [self.arrays["schedule"][1][call]] * self.batch
        if "threshold" in self.options:
            return [1] * self.batch
        steps = self.steps_of_block()
        first = call // steps * steps
        start = [row[:end].count(self.mask) for row in self.grid(first)]
        i = call - first
        return [n // steps + (i < n % steps) for n in start]

    def steps_of_block(self):
        blocks = self.options["gen_length"] // self.options["block_length"]
        return self.case["steps"] // blocks

    def end(self, call, grid):
        """One past the block that is being generated."""
        if "alg" in self.options or "gen_length" not in self.options:
            return self.length
        block = self.options["block_length"]
        if "threshold" in self.options:  # the first block with a mask
            first = min(row.index(self.mask) for row in grid
                        if self.mask in row)
            done = (first - self.prompt) // block
        else:
            done = call // self.steps_of_block()
        return self.prompt + (done + 1) * block

    def check(self):
        kind = "f" if self.is_single else "d"
        graph = self.graph()
        shape = (self.batch, self.length, self.size)
        for call in range(self.count - 1):
            grid = self.grid(call)
            if not any(self.mask in row for row in grid):
                continue
            end = self.end(call, grid)
            inputs = [("l", (shape, array.array(
                kind, self.table.logits(grid))))]
            if self.is_guided:
                masked = [[self.mask] * self.prompt + row[self.prompt:]
                          for row in grid]
                inputs.append(("u", (shape, array.array(
                    kind, self.table.logits(masked)))))
            if self.temperature != 0.0:
                count = npy.count(shape)
                uniform = self.arrays["u_gumbel"][1][call * count:
                                                     (call + 1) * count]
                inputs.append(("g", (shape, array.array(
                    kind, (-math.log(-math.log(u)) for u in uniform)))))
            if self.is_random:
                count = npy.count(shape[:2])
                inputs.append(("r", (shape[:2], array.array(
                    kind, self.arrays["u_conf"][1][call * count:
                                                   (call + 1) * count]))))
            flat = array.array("q", sum(grid, []))
            inputs += [("x", (shape[:2], flat)),
                       ("k", ((self.batch,), array.array(
                           "q", self.counts(call, grid, end)))),
                       ("from", ((), array.array("q", [0]))),
                       ("to", ((), array.array("q", [end])))]
            result = run(self.directory, self.case["name"], graph, inputs,
                         ["n"], self.reference)[0]
            expected = sum(self.grid(call + 1), [])
            if list(result) != expected:
                return (f"call {call}: {list(result)}, expected {expected}, "
                        f"from {list(flat)}")
        return ""


ROWS = """
func.func @run(%l: tensor<40x31xf64>) -> (tensor<40xi64>, tensor<40xf64>) {{
  %t, %m = whorl.sample_tokens %l temperature(0.0) {filters}
      measures = [{measure}] {{of_sampled}} : tensor<40x31xf64>
      -> tensor<40xi64>, tensor<40xf64>
  return %t, %m : tensor<40xi64>, tensor<40xf64>
}}
"""


def check_rows(case, directory, reference):
    """Dream's sample_tokens: measures of rows after filters."""
    arrays = npy.load_all(f"{VECTORS}/{case['name']}.npz")
    for name, filters, measure in [
            ("maxprob", "", "confidence"), ("margin", "", "margin"),
            ("negent", "", "entropy"),
            ("topk4", "filters = [#whorl.top_k<4>]", "confidence"),
            ("topp08", "filters = [#whorl.top_p<0.8>]", "confidence"),
            ("topp07_negent", "filters = [#whorl.top_p<0.7>]", "entropy")]:
        tokens, measures = run(
            directory, f"rows-{name}",
            ROWS.format(filters=filters, measure=measure),
            [("l", (arrays["logits"][0],
                    array.array("d", arrays["logits"][1])))],
            ["t", "m"], reference)
        if list(tokens) != list(arrays[f"tok_{name}"][1]):
            return f"{name}: tokens {list(tokens)}"
        sign = -1.0 if measure == "entropy" else 1.0
        # Dream adds 1e-10 to each probability before its logarithm.
        limit = 1e-8 if measure == "entropy" else 1e-12
        error = max(abs(sign * a - b) for a, b in
                    zip(measures, arrays[f"conf_{name}"][1]))
        if not error <= limit:
            return f"{name}: measures differ by {error:.1e}"
    return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory")
    parser.add_argument("--reference", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    os.makedirs(options.directory, exist_ok=True)
    with open(f"{VECTORS}/cases.json", encoding="utf-8") as file:
        cases = json.load(file)
    failed = 0
    for case in cases:
        if options.only not in case["name"]:
            continue
        if case["name"] == "dream_sample_tokens":
            fault = check_rows(case, options.directory, options.reference)
        else:
            fault = Replay(case, options.directory, options.reference).check()
        failed += bool(fault)
        print(f"{case['name']}: {'FAIL ' + fault if fault else 'pass'}")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
