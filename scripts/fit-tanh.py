#!/usr/bin/env python3
"""Finds the coefficients of our tanh and soft caps (lib/Utils/VectorMath.cpp).

    scripts/fit-tanh.py

Least squares on Chebyshev points whose weights grow where the error is large
(Lawson), in double precision.

* kTanhF32: Q of degree 4 so that y + y^2 Q(y) = 1 - exp(-y) on |y| <= ln(2) / 2.
  Coefficients are rounded to f32 one after the other, the lowest first, and the
  others fitted again each time.
* kHalfTanhA, kHalfTanhB: A of degree 2, from 1, and B of degree 3, from 2, in x^2 so
  that 2 n b / (n^2 + b^2) with n = x A and b = B is tanh(x) for |x| <= 9.
"""

import math
import struct

POINTS = [math.cos(math.pi * (i + 0.5) / 400) for i in range(400)]
ROUNDS = 200


def to_f32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def solve_least_squares(rows, right):
    """By modified Gram-Schmidt, which loses less than normal equations."""
    size = len(rows[0])
    columns = [[row[i] for row in rows] for i in range(size)] + [list(right)]
    triangle = [[0.0] * (size + 1) for _ in range(size)]
    for i in range(size):
        norm = math.sqrt(sum(x * x for x in columns[i]))
        unit = [x / norm for x in columns[i]]
        triangle[i][i] = norm
        for j in range(i + 1, size + 1):
            dot = sum(x * y for x, y in zip(unit, columns[j]))
            triangle[i][j] = dot
            columns[j] = [y - dot * x for x, y in zip(unit, columns[j])]
    result = [0.0] * size
    for i in reversed(range(size)):
        known = sum(triangle[i][j] * result[j] for j in range(i + 1, size))
        result[i] = (triangle[i][size] - known) / triangle[i][i]
    return result


def fit(points, row_of, error_at):
    """The coefficients with the smallest largest error. `row_of(point, last)` is a
    linear equation for them, in units of that error, near the coefficients `last`;
    `error_at(point, coefficients)` the error itself."""
    weights = [1.0] * len(points)
    last, best = None, (math.inf, None)
    for _ in range(ROUNDS):
        rows, right = [], []
        for point, weight in zip(points, weights):
            row, value = row_of(point, last)
            rows.append([math.sqrt(weight) * entry for entry in row])
            right.append(math.sqrt(weight) * value)
        last = solve_least_squares(rows, right)
        errors = [abs(error_at(point, last)) for point in points]
        best = min(best, (max(errors), last))
        weights = [w * (e / max(errors) + 1e-9) for w, e in zip(weights, errors)]
        total = sum(weights)
        weights = [w / total * len(points) for w in weights]
    return best


def polynomial(coefficients, x):
    return sum(c * x**k for k, c in enumerate(coefficients))


def one_minus_exp_rest(y):
    """(1 - exp(-y) - y) / y^2, without cancellation near 0."""
    if abs(y) > 0.05:
        return (-math.expm1(-y) - y) / (y * y)
    return sum((-1)**(k + 1) * y**k / math.factorial(k + 2) for k in range(10))


def fit_one_minus_exp(degree=4):
    # What rounding leaves of the reduction is a little longer.
    points = [math.log(2) / 2 * 1.001 * point for point in POINTS]
    fixed = []

    def scaled(y, value):
        """An error of Q as a relative one of the sum."""
        return value * y * y / -math.expm1(-y)

    def error_at(y, rest):
        return scaled(y, polynomial(fixed + rest, y) - one_minus_exp_rest(y))

    def row_of(y, _):
        free = range(len(fixed), degree + 1)
        return [scaled(y, y**k) for k in free], -error_at(y, [])

    while len(fixed) <= degree:
        fixed.append(to_f32(fit(points, row_of, error_at)[1][0]))
    return fixed, max(abs(error_at(y, [])) for y in points)


def fit_half_tanh():
    points = [4.5 * (1 + point) for point in POINTS]
    split = lambda c: ([1.0] + c[:2], [2.0] + c[2:])

    def row_of(x, last):
        z, t = x * x, math.tanh(x / 2)
        b = polynomial(split(last)[1], z) if last else 2.0
        # How the error of x A / B shows in the result, relative to it.
        unit = (1 - t * t) / (1 + t * t) * x / (t * b)
        row = [z, z * z] + [-t / x * z**k for k in (1, 2, 3)]
        return [unit * entry for entry in row], unit * (2 * t / x - 1)

    def error_at(x, coefficients):
        a, b = (polynomial(c, x * x) for c in split(coefficients))
        return 2 * x * a * b / (x * x * a * a + b * b) / math.tanh(x) - 1

    error, coefficients = fit(points, row_of, error_at)
    return split(coefficients), error


def main():
    coefficients, error = fit_one_minus_exp()
    print("kTanhF32:", ", ".join(value.hex() for value in coefficients))
    print(f"  relative error {error:.2e}")
    (a, b), error = fit_half_tanh()
    print("kHalfTanhA:", ", ".join(f"{value:.12g}" for value in a))
    print("kHalfTanhB:", ", ".join(f"{value:.12g}" for value in b))
    print(f"  relative error {error:.2e}")


if __name__ == "__main__":
    main()
