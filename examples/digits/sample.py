#!/usr/bin/env python3
"""Samples handwritten digits with the compiled library, and draws them.

    sample.py LIBRARY DIRECTORY [--samples N] [--seed S]

Writes the inputs (noise.npy, classes.npy), the result (samples.npy) and the
picture (digits.png) to DIRECTORY, and prints the first ten digits. Then the same
noise once more by two samplers: few.npy, many.npy and, side by side, solvers.png.
It needs nothing but Python's standard library: this is how any program may call
what whorl-compile makes.
"""

import argparse
import array
import ast
import ctypes
import os
import random
import struct
import sys
import time
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
SIDE = 8
SIGMA_MAX = 80.0
CODES = {"f": 2, "i": 0}
SHADES = " .:-=+*#%@"


class Tensor:
    """Numbers of one type with a shape."""

    def __init__(self, typecode, shape, values):
        self.data = array.array(typecode, values)
        self.shape = shape

    def describe(self):
        """The DLTensor that points at the numbers."""
        code, bits = CODES[self.data.typecode], self.data.itemsize * 8
        return DLTensor(self.data.buffer_info()[0], 1, 0, len(self.shape), code,
                        bits, 1, (ctypes.c_int64 * len(self.shape))(*self.shape))


class DLTensor(ctypes.Structure):
    """DLPack's tensor."""

    _fields_ = [
        ("data", ctypes.c_void_p), ("device_type", ctypes.c_int32),
        ("device_id", ctypes.c_int32), ("ndim", ctypes.c_int32),
        ("code", ctypes.c_uint8), ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16), ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64)]


def load(path):
    """Reads a .npy file of f32 or i32."""
    with open(path, "rb") as file:
        raw = file.read()
    if raw[:6] != b"\x93NUMPY":
        sys.exit(f"sample: error: {path} is no .npy file")
    width = 2 if raw[6] == 1 else 4
    start = 8 + width + int.from_bytes(raw[8:8 + width], "little")
    header = ast.literal_eval(raw[8 + width:start].decode())
    typecode = {"<f4": "f", "<i4": "i"}[header["descr"]]
    tensor = Tensor(typecode, header["shape"], [])
    tensor.data.frombytes(raw[start:])
    return tensor


def save(path, tensor):
    """Writes a .npy file."""
    descr = {"f": "<f4", "i": "<i4"}[tensor.data.typecode]
    header = repr({"descr": descr, "fortran_order": False,
                   "shape": tuple(tensor.shape)})
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)))
        file.write(header.encode() + tensor.data.tobytes())


# What compiled code may call after each call of the model; other than 0 cancels.
PROGRESS = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int64,
                            ctypes.c_int64)


def call(function, inputs, outputs, *extra):
    """Calls compiled code; its message becomes our error."""
    inputs = [tensor.describe() for tensor in inputs]
    outputs = [tensor.describe() for tensor in outputs]
    pointers = [(ctypes.POINTER(DLTensor) * len(tensors))(
        *map(ctypes.pointer, tensors)) for tensors in (inputs, outputs)]
    function.restype = ctypes.c_char_p
    error = function(*pointers, *extra)
    if error is not None:
        sys.exit(f"sample: error: {error.decode()}")


def gray(value):
    """-1 (paper) to 1 (ink), as a byte: 255 to 0."""
    return round(255 * (1 - (min(max(value, -1), 1) + 1) / 2))


def draw(path, grids, columns, zoom=6, gap=8):
    """Draws grids of digits, side by side, as grey pictures."""
    rows = (max(map(len, grids)) + columns - 1) // columns
    cell = SIDE * zoom + gap
    # Two gaps and a half between grids.
    grid = columns * cell + 5 * gap
    width, height = len(grids) * grid - 4 * gap, rows * cell + gap
    lines = [bytearray(b"\xff" * width) for _ in range(height)]
    for g, digits in enumerate(grids):
        for n, digit in enumerate(digits):
            top, left = n // columns * cell + gap, n % columns * cell + gap
            left += g * grid
            for y in range(SIDE * zoom):
                for x in range(SIDE * zoom):
                    value = digit[y // zoom * SIDE + x // zoom]
                    lines[top + y][left + x] = gray(value)

    def chunk(kind, body):
        return (struct.pack(">I", len(body)) + kind + body +
                struct.pack(">I", zlib.crc32(kind + body)))

    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(
            ">IIBBBBB", width, height, 8, 0, 0, 0, 0)))
        file.write(chunk(b"IDAT", zlib.compress(
            b"".join(b"\0" + bytes(line) for line in lines), 9)))
        file.write(chunk(b"IEND", b""))


def show(digits):
    """Prints digits side by side, one character a dot, two a pixel."""
    for y in range(SIDE):
        row = ""
        for digit in digits:
            for value in digit[y * SIDE:(y + 1) * SIDE]:
                ink = (min(max(value, -1), 1) + 1) / 2
                row += SHADES[round(ink * (len(SHADES) - 1))]
            row += "  "
        print("  " + row.rstrip())


def split(tensor):
    """The digits of a tensor."""
    size = SIDE * SIDE
    return [tensor.data[i * size:(i + 1) * size]
            for i in range(tensor.shape[0])]


def compare(library, directory, inputs):
    """The same noise by two samplers, and how often each calls the model."""
    count, size = inputs[0].shape
    few, many = (Tensor("f", (count, size), bytes(4 * count * size))
                 for _ in range(2))
    calls = []

    def listen(_, done, total):
        if done == 1:
            calls.append(total)
        return 0
    call(library.compare_with_progress, inputs, [few, many], PROGRESS(listen),
         None)
    save(f"{directory}/few.npy", few)
    save(f"{directory}/many.npy", many)
    picture = f"{directory}/solvers.png"
    draw(picture, [split(few), split(many)], columns=10)
    print(f"left DPM-Solver++ 2M, {calls[0]} calls of the model; right Euler, "
          f"{calls[1]} calls: {picture}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("library")
    parser.add_argument("directory")
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    data = load(f"{HERE}/digits.npy")
    labels = load(f"{HERE}/digits_labels.npy")
    generator = random.Random(options.seed)
    size, count = SIDE * SIDE, options.samples
    noise = Tensor("f", (count, size), (
        generator.gauss(0, SIGMA_MAX) for _ in range(count * size)))
    # A column of the picture holds one class.
    classes = Tensor("i", (count,), (i % 10 for i in range(count)))
    samples = Tensor("f", (count, size), bytes(4 * count * size))
    save(f"{options.directory}/noise.npy", noise)
    save(f"{options.directory}/classes.npy", classes)

    library = ctypes.CDLL(os.path.abspath(options.library))
    sample = library.sample
    arguments = [noise, classes, data, labels], [samples]
    call(sample, *arguments)
    start = time.perf_counter()
    call(sample, *arguments)
    elapsed = time.perf_counter() - start

    save(f"{options.directory}/samples.npy", samples)
    digits = split(samples)
    picture = f"{options.directory}/digits.png"
    draw(picture, [digits], columns=10)
    show(digits[:10])
    print(f"{count} samples in {1e3 * elapsed:.1f} ms; all of them: {picture}")
    compare(library, options.directory, arguments[0])


if __name__ == "__main__":
    main()
