#!/usr/bin/env python3
"""Finds the coefficients of our tanh (lib/Utils/VectorMath.cpp).

    scripts/fit-tanh.py

Fits Q of degree 4 so that y + y^2 Q(y) = 1 - exp(-y) on |y| <= ln(2) / 2 with the
smallest relative error: least squares on Chebyshev points whose weights grow where
the error is large (Lawson), in double precision. Coefficients are rounded to f32
one after the other, the lowest first, and the others fitted again each time.
"""

import math
import struct

DEGREE = 4
HALF_WIDTH = math.log(2) / 2 * 1.001  # what rounding leaves of the reduction
POINTS = [HALF_WIDTH * math.cos(math.pi * (i + 0.5) / 400) for i in range(400)]
ROUNDS = 200


def to_f32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def target(y):
    """(1 - exp(-y) - y) / y^2, without cancellation near 0."""
    if abs(y) > 0.05:
        return (-math.expm1(-y) - y) / (y * y)
    return sum((-1) ** (k + 1) * y**k / math.factorial(k + 2) for k in range(10))


def solve(matrix, right):
    """Gaussian elimination with pivots."""
    size = len(right)
    for i in range(size):
        pivot = max(range(i, size), key=lambda row: abs(matrix[row][i]))
        matrix[i], matrix[pivot] = matrix[pivot], matrix[i]
        right[i], right[pivot] = right[pivot], right[i]
        for row in range(i + 1, size):
            factor = matrix[row][i] / matrix[i][i]
            for column in range(i, size):
                matrix[row][column] -= factor * matrix[i][column]
            right[row] -= factor * right[i]
    for i in reversed(range(size)):
        known = sum(matrix[i][j] * right[j] for j in range(i + 1, size))
        right[i] = (right[i] - known) / matrix[i][i]
    return right


def error_at(y, coefficients):
    """The relative error of y + y^2 Q(y)."""
    q = sum(c * y**k for k, c in enumerate(coefficients))
    return (q - target(y)) * y * y / -math.expm1(-y)


def fit(fixed):
    """All coefficients, those of `fixed` first, and the largest error."""
    free = range(len(fixed), DEGREE + 1)
    weights = [1.0] * len(POINTS)
    best = (math.inf, None)
    for _ in range(ROUNDS):
        matrix = [[0.0] * len(free) for _ in free]
        right = [0.0] * len(free)
        for y, weight in zip(POINTS, weights):
            scale = y * y / -math.expm1(-y)
            row = [scale * (y / HALF_WIDTH)**k for k in free]
            rest = -error_at(y, fixed)
            for i, entry in enumerate(row):
                right[i] += weight * entry * rest
                for j, other in enumerate(row):
                    matrix[i][j] += weight * entry * other
        solved = solve(matrix, right)
        candidate = fixed + [c / HALF_WIDTH**k for k, c in zip(free, solved)]
        errors = [abs(error_at(y, candidate)) for y in POINTS]
        best = min(best, (max(errors), candidate))
        weights = [w * (e / max(errors) + 1e-9) for w, e in zip(weights, errors)]
        total = sum(weights)
        weights = [w / total * len(POINTS) for w in weights]
    return best


def main():
    fixed = []
    while len(fixed) < DEGREE:
        error, candidate = fit(fixed)
        fixed.append(to_f32(candidate[len(fixed)]))
    fixed.append(to_f32(fit(fixed)[1][DEGREE]))
    worst = max(abs(error_at(y, fixed)) for y in POINTS)
    print(", ".join(value.hex() for value in fixed))
    print(f"relative error {worst:.3g} (2^{math.log2(worst):.2f})")


if __name__ == "__main__":
    main()
