"""The generators and distributions of whorl.random a second time, in Python.

Integers for the bits, and the standard library's floats of 53 bits for the values:
what the compiled code rounds to f32 is here exact for all that matters.
"""

import array
import math
import statistics
import struct

MASK = 0xffffffff
NORMAL = statistics.NormalDist()


def philox_block(counter, key):
    """Philox4x32-10: four words from four counter and two key words."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = ((p1 >> 32) ^ c1 ^ k0, p1 & MASK,
                          (p0 >> 32) ^ c3 ^ k1, p0 & MASK)
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return c0, c1, c2, c3


def threefry_block(counter, key):
    """Threefry2x32-20: two words from two counter and two key words."""
    keys = [*key, key[0] ^ key[1] ^ 0x1BD11BDA]
    x0, x1 = (counter[0] + keys[0]) & MASK, (counter[1] + keys[1]) & MASK
    for group in range(5):
        for r in ((13, 15, 26, 6), (17, 29, 16, 24))[group % 2]:
            x0 = (x0 + x1) & MASK
            x1 = ((x1 << r) | (x1 >> (32 - r))) & MASK ^ x0
        x0 = (x0 + keys[(group + 1) % 3]) & MASK
        x1 = (x1 + keys[(group + 2) % 3] + group + 1) & MASK
    return x0, x1


def philox(seed, stream, element, words):
    """The word of an element, or its low and high word."""
    key = seed & MASK, seed >> 32
    first = element * words
    block = philox_block((first >> 2 & MASK, first >> 34, stream & MASK,
                          stream >> 32), key)
    at = first & 3
    return block[at:at + words]


def threefry(seed, stream, element, words):
    key = seed >> 32, seed & MASK
    if stream is not None:
        key = threefry_block((stream >> 32, stream & MASK), key)
    x0, x1 = threefry_block((element >> 32, element & MASK), key)
    return (x1, x0) if words == 2 else (x0 ^ x1,)


def signed(word, bits):
    return word - (1 << bits) if word >> (bits - 1) else word


def midpoint(words):
    """(n + 1/2) / 2^bits and its complement, as fractions of floats."""
    n = words[0] if len(words) == 1 else words[0] | words[1] << 32
    scale = 2.0 ** -(32 * len(words) + 1)
    return (2 * n + 1) * scale, (2 * (2 ** (32 * len(words)) - 1 - n) + 1) * scale


def normal(words):
    """The quantile; near the centre by the odd series, elsewhere by AS241."""
    bits = 32 * len(words)
    n = words[0] if len(words) == 1 else words[0] | words[1] << 32
    n = signed(n, bits)
    x = (2 * n + 1) / 2.0 ** bits
    tail = (2 * ((2 ** (bits - 1) - 1 - n) if n >= 0 else
                 2 ** (bits - 1) + n) + 1) / 2.0 ** (bits + 1)
    if abs(x) < 1e-3:
        return math.sqrt(math.pi / 2) * x * (1 + math.pi * x * x / 12)
    return math.copysign(NORMAL.inv_cdf(tail), x) if tail < 0.5 else 0.0


def exponential(words):
    u, complement = midpoint(words)
    return -math.log1p(-u) if u < 0.5 else -math.log(complement)


def gumbel(words):
    return -math.log(exponential(words))


def integers(words, low, high):
    return low + ((words[0] | words[1] << 32) * (high - low) >> 64)


def uniform(words, digits):
    n = words[0] if len(words) == 1 else words[0] | words[1] << 32
    return (n >> (32 * len(words) - digits)) * 2.0 ** -digits


def as_floats(patterns):
    """The f32 numbers with these bits."""
    return array.array("f", struct.pack(f"<{len(patterns)}I", *patterns))


def f32_spacing(value):
    """The distance of f32 numbers at a value."""
    exponent = max(math.frexp(value)[1], -125)
    return 2.0 ** (exponent - 24)
