#!/usr/bin/env python3
"""Checks guidance, added noise and preconditioning against other people's code.

    sample_vectors.py DIRECTORY [--reference] [--only NAME]

vectors/diffusion/sample_cases.json says how each vector was made and what it is
called in our IR.
"""

import argparse
import array
import json
import math
import os
import sys

import npy
from step_vectors import VECTORS, distance, run, tensor_type

GUIDE = """
func.func @run(%c: {all}, %u: {all}) -> {all} {{
  %r0 = tensor.empty() : {all}
  %d0 = arith.constant dense<0.0> : {one}
{steps}
  return %r{count} : {all}
}}
"""

GUIDE_STEP = """  %c{i} = tensor.extract_slice %c[{at}] [1, {sizes}] [{ones}] : {all} to {one}
  %u{i} = tensor.extract_slice %u[{at}] [1, {sizes}] [{ones}] : {all} to {one}
  %i{i} = arith.constant {i} : index
  %g{i}{second} = whorl.guidance %u{i}, %c{i} rule = {rule} scale({scale})
      {index} {momentum} : {one}
  %r{next} = tensor.insert_slice %g{i} into %r{i}[{at}] [1, {sizes}] [{ones}]
      : {one} into {all}"""

ADD_NOISE = """
func.func @run(%x0: {type}, %eps: {type}, %t: {times}) -> ({type}, {type}) {{
  %x, %y = whorl.add_noise %x0, %eps schedule = {schedule} at(%t : {times})
      target = {target} : {type}
  return %x, %y : {type}, {type}
}}
"""

PRECONDITION = """
func.func @run(%x: {type}, %s: {sigmas}{argument}) -> ({type}, {sigmas}) {{
  %d = whorl.precondition %x rule = {rule} sigma(%s : {sigmas}) {output} : {type}
  %e = tensor.empty() : {sigmas}
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant {count} : index
  %t = scf.for %i = %c0 to %n step %c1 iter_args(%r = %e) -> {sigmas} {{
    %sigma = tensor.extract %s[%i] : {sigmas}
    %told = whorl.noise_input {rule} of %sigma : f64
    %next = tensor.insert %told into %r[%i] : {sigmas}
    scf.yield %next : {sigmas}
  }}
  return %d, %t : {type}, {sigmas}
}}
"""


def check_guidance(case, arrays, directory, reference):
    shape = arrays["cond"][0]
    names = {"all": tensor_type(shape), "one": tensor_type(shape[1:]),
             "sizes": ", ".join(map(str, shape[1:])),
             "ones": ", ".join(["1"] * len(shape))}
    steps = []
    for i in range(shape[0]):
        momentum = case.get("momentum", False)
        steps.append(GUIDE_STEP.format(
            i=i, next=i + 1, at=", ".join([str(i)] + ["0"] * (len(shape) - 1)),
            scale=case["scale"], rule=case["rule"],
            second=f", %d{i + 1}" if momentum else "",
            index=f"at(%i{i})" if case.get("index") else "",
            momentum=f"momentum(%d{i} : {names['one']})" if momentum else "",
            **names))
    graph = GUIDE.format(steps="\n".join(steps), count=shape[0], **names)
    guided, = run(directory, case["name"], graph,
                  [("c", arrays["cond"]), ("u", arrays["uncond"])], ["g"],
                  reference)
    return (distance(guided, arrays["guided"][1]),)


def check_add_noise(case, arrays, directory, reference):
    shape = arrays["x0"][0]
    times = tuple(shape[:1])
    steps = arrays["timesteps"]
    kind = "i64" if steps[1].typecode == "q" else "f64"
    graph = ADD_NOISE.format(type=tensor_type(shape),
                             times=f"tensor<{times[0]}x{kind}>",
                             schedule=case["schedule"], target=case["target"])
    x, target = run(directory, case["name"], graph,
                    [("x0", arrays["x0"]), ("eps", arrays["noise"]),
                     ("t", steps)], ["x", "y"], reference)
    return (distance(x, arrays["x_t"][1]),
            distance(target, arrays[case["target_array"]][1]))


def check_precondition(case, arrays, directory, reference):
    """The mock network stands between input and output scaling."""
    shape, count = arrays["x"][0], arrays["x"][0][0]
    names = {"type": tensor_type(shape), "sigmas": tensor_type((count,)),
             "rule": case["rule"], "count": count}
    inputs = [("x", arrays["x"]), ("s", arrays["sigma"])]
    scaled, told = run(
        directory, case["name"],
        PRECONDITION.format(argument="", output="", **names), inputs,
        ["d", "t"], reference)
    model, size = case["model"], npy.count(shape[1:])
    output = array.array("d", (
        model["A"] * u + model["B"] * math.sin(model["C"] * u
                                               + model["D"] * told[i // size])
        for i, u in enumerate(scaled)))
    denoised, _ = run(
        directory, case["name"],
        PRECONDITION.format(argument=f", %f: {names['type']}",
                            output=f"output(%f : {names['type']})", **names),
        inputs + [("f", (shape, output))], ["d", "t"], reference)
    return (distance(told, arrays["c_noise"][1]),
            distance(denoised, arrays["D"][1]))


CHECKS = {"guidance": check_guidance, "add_noise": check_add_noise,
          "precondition": check_precondition}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory")
    parser.add_argument("--reference", action="store_true")
    parser.add_argument("--only")
    options = parser.parse_args()
    os.makedirs(options.directory, exist_ok=True)
    with open(f"{VECTORS}/sample_cases.json", encoding="utf-8") as file:
        cases = json.load(file)
    failed = 0
    for case in cases:
        if options.only not in (None, case["name"]):
            continue
        arrays = npy.load_all(f"{VECTORS}/{case['name']}.npz")
        errors = CHECKS[case["kind"]](case, arrays, options.directory,
                                      options.reference)
        passes = max(errors) <= case["tolerance"]
        failed += not passes
        print(f"{case['name']}: {'pass' if passes else 'FAIL'}, "
              + ", ".join(f"{error:.1e}" for error in errors))
    print(f"{failed} vectors fail")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
