"""Calls the compiled graph from Python, with nothing but the standard library.

    python3 attention.py LIBRARY

A tensor of NumPy, PyTorch or JAX hands out the same DLTensor by __dlpack__.
"""

import ctypes
import sys


class DLTensor(ctypes.Structure):
    """DLPack's tensor: float32 on the CPU, unless said otherwise."""

    _fields_ = [
        ("data", ctypes.c_void_p), ("device_type", ctypes.c_int32),
        ("device_id", ctypes.c_int32), ("ndim", ctypes.c_int32),
        ("code", ctypes.c_uint8), ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16), ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64)]

    @staticmethod
    def of(data, *shape):
        return DLTensor(ctypes.cast(data, ctypes.c_void_p), 1, 0, len(shape),
                        2, 32, 1, (ctypes.c_int64 * len(shape))(*shape))


def call(function, inputs, outputs):
    """Calls a compiled graph; raises its message where it returns one."""
    pointers = [(ctypes.POINTER(DLTensor) * len(tensors))(
        *map(ctypes.pointer, tensors)) for tensors in (inputs, outputs)]
    function.restype = ctypes.c_char_p
    error = function(*pointers)
    if error is not None:
        raise ValueError(error.decode())


shape = (1, 8, 100, 64)
size = 8 * 100 * 64
query, key, value, result = ((ctypes.c_float * size)() for _ in range(4))
for i in range(size):
    query[i], key[i], value[i] = i % 13 / 13, i % 7 / 7, i % 11 / 11

attend = ctypes.CDLL(sys.argv[1]).attend
call(attend, [DLTensor.of(data, *shape) for data in (query, key, value)],
     [DLTensor.of(result, *shape)])
print("row 0:", *(f"{x:.3f}" for x in result[:3]))

# What is wrong comes back as a message; nothing was read or written.
try:
    call(attend, [DLTensor.of(query, *shape), DLTensor.of(key, 1, 8, 100, 32),
                  DLTensor.of(value, *shape)], [DLTensor.of(result, *shape)])
except ValueError as error:
    print("as it should be:", error)
