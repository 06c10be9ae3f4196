"""NumPy's file formats, enough of them for tests, without NumPy.

An Array knows its type; a plain tensor is a pair (shape, array.array) of numbers.
"""

import array
import ast
import struct
import zipfile

CODES = {"<f4": "f", "<f8": "d", "<i4": "i", "<i8": "q", "<u4": "I",
         "<u8": "Q", "<u2": "H", "|b1": "B", "|u1": "B",
         "|i1": "b"}


class Array:
    """A row-major array: NumPy's type string, a shape, and flat values."""

    def __init__(self, descr, shape, values):
        self.descr = descr
        self.shape = list(shape)
        self.values = values

    def to_bytes(self):
        shape = ", ".join(map(str, self.shape)) + (
            "," if len(self.shape) == 1 else "")
        header = (f"{{'descr': '{self.descr}', 'fortran_order': False, "
                  f"'shape': ({shape}), }}").encode()
        length = -(-(10 + len(header) + 1) // 64) * 64 - 10
        header = header.ljust(length - 1) + b"\n"
        data = array.array(CODES[self.descr], self.values).tobytes()
        return b"\x93NUMPY\x01\x00" + struct.pack("<H", length) + header + data

    def save(self, path):
        with open(path, "wb") as file:
            file.write(self.to_bytes())


def parse(data):
    """An Array from the bytes of a .npy file."""
    assert data[:6] == b"\x93NUMPY", "not a .npy file"
    wide = data[6] > 1
    length = struct.unpack("<I" if wide else "<H", data[8:12 if wide else 10])[0]
    start = 12 if wide else 10
    header = ast.literal_eval(data[start:start + length].decode())
    values = array.array(CODES[header["descr"]])
    values.frombytes(data[start + length:])
    values = list(values)
    if header["fortran_order"]:
        values = to_row_major(values, header["shape"])
    return Array(header["descr"], header["shape"], values)


def to_row_major(values, shape):
    """Reorders column-major values."""
    strides, stride = [], 1
    for size in shape:
        strides.append(stride)
        stride *= size
    offsets = [0]
    for size, stride in zip(shape, strides):
        offsets = [o + i * stride for o in offsets for i in range(size)]
    return [values[o] for o in offsets]


def load(path):
    """The plain tensor in a .npy file."""
    with open(path, "rb") as file:
        return to_plain(parse(file.read()))


def load_all(path):
    """The plain tensors of a .npz file by name."""
    with zipfile.ZipFile(path) as archive:
        return {name[:-len(".npy")]: to_plain(parse(archive.read(name)))
                for name in archive.namelist()}


def to_plain(tensor):
    return tuple(tensor.shape), array.array(CODES[tensor.descr], tensor.values)


def save(path, shape, values):
    """Writes a plain tensor."""
    descr = {code: name for name, code in CODES.items()}[values.typecode]
    Array(descr, shape, values).save(path)


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
