#!/usr/bin/env python3
"""Attention against vectors that other software made.

Turns each case of vectors/attention/cases.json into a graph, runs it by
whorl-run in f64 and f32 (or in the case's own half type), and compares the
outputs at the tolerance that the case names. Cases that need what Whorl does not
have yet are listed in `not_yet`, by feature, in the same file.

    attention_vectors.py WHORL_RUN [--OPTION...] [CASE...]

Options are whorl-run's (--target=znver5 --emulate-instructions); with any, only
cases of half floats run.
"""

import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile
import zipfile

import npy

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "vectors",
                    "attention")
HALVES = {"float16": "f16", "bfloat16": "bf16"}


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


def rope_attribute(rotary):
    return (f"#whorl.rope<theta = {rotary['base']:e}, pairing = "
            f"{rotary['pairing']}, rotary_dim = {rotary['rotary_dim']}, "
            f"rotary_start = {rotary['start']}>")


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


def build_native(graph):
    """Cases in our own terms: attention, _rope, _alibi, _sink."""
    p = graph.case["parameters"]
    query, key = graph.tensor("q"), graph.tensor("k")
    value = graph.tensor("v")
    clauses = [f"scale({p['scale']:.17e})"] + mask_attribute(graph, p["mask"])
    if p.get("softcap"):
        clauses.append(f"softcap({p['softcap']:e})")
    if p["offset"]:
        clauses.append(f"offset({p['offset']})")
    if "bias" in p:
        clauses.append("position [#whorl.alibi]")
    lse = "lse"
    if "sinks" in graph.case["inputs"]:
        name, shape = graph.tensor("sinks")
        clauses.append("sinks" + typed([name], [shaped(shape, graph.element)]))
        lse = "lse_with_sink"  # ours counts the sink in
    if "rotary" in p:
        rope = rope_attribute(p["rotary"])
        clauses.append(f"position [{rope}]")
        ids = [graph.argument(n, graph.arrays[n]) for n in ("pos_q", "pos_k")]
        clauses.append("positions" + typed(
            [i[0] for i in ids], [shaped(i[1], i[2]) for i in ids]))
        for role, (name, shape), (id_name, id_shape, id_type) in zip(
                ("query", "key"), (query, key), ids):
            graph.body.append(
                f"%{role}_rot = whorl.encode_position {rope} {name} role {role} "
                f"positions({id_name} : {shaped(id_shape, id_type)}) : "
                f"{shaped(shape, graph.element)}")
            graph.expect(f"%{role}_rot", shape, graph.element,
                         f"{role[0]}_rot")
    build_attention(graph, query, key, value, clauses, lse_key=lse)


def build_embedding(graph):
    p = graph.case["parameters"]
    if graph.case["op"] == "embed_sinusoidal":
        shape = graph.arrays["table"].shape
        ids, id_shape, id_type = graph.argument("pos", graph.arrays["pos"])
        order = {"interleaved": "interleaved", "concat": "half"}[p["layout"]]
        zeros = npy.Array("<f8", shape, [0.0] * (shape[0] * shape[1]))
        x, _ = graph.tensor("x", zeros)
        graph.body.append(
            f"%y = whorl.encode_position #whorl.sinusoidal<base = {p['base']:e}, "
            f"order = {order}> {x} positions({ids} : "
            f"{shaped(id_shape, id_type)}) : {shaped(shape, graph.element)}")
        graph.expect("%y", shape, graph.element, "table")
        return
    x, shape = graph.tensor("x")
    table, table_shape = graph.tensor("P")
    offset = p["table_offset"] + p["offset"]
    graph.body.append(
        f"%y = whorl.encode_position #whorl.learned {x} "
        f"static_offset({offset}) operands({table} : "
        f"{shaped(table_shape, graph.element)}) : "
        f"{shaped(shape, graph.element)}")
    graph.expect("%y", shape, graph.element, "y")


def pad_mask(mask, keys, fill):
    """ONNX: keys behind the mask's end are invisible."""
    length = mask.shape[-1]
    if length in (1, keys):
        return mask
    values = []
    for start in range(0, len(mask.values), length):
        values += mask.values[start:start + length] + [fill] * (keys - length)
    return npy.Array(mask.descr, mask.shape[:-1] + [keys], values)


def expand_heads(graph, name, shape, heads):
    """[B, N, H D] -> [B, N, H, D]."""
    new = [shape[0], shape[1], heads, shape[2] // heads]
    result = f"{name}_4d"
    graph.body.append(
        f"{result} = tensor.expand_shape {name} [[0], [1], [2, 3]] output_shape "
        f"{new} : {shaped(shape, graph.element)} into "
        f"{shaped(new, graph.element)}")
    return result, new


def append_past(graph, past_name, present, layout, key):
    """past ++ present along the rows; [B, H, N, D]."""
    past, past_shape = graph.tensor(past_name)
    name, shape = present
    if layout == "bnhd":  # the cache is bhnd: so must be the rest
        swapped = [shape[0], shape[2], shape[1], shape[3]]
        graph.body.append(
            f"{name}_e = tensor.empty() : {shaped(swapped, graph.element)}")
        graph.body.append(
            f"{name}_t = linalg.transpose ins({name} : "
            f"{shaped(shape, graph.element)}) outs({name}_e : "
            f"{shaped(swapped, graph.element)}) permutation = [0, 2, 1, 3]")
        name, shape = f"{name}_t", swapped
    joined = shape[:2] + [past_shape[2] + shape[2], shape[3]]
    graph.body.append(
        f"{name}_all = tensor.concat dim(2) {past}, {name} : "
        f"({shaped(past_shape, graph.element)}, {shaped(shape, graph.element)}) "
        f"-> {shaped(joined, graph.element)}")
    graph.expect(f"{name}_all", joined, graph.element, key)
    return f"{name}_all", joined


def build_onnx_mask(graph, attributes, queries, keys, past):
    """Clauses of causality, windows, padding and attn_mask."""
    parts, names, types, clauses = [], [], [], []
    causal = attributes.get("is_causal", 0)
    left = attributes.get("left_window_size", -1)
    right = attributes.get("right_window_size", -1)
    if causal:
        right = 0
    if left >= 0 or right >= 0:
        parts.append(f"#whorl.sliding_window<left = {left}, right = {right}>")
    lengths = graph.arrays.get("nonpad_kv_seqlen")
    if lengths:
        value, shape, element = graph.argument("lengths", lengths)
        parts.append("#whorl.key_lengths")
        names.append(value)
        types.append(shaped(shape, element))
        offsets = npy.Array(lengths.descr, lengths.shape,
                            [n - queries for n in lengths.values])
        value, shape, element = graph.argument("offset", offsets)
        clauses.append("offset" + typed([value], [shaped(shape, element)]))
    elif past:
        clauses.append(f"offset({past})")
    mask = graph.arrays.get("attn_mask")
    if mask and mask.descr == "|b1":
        value, shape, element = graph.argument("attn_mask",
                                               pad_mask(mask, keys, 0))
        parts.append("#whorl.boolean")
        names.append(value)
        types.append(shaped(shape, element))
    elif mask:
        bias, shape = graph.tensor("attn_mask",
                                   pad_mask(mask, keys, float("-inf")))
        clauses.append("bias" + typed([bias], [shaped(shape, graph.element)]))
    if parts:
        clauses.append(f"mask #whorl.and<[{', '.join(parts)}]>"
                       + (typed(names, types) if names else ""))
    return clauses


def build_onnx_attention(graph):
    attributes = graph.case["parameters"]["attributes"]
    operands = [graph.tensor(name) for name in ("Q", "K", "V")]
    layout = "bhnd"
    is_flat = len(operands[0][1]) == 3
    if is_flat:
        layout = "bnhd"
        heads = [attributes["q_num_heads"]] + [attributes["kv_num_heads"]] * 2
        operands = [expand_heads(graph, *operand, count)
                    for operand, count in zip(operands, heads)]
    row = 2 if layout == "bhnd" else 1
    queries, past = operands[0][1][row], 0
    if "past_key" in graph.arrays:
        past = graph.arrays["past_key"].shape[2]
        for i, name in ((1, "key"), (2, "value")):
            operands[i] = append_past(graph, f"past_{name}", operands[i],
                                      layout, f"present_{name}")
        if is_flat:  # the cache is bhnd: let the queries be
            name, shape = operands[0]
            swapped = [shape[0], shape[2], shape[1], shape[3]]
            graph.body.append(
                f"%qe = tensor.empty() : {shaped(swapped, graph.element)}")
            graph.body.append(
                f"%qt = linalg.transpose ins({name} : "
                f"{shaped(shape, graph.element)}) outs(%qe : "
                f"{shaped(swapped, graph.element)}) permutation = [0, 2, 1, 3]")
            operands[0], layout, row = ("%qt", swapped), "bhnd", 2
    keys = operands[1][1][row]
    clauses = build_onnx_mask(graph, attributes, queries, keys, past)
    if "scale" in attributes:
        clauses.append(f"scale({attributes['scale']:.17e})")
    if attributes.get("softcap"):
        clauses.append(f"softcap({attributes['softcap']:e})")
    out, shape = build_attention(graph, *operands, clauses, layout)
    if is_flat:
        if layout == "bhnd":
            swapped = [shape[0], shape[2], shape[1], shape[3]]
            graph.body.append(
                f"%oe = tensor.empty() : {shaped(swapped, graph.element)}")
            graph.body.append(
                f"%ot = linalg.transpose ins({out} : "
                f"{shaped(shape, graph.element)}) outs(%oe : "
                f"{shaped(swapped, graph.element)}) permutation = [0, 2, 1, 3]")
            out, shape = "%ot", swapped
        flat = shape[:2] + [shape[2] * shape[3]]
        graph.body.append(
            f"%flat = tensor.collapse_shape {out} [[0], [1], [2, 3]] : "
            f"{shaped(shape, graph.element)} into {shaped(flat, graph.element)}")
        out, shape = "%flat", flat
    graph.expect(out, shape, graph.element, "Y")


BUILDERS = {
    "attention": build_native, "attention_rope": build_native,
    "attention_alibi": build_native, "attention_sink": build_native,
    "embed_sinusoidal": build_embedding, "embed_learned": build_embedding,
    "onnx_Attention": build_onnx_attention,
}


def get_elements(case):
    """The element types in which a case runs."""
    dtypes = case["parameters"].get("onnx_dtypes", {})
    if dtypes.get("Q") in HALVES:
        return [HALVES[dtypes["Q"]]]
    return ["f64", "f32"]


def get_tolerance(case, element):
    """|a - b| <= TOL (1 + |b|) implies the case's bound."""
    tolerance = case["tolerance"]["f64" if element == "f64" else "f32"]
    return min(tolerance["atol"], tolerance["rtol"])


def load_arrays(case):
    with zipfile.ZipFile(os.path.join(HERE, case["file"])) as archive:
        return {name[:-4]: npy.parse(archive.read(name))
                for name in archive.namelist()}


def run_case(whorl_run, options, case, element, directory):
    """The message of a failure, or nothing."""
    graph = Graph(case, load_arrays(case), element)
    BUILDERS[case["op"]](graph)
    path = os.path.join(directory, "case.mlir")
    with open(path, "w", encoding="utf-8") as file:
        file.write(graph.text())
    command = [whorl_run, path, "--quiet", "--threads=1", *options]
    for name, _, array in graph.arguments:
        array.save(os.path.join(directory, f"in_{name}.npy"))
        command.append(f"--input={directory}/in_{name}.npy")
    for _, _, key in graph.results:
        graph.arrays[key].save(os.path.join(directory, f"out_{key}.npy"))
        command.append(f"--expected={directory}/out_{key}.npy:"
                       f"{get_tolerance(case, element)}")
    process = subprocess.run(command, capture_output=True, text=True)
    if process.returncode == 0:
        return None
    return f"{process.stderr}\n{graph.text()}"


def main():
    whorl_run = sys.argv[1]
    options = [word for word in sys.argv[2:] if word.startswith("--")]
    only = [word for word in sys.argv[2:] if not word.startswith("--")]
    with open(os.path.join(HERE, "cases.json"), encoding="utf-8") as file:
        content = json.load(file)
    runs = [(case, element) for case in content["cases"]
            if not only or case["name"] in only
            for element in get_elements(case)
            if not options or element in HALVES.values()]

    def run(pair):
        with tempfile.TemporaryDirectory() as directory:
            return run_case(whorl_run, options, *pair, directory)

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (case, element), message in zip(runs, pool.map(run, runs)):
            if message:
                failed += 1
                print(f"{case['name']} in {element}: {message}", flush=True)
    passed = len(runs) - failed
    for feature, names in content["not_yet"].items():
        print(f"not yet: {feature}: {len(names)} cases")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
