"""Cases of the attention vectors with rotary encodings, as graphs."""

import npy
from attention_graph import (build_attention, expand_heads, mask_attribute,
                             shaped, typed)


def _fields(name, values):
    """An attribute; parameters that are None are left out."""
    texts = []
    for key, value in values.items():
        if value is None:
            continue
        if isinstance(value, float):
            value = f"{value:.17e}"
        if isinstance(value, list):
            value = "[" + ", ".join(
                f"{v:.17e}" if isinstance(v, float) else str(v)
                for v in value) + "]"
        texts.append(f"{key} = {value}")
    return f"#whorl.{name}<{', '.join(texts)}>"


def scaling_attribute(scaling, magnitude):
    """The scaling of a case, or None."""
    kind = scaling["type"]
    context = scaling.get("original_max_position_embeddings")
    if kind == "linear":
        return _fields("position_interpolation", {"factor": scaling["factor"]})
    if kind == "dynamic":
        return _fields("dynamic_ntk", {
            "factor": scaling["factor"],
            "original_context": scaling["max_position_embeddings"]})
    if kind == "yarn":
        # DeepSeek divides two attention factors: the case gives the quotient.
        given = magnitude if "mscale" in scaling else None
        return _fields("yarn", {
            "factor": scaling["factor"], "original_context": context,
            "beta_fast": scaling.get("beta_fast"),
            "beta_slow": scaling.get("beta_slow"),
            "attention_factor": scaling.get("attention_factor", given)})
    if kind == "llama3":
        return _fields("llama3", {
            "factor": scaling["factor"], "original_context": context,
            "low_frequency_factor": scaling["low_freq_factor"],
            "high_frequency_factor": scaling["high_freq_factor"]})
    if kind == "longrope":
        return _fields("longrope", {
            "short_factors": scaling["short_factor"],
            "long_factors": scaling["long_factor"],
            "original_context": context,
            "factor": scaling["max_position_embeddings"] / context})
    if kind == "xpos":
        return _fields("xpos", {"scale_base": float(scaling["scale_base"])})
    if kind not in ("none", "default"):
        raise ValueError(f"scaling {kind}")
    return None


def section_fields(rotary):
    """Which axis turns which pair, from the frequencies that the case lists."""
    if rotary.get("kind") == "mrope":
        order = {"blocks": None}.get(rotary["section_layout"], "interleaved")
        return {"sections": rotary["sections"], "section_order": order}
    if rotary.get("kind") != "2d":
        return {}
    pairs = rotary["rotary_dim"] // 4
    rows, columns = rotary["theta_h"], rotary["theta_w"]
    fields = {"sections": [pairs, pairs], "section_frequencies":
              "own" if rows == columns else "strided"}
    if rows[0] != 1.0:  # angles in turns
        fields["multiplier"] = rows[0]
    return fields


def rope_attribute(rotary):
    values = {"theta": rotary["base"], "pairing": rotary["pairing"],
              "rotary_dim": rotary["rotary_dim"],
              "rotary_start": rotary["start"],
              "scaling": scaling_attribute(rotary["scaling"],
                                           rotary.get("magnitude"))}
    return _fields("rope", {**values, **section_fields(rotary)})


def position_arrays(graph):
    """The ids of queries and keys, as our layouts want them."""
    if "pos_q" in graph.arrays:
        return graph.arrays["pos_q"], graph.arrays["pos_k"]
    ids = graph.arrays["pos"]
    rotary = graph.case["parameters"]["rotary"]
    if rotary.get("kind") == "2d":  # [N, 2] -> [2, B, N]
        batch = graph.case["parameters"]["B"]
        # Rows of a prefix stay as they are: position 0 turns nothing.
        values = []
        for axis in (0, 1):
            row = [0] * rotary.get("prefix_unrotated", 0) + ids.values[axis::2]
            values += row * batch
        ids = npy.Array(ids.descr, [2, batch, len(values) // batch // 2],
                        values)
    return ids, ids


def position_clause(graph):
    """The clause, and the ids as typed operands."""
    query, key = position_arrays(graph)
    operands = [graph.argument("pos_q", query)]
    operands.append(graph.argument("pos_k", key) if key is not query
                    else operands[0])
    types = [(name, shaped(shape, element)) for name, shape, element in operands]
    return "positions" + typed([n for n, _ in types],
                               [t for _, t in types]), types


def append_rotations(graph, rope, query, key, ids):
    """Query and key rotated by themselves, compared with the case's."""
    for role, (name, shape), (id_name, id_type) in zip(
            ("query", "key"), (query, key), ids):
        graph.body.append(
            f"%{role}_rot = whorl.encode_position {rope} {name} role {role} "
            f"positions({id_name} : {id_type}) : "
            f"{shaped(shape, graph.element)}")
        graph.expect(f"%{role}_rot", shape, graph.element, f"{role[0]}_rot")


def build_mla(graph):
    """Multi-head latent attention: keys and values by the projection's matrix,
    with a rotated part that all heads share."""
    p = graph.case["parameters"]
    heads, nope, rank = p["Hq"], p["nope"], p["kv_rank"]
    query, q_shape = graph.tensor("q")
    latent, l_shape = graph.tensor("latent")
    shared, s_shape = graph.tensor("k_rope")
    weights, w_shape = graph.tensor("W_kv_b")
    element = graph.element
    rows = l_shape[1]
    size = w_shape[1]
    projected = [p["B"], heads, rows, size]
    full = [p["B"], heads, rows, nope + p["rope"]]
    spread = [p["B"], heads, rows, p["rope"]]
    values = [p["B"], heads, rows, size - nope]
    keys = [p["B"], heads, rows, nope]
    graph.body += [
        f"%zero = arith.constant 0.0 : {element}",
        f"%pe = tensor.empty() : {shaped(projected, element)}",
        f"%pz = linalg.fill ins(%zero : {element}) outs(%pe : "
        f"{shaped(projected, element)}) -> {shaped(projected, element)}",
        f"%kv = linalg.generic {{indexing_maps = [affine_map<(b, h, n, d, c) -> "
        "(b, n, c)>, affine_map<(b, h, n, d, c) -> (h, d, c)>, "
        "affine_map<(b, h, n, d, c) -> (b, h, n, d)>], iterator_types = "
        '["parallel", "parallel", "parallel", "parallel", "reduction"]} '
        f"ins({latent}, {weights} : {shaped(l_shape, element)}, "
        f"{shaped(w_shape, element)}) outs(%pz : {shaped(projected, element)}) {{",
        f"^bb0(%x: {element}, %y: {element}, %acc: {element}):",
        f"  %product = arith.mulf %x, %y : {element}",
        f"  %sum = arith.addf %acc, %product : {element}",
        f"  linalg.yield %sum : {element}",
        f"}} -> {shaped(projected, element)}",
        f"%nope = tensor.extract_slice %kv[0, 0, 0, 0] {keys} [1, 1, 1, 1] : "
        f"{shaped(projected, element)} to {shaped(keys, element)}",
        f"%values = tensor.extract_slice %kv[0, 0, 0, {nope}] {values} "
        f"[1, 1, 1, 1] : {shaped(projected, element)} to "
        f"{shaped(values, element)}",
        f"%one = tensor.collapse_shape {shared} [[0, 1], [2], [3]] : "
        f"{shaped(s_shape, element)} into "
        f"{shaped([p['B'], rows, p['rope']], element)}",
        f"%se = tensor.empty() : {shaped(spread, element)}",
        f"%spread = linalg.broadcast ins(%one : "
        f"{shaped([p['B'], rows, p['rope']], element)}) outs(%se : "
        f"{shaped(spread, element)}) dimensions = [1]",
        f"%keys = tensor.concat dim(3) %nope, %spread : "
        f"({shaped(keys, element)}, {shaped(spread, element)}) -> "
        f"{shaped(full, element)}"]
    graph.expect("%nope", keys, element, "k_nope")
    graph.expect("%values", values, element, "v")
    clause, _ = position_clause(graph)
    build_attention(
        graph, (query, q_shape), ("%keys", full), ("%values", values),
        [f"scale({p['scale']:.17e})", clause,
         f"position [{rope_attribute(p['rotary'])}]"]
        + mask_attribute(graph, p["mask"]), lse_key="lse")
    assert rank == w_shape[2]


def build_onnx_rotary(graph):
    """The operator RotaryEmbedding."""
    attributes = graph.case["parameters"]["attributes"]
    x, shape = graph.tensor("X")
    layout, flat = "bhnd", shape
    if len(shape) == 3:
        x, shape = expand_heads(graph, x, shape, attributes["num_heads"])
        layout = "bnhd"
    interleaved = attributes.get("interleaved", 0)
    cache = _fields("rope_cache", {
        "pairing": "interleaved" if interleaved else "half",
        "rotary_dim": attributes.get("rotary_embedding_dim", 0)})
    operands = [graph.tensor(name) for name in ("cos_cache", "sin_cache")]
    clauses = "operands" + typed(
        [name for name, _ in operands],
        [shaped(s, graph.element) for _, s in operands])
    if "position_ids" in graph.arrays:
        name, id_shape, id_type = graph.argument("position_ids",
                                                 graph.arrays["position_ids"])
        clauses += f" positions({name} : {shaped(id_shape, id_type)})"
    graph.body.append(
        f"%y = whorl.encode_position {cache} {x} role query layout {layout} "
        f"{clauses} : {shaped(shape, graph.element)}")
    result = "%y"
    if flat != shape:
        graph.body.append(
            f"%flat = tensor.collapse_shape %y [[0], [1], [2, 3]] : "
            f"{shaped(shape, graph.element)} into {shaped(flat, graph.element)}")
        result = "%flat"
    graph.expect(result, flat, graph.element, "Y")
