"""OpenVINO's CPU plugin: ScaledDotProductAttention in a small model."""

import numpy
import openvino
import torch
from openvino import Type, opset13

from forms import Form, Unsupported

NAME = "OpenVINO"
TYPES = {torch.float32: Type.f32, torch.float16: Type.f16,
         torch.bfloat16: Type.bf16}
HINTS = {torch.float32: "f32", torch.float16: "f16", torch.bfloat16: "bf16"}
WIDE = 16  # a group's heads become rows where a head has so few of its own


def versions():
    return f"openvino {openvino.__version__.split('-')[0]}"


def forms(problem, threads=1):
    case = problem.case
    if case.softcap:
        raise Unsupported("ScaledDotProductAttention has no soft cap")
    if case.position == "shaw":
        raise Unsupported("ScaledDotProductAttention takes no term of q and "
                          "the distance")
    yield attention(problem, threads)
    if case.group > 1 and case.mask == "none" and case.position == "none" \
            and case.q[2] <= WIDE:
        yield grouped(problem, threads)


def attention(problem, threads):
    case = problem.case
    model = Model(problem.dtype, threads)
    query, key, value = (model.add(tensor) for tensor in
                         (problem.q, problem.k, problem.v))
    if case.position == "rope":
        query = rotated(model, query, problem.rope[0])
        key = rotated(model, key, problem.rope[1])
    key, value = (repeated(node, shape, case.group)
                  for node, shape in ((key, case.k), (value, case.v)))
    causal = case.mask == "causal" and case.offset == 0 and \
        case.q[2] == case.k[2] and case.position in ("none", "rope")
    operands = [query, key, value]
    if not causal and problem.bias is not None:
        bias = problem.bias.to(problem.dtype)
        bias = bias[None, None] if bias.dim() == 2 else bias
        operands.append(model.add(bias.contiguous()))
    name = "SDPA causal" if causal else \
        "SDPA with mask" if len(operands) == 4 else "SDPA"
    return model.form(name, opset13.scaled_dot_product_attention(
        *operands, causal=causal), lambda out: out)


def grouped(problem, threads):
    """The heads of a group as rows of one head: right where all is seen."""
    case = problem.case
    model = Model(problem.dtype, threads)
    query = problem.q.reshape(case.q[0], case.k[1], case.group * case.q[2],
                              case.q[3])
    nodes = [model.add(tensor) for tensor in (query, problem.k, problem.v)]
    return model.form("SDPA, heads of a group as rows",
                      opset13.scaled_dot_product_attention(*nodes),
                      lambda out: out.view(*case.q[:3], case.v[3]))


def rotated(model, node, tables):
    """The graph of RoPE that OpenVINO's own fusion looks for."""
    cos, sin = (model.add(torch.cat((table, table), -1)[None, None])
                for table in tables)
    half = tables[0].shape[-1]
    parts = opset13.variadic_split(node, numpy.int64(-1),
                                   numpy.array([half, half]))
    minus = opset13.constant(-1, dtype=TYPES[model.dtype])
    turned = opset13.concat([opset13.multiply(parts.output(1), minus),
                             parts.output(0)], -1)
    return opset13.add(opset13.multiply(node, cos),
                       opset13.multiply(turned, sin))


def repeated(node, shape, group):
    """Keys or values with each head as often as its group has queries."""
    if group == 1:
        return node
    batch, heads, keys, size = shape
    wide = opset13.broadcast(
        opset13.unsqueeze(node, numpy.int64(2)),
        numpy.array([batch, heads, group, keys, size]),
        broadcast_spec="BIDIRECTIONAL")
    return opset13.reshape(
        wide, numpy.array([batch, heads * group, keys, size]), False)


class Model:
    """Collects parameters with their tensors, and compiles the graph."""

    def __init__(self, dtype, threads):
        self.dtype = dtype
        self.threads = threads
        self.parameters = []
        self.tensors = []

    def add(self, tensor):
        tensor = tensor.contiguous()
        node = opset13.parameter(list(tensor.shape), TYPES[tensor.dtype])
        self.parameters.append(node)
        self.tensors.append(tensor)
        return node

    def form(self, name, node, arrange):
        compiled = openvino.Core().compile_model(
            openvino.Model([node], self.parameters, "attention"), "CPU",
            {"INFERENCE_NUM_THREADS": self.threads, "NUM_STREAMS": 1,
             "ENABLE_CPU_PINNING": False,
             "INFERENCE_PRECISION_HINT": HINTS[self.dtype]})
        request = compiled.create_infer_request()
        for index, tensor in enumerate(self.tensors):
            request.set_input_tensor(index, shared(tensor))
        tensors = self.tensors

        def result():
            assert tensors  # what the request points to
            out = request.get_output_tensor(0)
            data = numpy.array(out.data, copy=True)
            if self.dtype == torch.bfloat16:
                return arrange(torch.from_numpy(data.view(numpy.int16)).view(
                    torch.bfloat16))
            return arrange(torch.from_numpy(data))
        return Form(name, request.infer, result)


def shared(tensor):
    """An OpenVINO tensor over a torch tensor's memory."""
    if tensor.dtype == torch.bfloat16:
        return openvino.Tensor(tensor.view(torch.int16).numpy(),
                               list(tensor.shape), Type.bf16)
    return openvino.Tensor(tensor.numpy(), shared_memory=True)
