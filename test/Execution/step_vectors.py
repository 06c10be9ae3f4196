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
    %time = whorl.schedule_value {quantity} of {schedule}
        sampler = {sampler} at %i : f64
    %u = tensor.insert %time into %s[%i] : {times}
    scf.yield %w, %u : {state}, {times}
  }}
  return %y, %t : {state}, {times}
}}
"""

# One call after the other, each from its own recorded state, and with what the
# calls before kept.
CALLS = """
func.func @run({arguments}) -> ({state}, {times}) {{
  %e = tensor.empty() : {state}
  %f = tensor.empty() : {times}
{calls}
  return %r{calls_count}, %s{calls_count} : {state}, {times}
}}
"""

CALL = """{slices}
  %v{i}{second} = whorl.step %x{i}, %m{i} at {i} sampler = {sampler}
      schedule = {schedule} prediction = {prediction} {clauses} : {slice}
  %r{next} = tensor.insert_slice %v{i} into %r{i}[{at}] [1, {sizes}] [{ones}]
      : {slice} into {state}
  %time{i} = whorl.schedule_value {quantity} of {schedule}
      sampler = {sampler} at {i} : f64
  %c{i} = arith.constant {i} : index
  %s{next} = tensor.insert %time{i} into %s{i}[%c{i}] : {times}"""

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


def clauses_of(case, i, inner):
    """The clauses of call i."""
    result = []
    if "clamp" in case:
        result.append(f"clamp({case['clamp']})")
    if case.get("noise"):
        result.append(f"noise(%z{i} : {inner})")
    histories = min(case.get("history", 0), i)
    if histories:
        result.append("history({} : {})".format(
            ", ".join(f"%k{i - 1 - age}" for age in range(histories)),
            ", ".join([inner] * histories)))
    if case.get("base") and i > 0:
        result.append(f"base(%x{i - 1} : {inner})")
    if "variance" in case:
        result.append(f"variance(%w{i} : {inner})")
    return " ".join(result)


def graph_of_calls(case, calls, shape, names):
    """The graph that takes all calls one by one."""
    state, inner = tensor_type((calls, *shape)), tensor_type(shape)
    sizes = ", ".join(map(str, shape))
    ones = ", ".join(["1"] * (len(shape) + 1))
    times = tensor_type((calls,))
    code = ""
    for i in range(calls):
        at = ", ".join([str(i)] + ["0"] * len(shape))
        slices = "\n".join(
            f"  %{name}{i} = tensor.extract_slice %{name}[{at}] [1, {sizes}] "
            f"[{ones}] : {state} to {inner}" for name in names)
        code += CALL.format(
            i=i, next=i + 1, second=f", %k{i}" if "history" in case else "",
            sampler=case["sampler"], schedule=case["schedule"],
            prediction=case["prediction"], clauses=clauses_of(case, i, inner),
            quantity=case.get("quantity", "time"), slices=slices, at=at,
            sizes=sizes, ones=ones, state=state, slice=inner, times=times)
        code += "\n"
    for name, target in (("r", "e"), ("s", "f")):
        code = code.replace(f"%{name}0 ", f"%{target} ")
        code = code.replace(f"%{name}0[", f"%{target}[")
    return CALLS.format(
        arguments=", ".join(f"%{name}: {state}" for name in names),
        state=state, times=times, calls=code, calls_count=calls)


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


def noise_by_step(case, arrays, steps, shape):
    """The recorded noise at the step that used it; elsewhere a number that no
    sampler draws."""
    size = npy.count(shape)
    result = array.array("d", [1e3] * (steps * size))
    used = list(range(arrays["z"][0][0]))
    if "noise_of_call" in case:
        pairs = [(k, step) for step, k in enumerate(case["noise_of_call"])
                 if k is not None]
    else:
        if "z_step" in arrays:
            used = arrays["z_step"][1]
        pairs = list(enumerate(used))
    for k, step in pairs:
        result[step * size:(step + 1) * size] = \
            arrays["z"][1][k * size:(k + 1) * size]
    return (steps, *shape), result


def recorded_states(case, arrays):
    """The states before each call, and the end of the run."""
    if "states" not in case:
        return arrays["x"]
    shape, states = arrays[case["states"]]
    if "x_final" in arrays:
        end = arrays["x_final"][1]
    else:
        end = arrays["x"][1][-npy.count(shape[1:]):]
    return (shape[0] + 1, *shape[1:]), states + end


def model_outputs(case, arrays, states):
    """What the sampler took for the model's output: the network's, or that of
    the preconditioned network D = c_skip x + c_out F."""
    if case["model_output"] != "edm_x0":
        return arrays[case["model_output"]]
    shape, outputs = arrays["model_out"]
    size = npy.count(shape[1:])
    result = array.array("d")
    for i, value in enumerate(outputs):
        s, d = arrays["sigmas"][1][i // size], 0.5
        result.append((d * d * states[1][i] / (s * s + d * d))
                      + value * s * d / (s * s + d * d) ** 0.5)
    return shape, result


def check_steps(case, arrays, directory, reference):
    states = recorded_states(case, arrays)
    steps = states[0][0] - 1
    shape = states[0][1:]
    has_noise = case.get("noise", False)
    inputs = [("x", npy.take(states, 0, steps)),
              ("m", model_outputs(case, arrays, states))]
    if has_noise:
        inputs.append(("z", noise_by_step(case, arrays, steps, shape)))
    if "variance" in case:
        inputs.append(("w", arrays[case["variance"]]))
    if any(key in case for key in ("clamp", "history", "base", "variance")):
        graph = graph_of_calls(case, steps, shape, [n for n, _ in inputs])
    else:
        graph = graph_of_steps(case, steps, shape, has_noise)
    results, times = run(directory, case["name"], graph, inputs, ["y", "t"],
                         reference)
    expected = npy.take(states, 1, steps + 1)[1]
    size = npy.count(shape)
    errors = [distance(results[i * size:(i + 1) * size],
                       expected[i * size:(i + 1) * size])
              for i in range(steps)]
    if "levels" not in case:
        return (max(errors),)
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
