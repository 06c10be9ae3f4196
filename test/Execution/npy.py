"""Reads and writes .npy files, and reads .npz files, of numbers.

An array is a pair (shape, values); values is an array.array in C order.
"""

import array
import ast
import struct
import sys
import zipfile

TYPECODES = {"<f8": "d", "<f4": "f", "<i8": "q", "<i4": "i"}


def parse(raw):
    """The array in the bytes of a .npy file."""
    if raw[:6] != b"\x93NUMPY":
        sys.exit("npy: error: no .npy file")
    width = 2 if raw[6] == 1 else 4
    start = 8 + width + int.from_bytes(raw[8:8 + width], "little")
    header = ast.literal_eval(raw[8 + width:start].decode())
    if header["fortran_order"] or header["descr"] not in TYPECODES:
        sys.exit(f"npy: error: unexpected header {header}")
    values = array.array(TYPECODES[header["descr"]])
    values.frombytes(raw[start:])
    return header["shape"], values


def load(path):
    with open(path, "rb") as file:
        return parse(file.read())


def load_all(path):
    """The arrays of a .npz file by name."""
    with zipfile.ZipFile(path) as archive:
        return {name[:-len(".npy")]: parse(archive.read(name))
                for name in archive.namelist()}


def save(path, shape, values):
    descr = {code: name for name, code in TYPECODES.items()}[values.typecode]
    header = repr({"descr": descr, "fortran_order": False,
                   "shape": tuple(shape)})
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)))
        file.write(header.encode() + values.tobytes())


def count(shape):
    result = 1
    for size in shape:
        result *= size
    return result


def take(tensor, first, end):
    """Entries first..end-1 of the first axis."""
    shape, values = tensor
    size = count(shape[1:])
    return (end - first, *shape[1:]), values[first * size:end * size]
