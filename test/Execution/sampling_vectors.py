#!/usr/bin/env python3
"""Takes other people's runs of a sampler again, whole, by whorl.sample.

    sampling_vectors.py DIRECTORY [--reference] [--unroll] [--only NAME]

The model is the record of what theirs said at each call, the noise what they drew;
the end must be theirs, too. step_vectors.py checks the single steps.
"""

import argparse
import json
import os
import sys

import npy
from step_vectors import (VECTORS, distance, model_outputs, noise_by_step,
                          recorded_states, run, tensor_type)

GRAPH = """
func.func @run({arguments}) -> {inner} {{
  %y = whorl.sample %x sampler = {sampler} schedule = {schedule}
      prediction = {prediction} {clauses} {{
    ^bb0(%s: {inner}, %t: f64, %i: index):
{slices}
      whorl.yield {yields} : {types}
  }} : {inner}
  return %y : {inner}
}}
"""

SLICE = """      %{name}i = tensor.extract_slice %{name}[%i{zeros}] [1, {sizes}] [{ones}]
          : {all} to {inner}"""


def check(case, arrays, directory, options):
    states = recorded_states(case, arrays)
    calls, shape = states[0][0] - 1, states[0][1:]
    inner, every = tensor_type(shape), tensor_type((calls, *shape))
    sizes = ", ".join(map(str, shape))
    inputs = [("x", (shape, npy.take(states, 0, 1)[1])),
              ("m", model_outputs(case, arrays, states))]
    read, clauses = ["m"], []
    if "clamp" in case:
        clauses.append(f"clamp({case['clamp']})")
    if "variance" in case:
        inputs.append(("w", arrays[case["variance"]]))
        read.append("w")
    if case.get("noise"):
        inputs.append(("z", noise_by_step(case, arrays, calls, shape)))
        clauses.append(f"noise(%z : {every})")
    if options.unroll:
        clauses.append("unroll")
    slices = [SLICE.format(name=name, zeros=", 0" * len(shape), sizes=sizes,
                           ones=", ".join(["1"] * (len(shape) + 1)), all=every,
                           inner=inner) for name in read]
    graph = GRAPH.format(
        arguments=", ".join(f"%{name}: {inner if name == 'x' else every}"
                            for name, _ in inputs),
        inner=inner, sampler=case["sampler"], schedule=case["schedule"],
        prediction=case["prediction"], clauses=" ".join(clauses),
        slices="\n".join(slices),
        yields=", ".join(f"%{name}i" for name in read),
        types=", ".join([inner] * len(read)))
    end, = run(directory, f"run-{case['name']}", graph, inputs, ["y"],
               options.reference)
    return distance(end, npy.take(states, calls, calls + 1)[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory")
    parser.add_argument("--reference", action="store_true")
    parser.add_argument("--unroll", action="store_true")
    parser.add_argument("--only")
    options = parser.parse_args()
    os.makedirs(options.directory, exist_ok=True)
    with open(f"{VECTORS}/cases.json", encoding="utf-8") as file:
        cases = [case for case in json.load(file) if "sampler" in case]
    failed = count = 0
    for case in cases:
        if options.only not in (None, case["name"]):
            continue
        count += 1
        arrays = npy.load_all(f"{VECTORS}/{case['name']}.npz")
        error = check(case, arrays, options.directory, options)
        # A run adds up what its steps may differ by.
        passes = error <= 10 * case["tolerance"]
        failed += not passes
        print(f"{case['name']}: {'pass' if passes else 'FAIL'}, {error:.1e}")
    print(f"{failed} of {count} runs fail")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
