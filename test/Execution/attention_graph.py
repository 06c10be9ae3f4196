"""A graph of one case of the attention vectors, under construction.

Shared by what turns cases into graphs: attention_vectors.py runs them.
"""


def shaped(shape, element):
    return "tensor<" + "".join(f"{size}x" for size in shape) + element + ">"


class Graph:
    """A graph under construction: a function in text, its inputs and outputs."""

    def __init__(self, case, arrays, element):
        self.case = case
        self.arrays = arrays
        self.element = element  # in which attention runs
        self.arguments = []     # (name, type, Array)
        self.body = []
        self.results = []       # (name, type, key of the expected array)

    def argument(self, name, array):
        element = {"<f4": "f32", "<f8": "f64", "<i4": "i32", "<i8": "i64",
                   "|b1": "i1"}[array.descr]
        self.arguments.append((name, shaped(array.shape, element), array))
        return f"%{name}", array.shape, element

    def convert(self, value, shape, source, target):
        """Elementwise change of float type."""
        if source == target:
            return value
        widths = {"f16": 16, "bf16": 16, "f32": 32, "f64": 64}
        op = "extf" if widths[source] < widths[target] else "truncf"
        name = f"%c{len(self.body)}"
        self.body.append(f"{name} = arith.{op} {value} : "
                         f"{shaped(shape, source)} to {shaped(shape, target)}")
        return name

    def tensor(self, name, array=None):
        """A float input in the element type of the run."""
        value, shape, element = self.argument(name, array or self.arrays[name])
        return self.convert(value, shape, element, self.element), shape

    def expect(self, value, shape, element, key):
        """Compares `value` with the expected array `key`, in the array's type."""
        target = {"<f4": "f32", "<f8": "f64"}[self.arrays[key].descr]
        value = self.convert(value, shape, element, target)
        self.results.append((value, shaped(shape, target), key))

    def text(self):
        arguments = ", ".join(f"%{n}: {t}" for n, t, _ in self.arguments)
        values = ", ".join(v for v, _, _ in self.results)
        types = ", ".join(t for _, t, _ in self.results)
        body = "\n  ".join(self.body)
        return (f"func.func @case({arguments}) -> ({types}) {{\n  {body}\n"
                f"  return {values} : {types}\n}}\n")


def typed(names, types):
    return f"({', '.join(names)} : {', '.join(types)})"


def build_attention(graph, query, key, value, clauses, layout="bhnd",
                    lse_key=None, out_key="o"):
    """Appends the op; each of query, key and value is (name, shape)."""
    (q, q_shape), (k, k_shape), (v, v_shape) = query, key, value
    element = graph.element
    out_shape = q_shape[:3] + [v_shape[3]]
    results = [shaped(out_shape, element)]
    score = "f64" if element == "f64" else "f32"
    if lse_key:
        head, row = (1, 2) if layout == "bhnd" else (2, 1)
        lse_shape = [q_shape[0], q_shape[head], q_shape[row]]
        results.append(shaped(lse_shape, score))
    graph.body.append(
        f"%o{':2' if lse_key else ''} = whorl.attention {q}, {k}, {v} "
        + " ".join(clauses) + f" layout {layout} : "
        f"({shaped(q_shape, element)}, {shaped(k_shape, element)}, "
        f"{shaped(v_shape, element)}) -> ({', '.join(results)})")
    if lse_key:
        graph.expect("%o#0", out_shape, element, out_key)
        graph.expect("%o#1", lse_shape, score, lse_key)
        return None
    return "%o", out_shape


def mask_attribute(graph, masks):
    """The conjunction of a case's masks, with its operands."""
    parts, names, types = [], [], []

    def take(name, array):
        value, shape, element = graph.argument(name, array)
        names.append(value)
        types.append(shaped(shape, element))

    for mask in masks:
        kind = mask["type"]
        if kind == "causal":
            parts.append("#whorl.causal")
        elif kind == "window":
            parts.append(f"#whorl.sliding_window<left = {mask['left']}, "
                         f"right = {mask['right']}>")
        elif kind == "document":
            parts.append("#whorl.documents")
            take("query_ids", graph.arrays[mask["ids"]])
            take("key_ids", graph.arrays[mask["ids"]])
        elif kind == "padding":
            parts.append("#whorl.key_lengths")
            take("lengths", graph.arrays["lengths"])
        else:
            raise ValueError(f"mask {kind}")
    if not parts:
        return []
    clause = f"mask #whorl.and<[{', '.join(parts)}]>"
    return [clause + (typed(names, types) if names else "")]


def expand_heads(graph, name, shape, heads):
    """[B, N, H D] -> [B, N, H, D]."""
    new = [shape[0], shape[1], heads, shape[2] // heads]
    result = f"{name}_4d"
    graph.body.append(
        f"{result} = tensor.expand_shape {name} [[0], [1], [2, 3]] output_shape "
        f"{new} : {shaped(shape, graph.element)} into "
        f"{shaped(new, graph.element)}")
    return result, new
