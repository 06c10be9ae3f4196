#!/usr/bin/env python3
"""Draws how the error of each ODE solver falls with the number of steps.

    scripts/plot-convergence.py DIRECTORY [--output FILE.svg]

Runs test/Execution/step_orders.py's loops by the whorl-run on the PATH, with their
files in DIRECTORY, and writes docs/img/convergence.svg.
"""

import argparse
import math
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, f"{ROOT}/test/Execution")
import step_orders  # noqa: E402

SHOWN = ["DDIM", "Heun", "DPM-2", "LMS 4", "DPM++ 2M", "DPM++ 3M",
         "DPM++ 3M exact", "DEIS 3", "UniPC 2 to the end", "UniPC 3 to the end"]
COLORS = ["#888888", "#1b6ca8", "#5fa8d3", "#2a9d8f", "#e76f51", "#f4a261",
          "#b5651d", "#7b2cbf", "#c1121f", "#6a040f"]
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 460, 70, 190, 30, 50
LOWEST, HIGHEST = -8, 0  # powers of ten


def place(steps, error):
    """Where a point lies, both axes logarithmic."""
    first, last = step_orders.COUNTS[0], step_orders.COUNTS[-1]
    across = math.log(steps / first) / math.log(last / first)
    up = (math.log10(error) - LOWEST) / (HIGHEST - LOWEST)
    return (LEFT + across * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM))


def text(x, y, content, anchor="middle", color="#222"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
            f'fill="{color}">{content}</text>')


def draw_axes():
    lines = []
    for steps in step_orders.COUNTS:
        x, bottom = place(steps, 10.0 ** LOWEST)
        lines.append(f'<path d="M{x:.1f} {TOP}V{bottom:.1f}" stroke="#ddd"/>')
        lines.append(text(x, bottom + 18, steps))
    for power in range(LOWEST, HIGHEST + 1, 2):
        x, y = place(step_orders.COUNTS[0], 10.0 ** power)
        lines.append(f'<path d="M{x:.1f} {y:.1f}H{WIDTH - RIGHT}" '
                     'stroke="#ddd"/>')
        lines.append(text(x - 8, y + 4, f"1e{power}", "end"))
    middle = (LEFT + WIDTH - RIGHT) / 2
    lines.append(text(middle, HEIGHT - 12, "steps"))
    lines.append(text(middle, 18, "error at the end, relative to the exact "
                      "solution; the order in parentheses"))
    return lines


def draw_solver(name, color, errors, order, label):
    points = [place(steps, max(error, 10.0 ** LOWEST))
              for steps, error in zip(step_orders.COUNTS, errors)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    lines = [f'<polyline points="{path}" fill="none" stroke="{color}" '
             'stroke-width="2"/>']
    lines += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>'
              for x, y in points]
    end = points[-1]
    lines.append(f'<path d="M{end[0] + 5:.1f} {end[1]:.1f}'
                 f'L{WIDTH - RIGHT + 22} {label:.1f}" stroke="{color}" '
                 'stroke-width="0.5"/>')
    lines.append(text(WIDTH - RIGHT + 26, label + 4, f"{name} ({order:.1f})",
                      "start", color))
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory")
    parser.add_argument("--output", default=f"{ROOT}/docs/img/convergence.svg")
    options = parser.parse_args()
    os.makedirs(options.directory, exist_ok=True)
    solvers = {solver.name: solver for solver in step_orders.SOLVERS}
    measured = [(name, color, *step_orders.measure(options.directory,
                                                   solvers[name]))
                for name, color in zip(SHOWN, COLORS)]
    measured.sort(key=lambda entry: -entry[2][-1])
    lines = draw_axes()
    for rank, (name, color, errors, order) in enumerate(measured):
        label = TOP + 20 + rank * (HEIGHT - TOP - BOTTOM - 40) / (
            len(measured) - 1)
        lines += draw_solver(name, color, errors, order, label)
    with open(options.output, "w", encoding="utf-8") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
                   f'height="{HEIGHT}" font-family="sans-serif" '
                   'font-size="12">\n'
                   f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n'
                   + "\n".join(lines) + "\n</svg>\n")


if __name__ == "__main__":
    main()
