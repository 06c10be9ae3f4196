#!/usr/bin/env python3
"""Measures the order of convergence of every solver of the ODE.

    step_orders.py DIRECTORY [--only SAMPLER]

Data N(0, d^2): the ideal denoiser is linear, and the exact ODE takes x at level T
to x sqrt((a^2 d^2 + s^2)/(a_T^2 d^2 + s_T^2)). A compiled loop over all calls of a
sampler, its history in the loop's arguments, must approach that at its order.
"""

import argparse
import math
import os
import sys

from step_exact import ramp
from step_vectors import run

DEVIATION = 0.5
COUNTS = (20, 40, 80, 160)

LOOP = """
#s = {schedule}
#p = {sampler}
func.func @run(%x0: tensor<16xf64>) -> tensor<16xf64> {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant {calls} : index
  %var = arith.constant {variance} : f64
  %r:{state} = scf.for %i = %c0 to %n step %c1
      iter_args({arguments}) -> ({types}) {{
    %a = whorl.schedule_value signal of #s sampler = #p at %i : f64
    %b = whorl.schedule_value noise of #s sampler = #p at %i : f64
    %av = arith.mulf %a, %var : f64
    %aav = arith.mulf %a, %av : f64
    %bb = arith.mulf %b, %b : f64
    %sum = arith.addf %aav, %bb : f64
    %gain = arith.divf %av, %sum : f64
    %e = tensor.empty() : tensor<16xf64>
    %m = linalg.generic {{indexing_maps = [affine_map<(i) -> (i)>,
                                         affine_map<(i) -> (i)>],
                         iterator_types = ["parallel"]}}
        ins(%x : tensor<16xf64>) outs(%e : tensor<16xf64>) {{
    ^bb0(%v: f64, %o: f64):
      %d = arith.mulf %gain, %v : f64
      linalg.yield %d : f64
    }} -> tensor<16xf64>
    %y{kept} = whorl.step %x, %m at %i sampler = #p schedule = #s
        prediction = x0 {history} : tensor<16xf64>
    scf.yield {yields} : {types}
  }}
  return %r#0 : tensor<16xf64>
}}
"""


class Solver:
    """A sampler, what it looks back, and the order that it must show."""

    def __init__(self, name, text, order, history=0, calls=1, extra=0):
        self.name = name
        self.text = text
        self.order = order
        self.history = history
        self.calls = calls  # a step
        self.extra = extra  # more of them in a run


SOLVERS = [
    Solver("DDIM", "#whorl.ddim", 1),
    Solver("Euler", "#whorl.euler", 1),
    Solver("Heun", "#whorl.heun", 2, 1, 2),
    Solver("DPM-2", "#whorl.dpm2", 2, 1, 2),
    Solver("LMS 4", "#whorl.lms", 4, 3),
    Solver("DPM++ 2M", "#whorl.dpmpp", 2, 1),
    Solver("DPM++ 2M Heun", "#whorl.dpmpp<rule = heun>", 2, 1),
    Solver("DPM++ 3M", "#whorl.dpmpp<order = 3>", 2, 2),
    Solver("DPM++ 3M exact", "#whorl.dpmpp<order = 3, rule = heun>", 3, 2),
    Solver("DPM++ singlestep 2", "#whorl.dpmpp_singlestep", 2, 1),
    Solver("DPM++ singlestep 3", "#whorl.dpmpp_singlestep<order = 3>", 3, 2),
    Solver("DPM++ 2S", "#whorl.dpmpp_2s", 2, 1, 2),
    Solver("DEIS 2", "#whorl.deis", 2, 1),
    Solver("DEIS 3", "#whorl.deis<order = 3>", 3, 2),
    # The last step, of order 1, leaves order 2 in the end.
    Solver("UniPC 2", "#whorl.unipc", 2, 2),
    Solver("UniPC 2 bh1 to the end",
           "#whorl.unipc<form = bh1, lower_order_final = false>", 3, 2),
    Solver("UniPC 2 to the end", "#whorl.unipc<lower_order_final = false>", 3,
           2),
    Solver("UniPC 3 to the end",
           "#whorl.unipc<order = 3, lower_order_final = false>", 4, 3),
    Solver("PLMS", "#whorl.plms", 1, 4, extra=1),
]


def schedule_of(steps):
    """Levels even in ln(sigma) that end above 0, so that no last step of order 1
    to the data hides the order."""
    first, last = 20.0, 0.02
    levels = [first * (last / first) ** (i / steps) for i in range(steps + 1)]
    return ("#whorl.levels<process = ve, noise = ["
            + ", ".join(map(repr, levels)) + "]>"), levels


def error_of(directory, solver, steps):
    """The largest error at the end, relative to the exact end."""
    schedule, levels = schedule_of(steps)
    histories = [f"%h{k}" for k in range(solver.history)]
    state = 1 + solver.history
    graph = LOOP.format(
        schedule=schedule, sampler=solver.text,
        calls=steps * solver.calls + solver.extra, state=state,
        variance=DEVIATION ** 2,
        arguments=", ".join(f"{name} = %x0" for name in ["%x"] + histories),
        types=", ".join(["tensor<16xf64>"] * state),
        kept=", %k" if histories else "",
        history="history({} : {})".format(
            ", ".join(histories), ", ".join(["tensor<16xf64>"] * len(histories)))
        if histories else "",
        yields=", ".join(["%y"] + (["%k"] + histories[:-1] if histories
                                   else [])))
    start = ramp(16, levels[0])
    end, = run(directory, f"order-{steps}", graph, [("x", ((16,), start))],
               ["y"], False)
    factor = math.sqrt((DEVIATION ** 2 + levels[-1] ** 2)
                       / (DEVIATION ** 2 + levels[0] ** 2))
    largest = max(abs(factor * x) for x in start)
    return max(abs(y - factor * x) for x, y in zip(start, end)) / largest


def measure(directory, solver):
    errors = [error_of(directory, solver, steps) for steps in COUNTS]
    # Errors may change sign, so that one of them is small by accident.
    whole = math.log(errors[0] / errors[-1]) / math.log(COUNTS[-1] / COUNTS[0])
    return errors, max(whole, math.log2(errors[-2] / errors[-1]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory")
    parser.add_argument("--only")
    options = parser.parse_args()
    os.makedirs(options.directory, exist_ok=True)
    failed = 0
    for solver in SOLVERS:
        if options.only not in (None, solver.text):
            continue
        errors, order = measure(options.directory, solver)
        passes = order > solver.order - 0.3
        failed += not passes
        print(f"{solver.name}: {'pass' if passes else 'FAIL'}, errors "
              + ", ".join(f"{e:.1e}" for e in errors)
              + f"; order {order:.2f}, expected {solver.order}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
