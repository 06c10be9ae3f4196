"""Checks what the demonstration leaves behind.

    check_digits.py DIRECTORY DATA

With the noise gone, the ideal denoiser's samples are data: each of the samples
must be a digit of DATA of its wanted class, and those of one class not all the
same. The pictures must hold all of them.
"""

import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "..", "Execution"))
import npy  # noqa: E402

TOLERANCE = 1e-3


def rows(tensor):
    shape, values = tensor
    return [values[i * shape[1]:(i + 1) * shape[1]] for i in range(shape[0])]


def is_near(a, b):
    return all(abs(x - y) <= TOLERANCE for x, y in zip(a, b))


directory, data_directory = sys.argv[1:]
data = rows(npy.load(f"{data_directory}/digits.npy"))
labels = npy.load(f"{data_directory}/digits_labels.npy")[1]
samples = rows(npy.load(f"{directory}/samples.npy"))
classes = npy.load(f"{directory}/classes.npy")[1]


def find(sample, values, wanted):
    """The digit of the class that a sample is."""
    found = [i for i, label in enumerate(labels)
             if label == wanted and is_near(values, data[i])]
    if not found:
        sys.exit(f"sample {sample} is none of the data of class {wanted}")
    return found[0]


def picture(name):
    with open(f"{directory}/{name}", "rb") as file:
        head = file.read(24)
    if head[:8] != b"\x89PNG\r\n\x1a\n":
        sys.exit(f"{name} is no PNG")
    print("a picture of {} x {}".format(*struct.unpack(">II", head[16:])))


by_class = {}
for sample, (values, wanted) in enumerate(zip(samples, classes)):
    by_class.setdefault(wanted, set()).add(find(sample, values, wanted))
for wanted, found in sorted(by_class.items()):
    if len(found) < 3:
        sys.exit(f"the samples of class {wanted} are {len(found)} digits only")
if sorted(by_class) != list(range(10)):
    sys.exit(f"expected ten classes, got {sorted(by_class)}")
print(f"{len(samples)} samples are digits of their classes")
picture("digits.png")

counts = []
for name in ("few", "many"):
    solved = rows(npy.load(f"{directory}/{name}.npy"))
    counts.append(len([find(i, *pair)
                       for i, pair in enumerate(zip(solved, classes))]))
print("few and many steps: {} and {} digits of their classes".format(*counts))
picture("solvers.png")
