#!/usr/bin/env python3
"""Checks that nothing includes upwards in the layout.

    scripts/check-includes.py [--root DIR] [--layers]

Each directory of the project is a component with a layer. A file may include
headers of its own component and of lower layers. Components of one layer do not
see each other, but for the pairs in SIDEWAYS. The rules hold for C, C++ and
TableGen files; generated .inc files count as the directory they are made for.
--layers prints the table.
"""

import argparse
import os
import re
import sys

# Component: (layer, directories or files). Headers of a library lie in include/Whorl
# under the same name as its sources in lib.
COMPONENTS = {
    "IR": (0, ["dialect/Whorl/IR"]),
    "Runtime": (0, ["lib/Runtime", "include/Whorl/Runtime"]),
    "Utils": (1, ["lib/Utils", "include/Whorl/Utils"]),
    "Reference": (1, ["lib/Reference", "include/Whorl/Reference"]),
    "Analysis": (1, ["lib/Analysis", "include/Whorl/Analysis"]),
    "Bufferization": (1, ["lib/Bufferization", "include/Whorl/Bufferization"]),
    "TargetDescription": (
        1, ["lib/Target/Description", "include/Whorl/Target/Description",
            "include/Whorl/Target/CPUDescription.h"]),
    "Transforms": (2, ["lib/Transforms", "include/Whorl/Transforms"]),
    "Conversion": (3, ["lib/Conversion", "include/Whorl/Conversion"]),
    "WhorlToCPU": (
        3, ["lib/Conversion/WhorlToCPU",
            "include/Whorl/Conversion/WhorlToCPU"]),
    "WhorlToGPU": (
        3, ["lib/Conversion/WhorlToGPU",
            "include/Whorl/Conversion/WhorlToGPU"]),
    "TargetCPU": (4, ["lib/Target/CPU", "include/Whorl/Target"]),
    "TargetNVVM": (4, ["lib/Target/NVVM", "include/Whorl/Target/NVVM"]),
    "Pipelines": (5, ["lib/Pipelines", "include/Whorl/Pipelines"]),
    "CAPI": (6, ["lib/CAPI", "include/Whorl-c"]),
    "Driver": (6, ["lib/Driver", "include/Whorl/Driver"]),
    "Importer": (6, ["lib/Importer", "include/Whorl/Importer"]),
    "tools": (7, ["tools"]),
    "examples": (7, ["examples"]),
    "test": (8, ["test", "unittests"]),
}

# (who, whom) within one layer: what neighbours share.
SIDEWAYS = {
    ("Reference", "Utils"), ("Analysis", "Utils"), ("Bufferization", "Utils"),
    ("WhorlToCPU", "Conversion"), ("WhorlToGPU", "Conversion")}

# A component that must be usable without these.
FORBIDDEN = {"Runtime": ("mlir/", "llvm/", "mlir-c/", "llvm-c/")}

SUFFIXES = (".h", ".c", ".cpp", ".td", ".inc")
INCLUDE = re.compile(r'^\s*#?\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
INCLUDE_DIRECTORIES = ("dialect", "include", "lib", "")


def component_of(path):
    """The component of a path relative to the root, None outside of them."""
    best, length = None, -1
    for name, (_, prefixes) in COMPONENTS.items():
        for prefix in prefixes:
            if len(prefix) > length and (path == prefix or
                                         path.startswith(prefix + "/")):
                best, length = name, len(prefix)
    return best


def candidates(path, included):
    """The project paths that `included`, written in `path`, may name."""
    yield os.path.normpath(os.path.join(os.path.dirname(path), included))
    for directory in INCLUDE_DIRECTORIES:
        yield os.path.normpath(os.path.join(directory, included))


def target_of(root, path, included):
    """The component that an include names, None for a foreign header."""
    for candidate in candidates(path, included):
        if os.path.exists(os.path.join(root, candidate)):
            return component_of(candidate)
    # Generated files do not exist in the source tree: go by their directory.
    if included.startswith(("Whorl/", "Whorl-c/")):
        for directory in ("dialect", "include"):
            name = component_of(os.path.join(directory, included))
            if name:
                return name
    return None


def judge(source, target):
    """Why `source` must not include `target`, None when it may."""
    if target is None or source == target or (source, target) in SIDEWAYS:
        return None
    mine, theirs = COMPONENTS[source][0], COMPONENTS[target][0]
    if theirs < mine:
        return None
    direction = "upwards" if theirs > mine else "sideways"
    return (f"includes {direction}: {source} (layer {mine}) must not see "
            f"{target} (layer {theirs}); move what both need to a lower layer")


def check_file(root, path):
    """Yields (line, message) for each bad include of a file."""
    source = component_of(path)
    if source is None:
        yield 1, ("lies in no layer; put its directory into COMPONENTS of "
                  "scripts/check-includes.py")
        return
    with open(os.path.join(root, path), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            included = match.group(1) or match.group(2)
            for prefix in FORBIDDEN.get(source, ()):
                if included.startswith(prefix):
                    yield number, (f"{source} must stay free of {prefix}*, "
                                   f"which '{included}' is")
            reason = judge(source, target_of(root, path, included))
            if reason:
                yield number, f"'{included}' {reason}"


def source_files(root):
    for top in ("dialect", "include", "lib", "tools", "examples", "test",
                "unittests"):
        for directory, names, files in os.walk(os.path.join(root, top)):
            names[:] = sorted(n for n in names if n not in ("build", "Inputs"))
            for name in sorted(files):
                if name.endswith(SUFFIXES):
                    yield os.path.relpath(os.path.join(directory, name), root)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--root", default=here)
    parser.add_argument("--layers", action="store_true",
                        help="print the layers and stop")
    options = parser.parse_args()
    if options.layers:
        for name, (layer, prefixes) in COMPONENTS.items():
            print(f"L{layer}  {name:18} {' '.join(prefixes)}")
        return 0
    files = errors = 0
    for path in source_files(options.root):
        files += 1
        for line, message in check_file(options.root, path):
            errors += 1
            print(f"{path}:{line}: error: {message}", file=sys.stderr)
    if files == 0:
        print(f"check-includes: error: no source files under {options.root}",
              file=sys.stderr)
        return 1
    if errors == 0:
        print(f"check-includes: {files} files, nothing includes upwards")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
