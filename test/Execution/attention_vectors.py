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
from attention_graph import (Graph, build_attention, expand_heads,
                             mask_attribute, shaped, typed)
from rotary_cases import (append_rotations, build_mla, build_onnx_rotary,
                          position_clause, rope_attribute)

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "vectors",
                    "attention")
HALVES = {"float16": "f16", "bfloat16": "bf16"}


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
        positions, ids = position_clause(graph)
        clauses += [f"position [{rope}]", positions]
        append_rotations(graph, rope, query, key, ids)
    build_attention(graph, query, key, value, clauses, lse_key=lse)


def build_embedding(graph):
    p = graph.case["parameters"]
    if graph.case["op"] == "embed_sinusoidal":
        shape = graph.arrays["table"].shape
        ids, id_shape, id_type = graph.argument("pos", graph.arrays["pos"])
        order = {"interleaved": "interleaved", "concat": "half"}[p["layout"]]
        fields = f"base = {p['base']:e}, order = {order}"
        if p["frequencies"] != "base^{-2i/d}":
            fields += ", range = closed"
        if p["zero_row"] is not None:
            fields += f", padding = {p['zero_row']}"
        zeros = npy.Array("<f8", shape, [0.0] * (shape[0] * shape[1]))
        x, _ = graph.tensor("x", zeros)
        graph.body.append(
            f"%y = whorl.encode_position #whorl.sinusoidal<{fields}> {x} "
            f"positions({ids} : "
            f"{shaped(id_shape, id_type)}) : {shaped(shape, graph.element)}")
        graph.expect("%y", shape, graph.element, "table")
        return
    x, shape = graph.tensor("x")
    learned, name = "#whorl.learned", "P"
    if "alpha" in p:
        learned, name = f"#whorl.learned<alpha = {p['alpha']}>", "E"
    table, table_shape = graph.tensor(name)
    offset = p.get("table_offset", 0) + p.get("offset", 0)
    graph.body.append(
        f"%y = whorl.encode_position {learned} {x} "
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
    "embed_learned_hierarchical": build_embedding,
    "attention_mla": build_mla, "onnx_Attention": build_onnx_attention,
    "onnx_RotaryEmbedding": build_onnx_rotary,
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
