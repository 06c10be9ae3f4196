#!/usr/bin/env python3
"""Checks sampling loops against exact solutions.

    step_exact.py DIRECTORY

* Data N(0, d^2): the ideal denoiser is linear, and the probability-flow ODE takes
  x_T to x_T d / sqrt(a_T^2 d^2 + s_T^2). Euler's error must halve with the step.
* One data point y: from anywhere, every run ends at y.
* The digits example, where each wanted class has one image.
"""

import array
import math
import os
import sys

import npy
from step_vectors import run

DEVIATION = 0.5

GAUSS = """
#s = {schedule}
func.func @run(%x0: tensor<64xf64>) -> tensor<64xf64> {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant {steps} : index
  %var = arith.constant {variance} : f64
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%x = %x0) -> tensor<64xf64> {{
    %a = whorl.schedule_value signal of #s at %i : f64
    %b = whorl.schedule_value noise of #s at %i : f64
    %av = arith.mulf %a, %var : f64
    %aav = arith.mulf %a, %av : f64
    %bb = arith.mulf %b, %b : f64
    %sum = arith.addf %aav, %bb : f64
    %gain = arith.divf %av, %sum : f64
    %e = tensor.empty() : tensor<64xf64>
    %m = linalg.generic {{indexing_maps = [affine_map<(i) -> (i)>,
                                         affine_map<(i) -> (i)>],
                         iterator_types = ["parallel"]}}
        ins(%x : tensor<64xf64>) outs(%e : tensor<64xf64>) {{
    ^bb0(%v: f64, %o: f64):
      %d = arith.mulf %gain, %v : f64
      linalg.yield %d : f64
    }} -> tensor<64xf64>
    %y = whorl.step %x, %m at %i sampler = #whorl.euler schedule = #s
        prediction = x0 : tensor<64xf64>
    scf.yield %y : tensor<64xf64>
  }}
  return %r : tensor<64xf64>
}}
"""

# (schedule for a number of steps, a_T, s_T) of each family.
FAMILIES = {
    "ve": ("#whorl.ve<sigmas = karras(0.002, 80.0), steps = {steps}>", 1, 80),
    "vp": ("#whorl.vp<beta = cosine, train_steps = 8000, steps = {steps},"
           " spacing = trailing>", None, None),
    "flow": ("#whorl.flow<steps = {steps}, times = cosine>", 0, 1),
}

POINT = """
#s = {schedule}
func.func @run(%x0: tensor<5x3xf32>, %m: tensor<5x3xf32>) -> tensor<5x3xf32> {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 12 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%x = %x0) -> tensor<5x3xf32> {{
    %y = whorl.step %x, %m at %i sampler = #whorl.euler schedule = #s
        prediction = x0 : tensor<5x3xf32>
    scf.yield %y : tensor<5x3xf32>
  }}
  return %r : tensor<5x3xf32>
}}
"""


def ramp(count, scale, typecode="d"):
    """Numbers of both signs, all different."""
    return array.array(typecode, (scale * math.sin(1.7 * i + 0.3)
                                  for i in range(count)))


def gauss_error(directory, family, steps):
    schedule, signal, noise = FAMILIES[family]
    schedule = schedule.format(steps=steps)
    if signal is None:  # cosine: abar is cos^2, capped at its end; ask for both
        levels = """
func.func @run() -> tensor<2xf64> {{
  %a = whorl.schedule_value signal of {0} at 0 : f64
  %s = whorl.schedule_value noise of {0} at 0 : f64
  %t = tensor.from_elements %a, %s : tensor<2xf64>
  return %t : tensor<2xf64>
}}"""
        signal, noise = run(directory, "levels", levels.format(schedule), [],
                            ["t"], False)[0]
    start = ramp(64, 1.0 if family != "ve" else 80.0)
    end, = run(directory, f"gauss-{family}-{steps}", GAUSS.format(
        schedule=schedule, steps=steps, variance=DEVIATION ** 2),
        [("x", ((64,), start))], ["y"], False)
    factor = DEVIATION / math.sqrt((signal * DEVIATION) ** 2 + noise ** 2)
    return max(abs(y - factor * x) for x, y in zip(start, end))


def check_gauss(directory):
    for family in FAMILIES:
        errors = [gauss_error(directory, family, n) for n in (32, 64, 128, 256)]
        orders = [math.log2(a / b) for a, b in zip(errors, errors[1:])]
        print(f"gauss {family}: errors " + ", ".join(f"{e:.2e}" for e in errors)
              + "; orders " + ", ".join(f"{o:.3f}" for o in orders))
        assert errors[-1] < 0.02, "Euler does not approach the exact solution"
        assert all(0.9 < order < 1.1 for order in orders), "not of order 1"


def check_point(directory):
    for family in ("#whorl.ve<sigmas = karras(0.002, 80.0), steps = 12>",
                   "#whorl.vp<beta = linear(0.0001, 0.02), steps = 12>",
                   "#whorl.flow<steps = 12, shift = 3.0>"):
        start, point = ramp(15, 80.0, "f"), ramp(15, 0.7, "f")[::-1]
        end, = run(directory, "point", POINT.format(schedule=family),
                   [("x", ((5, 3), start)), ("m", ((5, 3), point))], ["y"],
                   False)
        assert list(end) == list(point), f"{family} does not end at the data"
        print(f"point: {family} ends at the data")


def check_digits(directory):
    """One image per class: a sample of a class can only be that image."""
    example = f"{os.path.dirname(os.path.abspath(__file__))}/../../examples/digits"
    data = npy.load(f"{example}/digits.npy")
    rows = data[0][0]
    labels = array.array("i", [-1] * rows)
    image = {digit: 17 + 170 * digit for digit in range(10)}
    for digit, row in image.items():
        labels[row] = digit
    classes = array.array("i", (i % 10 for i in range(100)))
    noise = ramp(6400, 80.0, "f")
    with open(f"{example}/digits.mlir", encoding="utf-8") as file:
        # One public function, so that it needs no name.
        graph = file.read().replace("func.func @compare",
                                    "func.func private @compare")
    for reference in (False, True):
        samples, = run(directory, "digits", graph,
                       [("noise", ((100, 64), noise)),
                        ("classes", ((100,), classes)), ("data", data),
                        ("labels", ((rows,), labels))], ["samples"], reference)
        worst = max(
            abs(samples[64 * i + p] - data[1][64 * image[i % 10] + p])
            for i in range(100) for p in range(64))
        print(f"digits: every sample is the image of its class, to {worst:.1e}")
        assert worst < 1e-5


def main():
    directory = sys.argv[1]
    os.makedirs(directory, exist_ok=True)
    check_point(directory)
    check_gauss(directory)
    check_digits(directory)


if __name__ == "__main__":
    main()
