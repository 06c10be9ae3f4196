#!/usr/bin/env python3
"""Tables of encodings that are computed row by row, and their orders.

* A map is applied once a row: compared with the same loop in Python, also for no
  rows and one.
* An integrator of order q on a flow with a known solution: half of the step
  divides the error by 2^q.

    recurrence.py WHORL_RUN
"""

import math
import os
import subprocess
import sys
import tempfile

import npy

D = 4
FIRST = [0.3, -0.5, 1.0, 2.0]
ORDERS = {"euler": 1, "midpoint": 2, "rk4": 4}


def run(path, whorl_run, clauses, body, rows):
    """The table of `rows` rows."""
    with open(path("f.mlir"), "w", encoding="utf-8") as file:
        file.write(f"""
func.func @f(%p0: tensor<{D}xf64>, %n: index) -> tensor<?x{D}xf64> {{
  %table = whorl.recur_positions %p0 rows(%n) {clauses} {{
  ^bb0(%t: f64, %p: tensor<{D}xf64>):
{body}
    whorl.yield %y : tensor<{D}xf64>
  }} : tensor<{D}xf64> -> tensor<?x{D}xf64>
  return %table : tensor<?x{D}xf64>
}}
""")
    npy.Array("<f8", [D], FIRST).save(path("p0.npy"))
    subprocess.run([whorl_run, path("f.mlir"), "--quiet",
                    f"--input={path('p0.npy')}", f"--input=scalar:{rows}",
                    f"--output={path('out.npy')}"], check=True)
    with open(path("out.npy"), "rb") as file:
        return npy.parse(file.read()).values


MAP = f"""    %s = tensor.splat %t : tensor<{D}xf64>
    %x = math.sin %p : tensor<{D}xf64>
    %y = arith.addf %x, %s : tensor<{D}xf64>"""
# dp/dt = t p: p = p0 e^(t^2/2).
FLOW = f"""    %s = tensor.splat %t : tensor<{D}xf64>
    %y = arith.mulf %p, %s : tensor<{D}xf64>"""


def check_map(path, whorl_run, rows):
    expected, row = [], FIRST
    for k in range(rows):
        expected += row
        row = [math.sin(x) + k for x in row]
    actual = run(path, whorl_run, "", MAP, rows)
    error = max((abs(a - b) for a, b in zip(actual, expected)), default=0.0)
    is_good = len(actual) == len(expected) and error < 1e-13
    print(f"map of {rows} rows: {'good' if is_good else 'wrong'}")
    return is_good


def measure(path, whorl_run, integrator, substeps):
    rows, step = 5, 0.25
    table = run(path, whorl_run,
                f"integrator {integrator} step({step}) substeps({substeps})",
                FLOW, rows)
    return max(abs(table[k * D + d] - x * math.exp((k * step) ** 2 / 2))
               for k in range(rows) for d, x in enumerate(FIRST))


def main():
    whorl_run = sys.argv[1]
    is_good = True
    with tempfile.TemporaryDirectory() as directory:
        path = lambda name: os.path.join(directory, name)
        for rows in (0, 1, 9):
            is_good &= check_map(path, whorl_run, rows)
        for integrator, order in ORDERS.items():
            coarse = measure(path, whorl_run, integrator, 4)
            fine = measure(path, whorl_run, integrator, 8)
            found = math.log2(coarse / fine)
            print(f"{integrator}: error {fine:.1e}, order {found:.2f}")
            is_good &= abs(found - order) < 0.2
    print("as expected" if is_good else "not as expected")
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
