#!/usr/bin/env python3
"""Checks guidance, training and preconditioning against other people's code.

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
  %t = whorl.noise_input {rule} of %s : {sigmas}
  return %d, %t : {type}, {sigmas}
}}
"""

TRAINING = """
func.func @run(%n: {type}, %u: {type}, %s: {type})
    -> ({type}, {type}, {type}, {type}) {{
  %a = whorl.training_time #whorl.logit_normal_time of %n : {type}
  %b = whorl.training_time #whorl.mode_time<scale = {scale}> of %u : {type}
  %c = whorl.loss_weight #whorl.inverse_square_weight of %s : {type}
  %d = whorl.loss_weight #whorl.cosmap_weight of %s : {type}
  return %a, %b, %c, %d : {type}, {type}, {type}, {type}
}}
"""

# From data, noise and one normal number a sample to the loss, the mock network in
# the middle.
EDM_LOSS = """
#all = affine_map<(b, i, j, k) -> (b, i, j, k)>
#one = affine_map<(b, i, j, k) -> (b)>
func.func @run(%y: {type}, %eps: {type}, %n: {times}) -> {type} {{
  %s = whorl.training_time #whorl.log_normal_time of %n : {times}
  %x = whorl.add_noise %y, %eps
      schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 18>
      at(%s : {times}) : {type}
  %in = whorl.precondition %x rule = #whorl.edm_scaling sigma(%s : {times})
      : {type}
  %told = whorl.noise_input #whorl.edm_scaling of %s : {times}
  %a = arith.constant {A} : f64
  %b = arith.constant {B} : f64
  %c = arith.constant {C} : f64
  %d = arith.constant {D} : f64
  %e = tensor.empty() : {type}
  %f = linalg.generic {{indexing_maps = [#all, #one, #all], iterator_types =
      ["parallel", "parallel", "parallel", "parallel"]}}
      ins(%in, %told : {type}, {times}) outs(%e : {type}) {{
  ^bb0(%v: f64, %t: f64, %o: f64):
    %p = arith.mulf %c, %v : f64
    %q = arith.mulf %d, %t : f64
    %r = arith.addf %p, %q : f64
    %sine = math.sin %r : f64
    %g = arith.mulf %a, %v : f64
    %h = arith.mulf %b, %sine : f64
    %out = arith.addf %g, %h : f64
    linalg.yield %out : f64
  }} -> {type}
  %denoised = whorl.precondition %x rule = #whorl.edm_scaling sigma(%s : {times})
      output(%f : {type}) : {type}
  %w = whorl.loss_weight #whorl.edm_weight of %s : {times}
  %loss = linalg.generic {{indexing_maps = [#all, #all, #one, #all],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}}
      ins(%denoised, %y, %w : {type}, {type}, {times}) outs(%e : {type}) {{
  ^bb0(%v: f64, %t: f64, %weight: f64, %o: f64):
    %p = arith.subf %v, %t : f64
    %q = arith.mulf %p, %p : f64
    %r = arith.mulf %weight, %q : f64
    linalg.yield %r : f64
  }} -> {type}
  return %loss : {type}
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
             "rule": case["rule"]}
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


def check_training(case, arrays, directory, reference):
    names = ["logit_normal", "mode", "w_sigma_sqrt", "w_cosmap"]
    results = run(directory, case["name"],
                  TRAINING.format(type=tensor_type(arrays["normal"][0]),
                                  scale=case["scale"]),
                  [("n", arrays["normal"]), ("u", arrays["uniform"]),
                   ("s", arrays["sigmas"])], ["a", "b", "c", "d"], reference)
    wanted = [arrays[name][1] for name in names]
    # One of the recorded weights is f32.
    results[2] = array.array("f", results[2])
    return [distance(*pair) for pair in zip(results, wanted)]


def check_edm_loss(case, arrays, directory, reference):
    shape = arrays["y"][0]
    times = tuple(shape[:1])
    loss, = run(directory, case["name"], EDM_LOSS.format(
        type=tensor_type(shape), times=tensor_type(times), **case["model"]),
        [("y", arrays["y"]), ("eps", arrays["noise"]),
         ("n", (times, arrays["rnd_normal"][1]))], ["loss"], reference)
    return (distance(loss, arrays["loss"][1]),)


CHECKS = {"training": check_training, "edm_loss": check_edm_loss,
          "guidance": check_guidance, "add_noise": check_add_noise,
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
