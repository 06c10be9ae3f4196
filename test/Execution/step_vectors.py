#!/usr/bin/env python3
"""Checks whorl.step and the schedules against other people's samplers.

    step_vectors.py DIRECTORY [--reference] [--only NAME]

vectors/diffusion/cases.json says how each vector was made and what it is called
in our IR. A run that someone else's sampler recorded is taken apart: each of its
steps is taken again, from the recorded state and model output, and compared with
the recorded next state. A table is compared with the values of our schedule.
"""

import argparse
import array
import json
import os
import subprocess
import sys

import npy

HERE = os.path.dirname(os.path.abspath(__file__))
VECTORS = f"{HERE}/vectors/diffusion"

STEPS = """
func.func @run({arguments}) -> ({state}, {times}) {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant {steps} : index
  %e = tensor.empty() : {state}
  %f = tensor.empty() : {times}
  %y, %t = scf.for %i = %c0 to %n step %c1 iter_args(%r = %e, %s = %f)
      -> ({state}, {times}) {{
{slices}
    %v = whorl.step %x{i}, %m{i} at %i sampler = {sampler}
        schedule = {schedule} prediction = {prediction} {noise} : {slice}
    %w = tensor.insert_slice %v into %r[{at}] [1, {sizes}] [{ones}]
        : {slice} into {state}
    %time = whorl.schedule_value {quantity} of {schedule} at %i : f64
    %u = tensor.insert %time into %s[%i] : {times}
    scf.yield %w, %u : {state}, {times}
  }}
  return %y, %t : {state}, {times}
}}
"""

TABLE = """
func.func @run() -> {times} {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant {steps} : index
  %f = tensor.empty() : {times}
  %t = scf.for %i = %c0 to %n step %c1 iter_args(%s = %f) -> ({times}) {{
    %value = whorl.schedule_value signal of {schedule} at %i : f64
    %square = arith.mulf %value, %value : f64
    %u = tensor.insert %square into %s[%i] : {times}
    scf.yield %u : {times}
  }}
  return %t : {times}
}}
"""


def tensor_type(shape):
    return f"tensor<{''.join(f'{size}x' for size in shape)}f64>"


def graph_of_steps(case, steps, shape, has_noise):
    """The graph that takes all steps, each from its own recorded state."""
    names = ["x", "m"] + (["z"] if has_noise else [])
    state, inner = tensor_type((steps, *shape)), tensor_type(shape)
    at = ", ".join(["%i"] + ["0"] * len(shape))
    ones = ", ".join(["1"] * (len(shape) + 1))
    sizes = ", ".join(map(str, shape))
    slices = "\n".join(
        f"    %{name}i = tensor.extract_slice %{name}[{at}] [1, {sizes}] [{ones}]"
        f" : {state} to {inner}" for name in names)
    return STEPS.format(
        arguments=", ".join(f"%{name}: {state}" for name in names),
        state=state, slice=inner, times=tensor_type((steps,)), steps=steps,
        slices=slices, at=at, sizes=sizes, ones=ones, i="i",
        sampler=case["sampler"], schedule=case["schedule"],
        prediction=case["prediction"], quantity=case.get("quantity", "time"),
        noise=f"noise(%zi : {inner})" if has_noise else "")


def run(directory, name, graph, inputs, outputs, reference, threads=1):
    """Runs a graph with whorl-run; returns its outputs."""
    path = f"{directory}/{name}.mlir"
    with open(path, "w", encoding="utf-8") as file:
        file.write(graph)
    command = ["whorl-run", path, f"--threads={threads}"]
    if reference:
        command.append("--reference")
    for key, tensor in inputs:
        npy.save(f"{directory}/{name}-{key}.npy", *tensor)
        command.append(f"--input={directory}/{name}-{key}.npy")
    for key in outputs:
        command.append(f"--output={directory}/{name}-{key}.npy")
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{name}: {' '.join(command)}\n{result.stderr}")
    return [npy.load(f"{directory}/{name}-{key}.npy")[1] for key in outputs]


def distance(actual, expected):
    """The largest difference, relative to the largest expected number."""
    if len(actual) != len(expected):
        return float("inf")
    scale = max(max(map(abs, expected)), 1e-300)
    # A NaN must not pass for small.
    return max((abs(a - b) if a == a else float("inf"))
               for a, b in zip(actual, expected)) / scale


def noise_by_step(arrays, steps, shape):
    """The recorded noise at the step that used it; elsewhere a number that no
    sampler draws."""
    size = npy.count(shape)
    result = array.array("d", [1e3] * (steps * size))
    used = range(arrays["z"][0][0])
    if "z_step" in arrays:
        used = arrays["z_step"][1]
    for k, step in enumerate(used):
        result[step * size:(step + 1) * size] = \
            arrays["z"][1][k * size:(k + 1) * size]
    return (steps, *shape), result


def check_steps(case, arrays, directory, reference):
    steps = arrays["x"][0][0] - 1
    shape = arrays["x"][0][1:]
    has_noise = case.get("noise", False)
    inputs = [("x", npy.take(arrays["x"], 0, steps)),
              ("m", arrays[case["model_output"]])]
    if has_noise:
        inputs.append(("z", noise_by_step(arrays, steps, shape)))
    graph = graph_of_steps(case, steps, shape, has_noise)
    states, times = run(directory, case["name"], graph, inputs, ["y", "t"],
                        reference)
    expected = npy.take(arrays["x"], 1, steps + 1)[1]
    size = npy.count(shape)
    errors = [distance(states[i * size:(i + 1) * size],
                       expected[i * size:(i + 1) * size])
              for i in range(steps)]
    wanted = npy.take(arrays[case["levels"]], 0, steps)[1]
    return max(errors), distance(times, wanted)


def check_table(case, arrays, directory, reference):
    wanted = arrays[case["levels"]][1]
    times = tensor_type((len(wanted),))
    graph = TABLE.format(times=times, steps=len(wanted),
                         schedule=case["schedule"])
    table, = run(directory, case["name"], graph, [], ["t"], reference)
    table.reverse()  # a run goes from noise to data
    return (distance(table, wanted),)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory")
    parser.add_argument("--reference", action="store_true")
    parser.add_argument("--only")
    options = parser.parse_args()
    os.makedirs(options.directory, exist_ok=True)
    with open(f"{VECTORS}/cases.json", encoding="utf-8") as file:
        cases = json.load(file)
    failed = 0
    for case in cases:
        if options.only not in (None, case["name"]):
            continue
        arrays = npy.load_all(f"{VECTORS}/{case['name']}.npz")
        check = check_steps if "sampler" in case else check_table
        errors = check(case, arrays, options.directory, options.reference)
        passes = max(errors) <= case["tolerance"]
        failed += not passes
        print(f"{case['name']}: {'pass' if passes else 'FAIL'}, "
              + ", ".join(f"{error:.1e}" for error in errors))
    print(f"{failed} vectors fail")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
