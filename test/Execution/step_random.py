#!/usr/bin/env python3
"""Random steps: the compiled code against the reference.

    step_random.py DIRECTORY [--cases N] [--seed S] [--first K]

Draws sampler, schedule, prediction, element type, shape (rank 0 to 6; sizes 0, 1,
odd; some dynamic), constant or variable index. Large ones run with three threads,
too, and must give the same bits. Prints the seed, and on failure the graph and the
command that shows the case again.
"""

import argparse
import array
import os
import random
import sys

import npy
from step_vectors import distance, run

# By element type: how far rounding may take the two apart, for numbers of size 1.
TOLERANCE = {"f16": 2e-3, "bf16": 1.6e-2, "f32": 2e-6, "f64": 1e-13}

GRAPH = """
func.func @run({arguments}) -> {outer} {{
  {index}
{narrow}
  %y = whorl.step %x1, %m1 at %i sampler = {sampler} schedule = {schedule}
      prediction = {prediction} {noise} : {inner}
{widen}
  return %r : {outer}
}}
"""

CAST = """  %{to}d = {empty}
  %{to} = linalg.generic {{indexing_maps = [{map}, {map}],
      iterator_types = [{loops}]}}
      ins(%{source} : {source_type}) outs(%{to}d : {type}) {{
  ^bb0(%a: {source_element}, %o: {element}):
    %b = arith.{cast} %a : {source_element} to {element}
    linalg.yield %b : {element}
  }} -> {type}"""


def draw_schedule(rng):
    steps = rng.choice([1, 2, 5, 18, 50])
    spacing = rng.choice(["leading", "linspace", "trailing", "continuous"])
    beta = rng.choice(["linear(0.0001, 0.02)", "scaled_linear(0.00085, 0.012)",
                       "cosine", "sigmoid(0.0001, 0.02)"])
    state = rng.choice(["preserving", "exploding"])
    return steps, rng.choice([
        f"#whorl.vp<beta = {beta}, steps = {steps}, spacing = {spacing}>",
        f"#whorl.vp<beta = linear(0.0001, 0.02), steps = {steps}, "
        f"sigmas = karras, state = {state}>",
        f"#whorl.ve<sigmas = karras(0.01, 10.0), steps = {steps}>",
        f"#whorl.ve<sigmas = exponential(0.01, 10.0), steps = {steps}>",
        f"#whorl.flow<steps = {steps}, shift = 3.0>",
        f"#whorl.flow<steps = {steps}, times = cosine>",
    ])


def type_of(shape, dynamic, element):
    dims = "".join("?x" if i in dynamic else f"{size}x"
                   for i, size in enumerate(shape))
    return f"tensor<{dims}{element}>"


class Case:
    """One graph with its inputs."""

    def __init__(self, rng):
        self.element = rng.choice(["f16", "bf16", "f32", "f32", "f64"])
        rank = rng.choice([0, 1, 1, 2, 3, 4, 5, 6])
        limit = {0: 1, 1: 40000, 2: 150, 3: 20}.get(rank, 6)
        self.shape = [rng.choice([1, rng.randint(0, 9), rng.randint(1, limit)])
                      for _ in range(rank)]
        self.dynamic = {i for i in range(rank) if rng.random() < 0.3}
        self.steps, self.schedule = draw_schedule(rng)
        # A flow starts from noise alone, of which epsilon says nothing; where
        # cosine does, the state would be scaled by 10^4.
        predictions = ["x0", "v", "velocity"]
        if "flow" not in self.schedule and "cosine" not in self.schedule:
            predictions.append("epsilon")
        self.prediction = rng.choice(predictions)
        self.eta = rng.choice([0.0, 0.0, 0.5, 1.0])
        # With one step to the data nothing is ever drawn.
        self.noise = self.eta > 0 and self.steps > 1
        self.index = rng.randint(-2, self.steps + 1)
        self.is_constant = rng.random() < 0.3
        self.values = {
            name: array.array("d" if self.element == "f64" else "f",
                              (rng.gauss(0, 1)
                               for _ in range(npy.count(self.shape))))
            for name in ["x", "m"] + (["z"] if self.noise else [])}

    def cast(self, source, to, source_element, element, cast):
        rank = len(self.shape)
        dims = ", ".join(f"d{i}" for i in range(rank))
        sizes, code = [], ""
        for i in sorted(self.dynamic):
            code += (f"  %{to}c{i} = arith.constant {i} : index\n"
                     f"  %{to}s{i} = tensor.dim %{source}, %{to}c{i} : "
                     f"{type_of(self.shape, self.dynamic, source_element)}\n")
            sizes.append(f"%{to}s{i}")
        kind = type_of(self.shape, self.dynamic, element)
        return code + CAST.format(
            to=to, source=source, map=f"affine_map<({dims}) -> ({dims})>",
            loops=", ".join(['"parallel"'] * rank), type=kind, cast=cast,
            source_type=type_of(self.shape, self.dynamic, source_element),
            source_element=source_element, element=element,
            empty=f"tensor.empty({', '.join(sizes)}) : {kind}")

    def graph(self):
        outer = "f64" if self.element == "f64" else "f32"
        is_cast = self.element != outer
        kind = type_of(self.shape, self.dynamic, outer)
        narrow, widen, suffix = "", "", ""
        if is_cast:
            narrow = "\n".join(self.cast(name, f"{name}1", outer, self.element,
                                         "truncf") for name in self.values)
            widen = self.cast("y", "r", self.element, outer, "extf")
        text = GRAPH.format(
            arguments=", ".join(f"%{n}: {kind}" for n in self.values)
            + ("" if self.is_constant else ", %j: tensor<i64>"),
            outer=kind, inner=type_of(self.shape, self.dynamic, self.element),
            index=f"%i = arith.constant {self.index} : index"
            if self.is_constant else
            "%k = tensor.extract %j[] : tensor<i64>\n"
            "  %i = arith.index_cast %k : i64 to index",
            narrow=narrow, widen=widen, schedule=self.schedule,
            sampler=f"#whorl.ddim<eta = {self.eta}>",
            prediction=self.prediction,
            noise=f"noise(%z1 : {type_of(self.shape, self.dynamic, self.element)})"
            if self.noise else "")
        if not is_cast:
            for name in self.values:
                text = text.replace(f"%{name}1", f"%{name}")
            text = text.replace("return %r", "return %y")
        return text

    def inputs(self):
        result = [(name, (self.shape, values))
                  for name, values in self.values.items()]
        if not self.is_constant:
            result.append(("i", ((), array.array("q", [self.index]))))
        return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory")
    parser.add_argument("--cases", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    os.makedirs(options.directory, exist_ok=True)
    print(f"seed {options.seed}")
    worst = {}
    for k in range(options.first, options.first + options.cases):
        case = Case(random.Random(f"{options.seed}/{k}"))
        results = [run(options.directory, f"case{k}", case.graph(),
                       case.inputs(), ["y"], reference)[0]
                   for reference in (False, True)]
        if npy.count(case.shape) > 16384:  # runs in parallel
            again, = run(options.directory, f"case{k}", case.graph(),
                         case.inputs(), ["y"], False, threads=3)
            if again.tobytes() != results[0].tobytes():
                sys.exit(f"case {k}: three threads compute other bits than one")
        if len(results[1]) == 0:
            error = 0.0 if len(results[0]) == 0 else float("inf")
        else:
            scale = max(1.0, *map(abs, results[1]))
            error = distance(*results) * max(map(abs, results[1])) / scale
        worst[case.element] = max(worst.get(case.element, 0.0), error)
        if not error <= TOLERANCE[case.element]:
            print(case.graph())
            sys.exit(f"case {k}: error {error:.1e} of {case.element}, shape "
                     f"{case.shape}; again by: {sys.argv[0]} "
                     f"{options.directory} --seed {options.seed} --first {k} "
                     "--cases 1")
    for element, error in sorted(worst.items()):
        print(f"{element}: largest error {error:.1e}")


if __name__ == "__main__":
    main()
