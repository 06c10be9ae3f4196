"""Compiles a case's module and calls it with torch tensors by DLPack."""

import ctypes
import os
import shutil
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


class ToolError(Exception):
    """A tool of Whorl that is missing or failed, with the cure."""


def find_tool(name):
    """A program of the release build, else of PATH."""
    built = os.path.join(ROOT, "build", "release", "bin", name)
    if os.access(built, os.X_OK):
        return built
    found = shutil.which(name)
    if found is None:
        raise ToolError(f"no {name} in build/release/bin or PATH; run "
                        "'make build'")
    return found


def compile_case(case, threads, folder):
    """The path of the case's shared library, and the seconds it took."""
    # A new name each time: a library that is loaded stays what it was.
    path = os.path.join(folder, f"{case.name}-{os.getpid()}.so")
    start = time.perf_counter()
    result = subprocess.run(
        [find_tool("whorl-compile"), case.module, "--emit=shared",
         f"--threads={1 if threads == 1 else 0}", "-o", path],
        capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise ToolError(f"whorl-compile refuses {case.module}:\n"
                        f"{result.stderr.strip()}")
    return path, time.perf_counter() - start


def dl_tensor(tensor):
    """(address of the tensor's DLTensor, the capsule that keeps it)."""
    capsule = tensor.__dlpack__()
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype = ctypes.c_void_p
    pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    # The DLManagedTensor of the capsule begins with its DLTensor.
    return pointer(capsule, b"dltensor"), capsule


class Function:
    """A compiled graph bound to its inputs and outputs."""

    def __init__(self, path, entry, inputs, outputs):
        self.library = ctypes.CDLL(path)
        self.function = getattr(self.library, entry)
        self.function.restype = ctypes.c_char_p
        self.kept = []
        self.arguments = [self.pointers(inputs), self.pointers(outputs)]

    def pointers(self, tensors):
        bound = [dl_tensor(tensor) for tensor in tensors]
        self.kept.append((tensors, bound))
        return (ctypes.c_void_p * len(bound))(*(item[0] for item in bound))

    def __call__(self):
        error = self.function(*self.arguments)
        if error is not None:
            raise ToolError(f"the compiled graph says: {error.decode()}")
