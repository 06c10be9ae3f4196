"""ONNX Runtime's CPU provider: Attention, GroupQueryAttention and
MultiHeadAttention, each with inputs in the layout that it likes."""

import numpy
import onnxruntime
import torch
from onnx import TensorProto, helper

from forms import Form, Unsupported
from problem import repeat_heads, rows_first

NAME = "ONNX Runtime"
TYPES = {torch.float32: TensorProto.FLOAT, torch.float16: TensorProto.FLOAT16,
         torch.int32: TensorProto.INT32}


def versions():
    return f"onnxruntime {onnxruntime.__version__}"


def forms(problem, threads=1):
    case = problem.case
    if case.dtype == "bf16":
        raise Unsupported("its CPU kernels of attention take no bf16")
    if case.position == "shaw":
        raise Unsupported("no attention op takes a term of q and the distance")
    yield attention(problem, threads)
    square = case.q[2] == case.k[2] and case.offset == 0
    if (case.mask in ("causal", "window") and square
            and case.position in ("none", "rope")):
        yield group_query_attention(problem, threads)
    if not case.softcap and case.position != "rope":
        yield multi_head_attention(problem, threads)


def attention(problem, threads):
    """The standard op of opset 23, after RotaryEmbedding where needed."""
    case = problem.case
    graph = Graph(problem.dtype)
    names = [graph.add(name, tensor) for name, tensor in
             (("q", problem.q), ("k", problem.k), ("v", problem.v))]
    if case.position == "rope":
        for index, tables in enumerate(problem.rope):
            cos, sin = (graph.add(f"{kind}{index}", table[None].expand(
                case.q[0], -1, -1).contiguous())
                for kind, table in zip(("cos", "sin"), tables))
            graph.node("RotaryEmbedding", [names[index], cos, sin],
                       [f"rotated{index}"])
            names[index] = f"rotated{index}"
    options = {"softcap": case.softcap} if case.softcap else {}
    if case.mask == "causal" and case.offset == 0 and \
            case.position in ("none", "rope"):
        options["is_causal"] = 1
    elif problem.bias is not None:
        names.append(graph.add("mask", problem.bias.to(problem.dtype)))
    graph.node("Attention", names, ["out"], **options)
    what = "Attention-23"
    return graph.form(f"RotaryEmbedding, {what}" if case.position == "rope"
                      else what, threads, lambda out: out)


def group_query_attention(problem, threads):
    """Microsoft's op for decoders: causal, with RoPE, window and soft cap."""
    case = problem.case
    batch, heads, rows, _ = case.q
    graph = Graph(problem.dtype)
    names = [graph.add(name, rows_first(tensor).flatten(2)) for name, tensor in
             (("q", problem.q), ("k", problem.k), ("v", problem.v))]
    last = torch.full((batch,), rows - 1, dtype=torch.int32)
    total = torch.tensor([rows], dtype=torch.int32)
    names += ["", "", graph.add("last", last), graph.add("total", total)]
    options = {"num_heads": heads, "kv_num_heads": case.k[1]}
    if case.position == "rope":
        options["do_rotary"] = 1
        names += [graph.add(kind, table) for kind, table in
                  zip(("cos", "sin"), problem.rope[0])]
    if case.mask == "window":
        options["local_window_size"] = case.window
    if case.softcap:
        options["softcap"] = case.softcap
    graph.node("GroupQueryAttention", names, ["out", "key", "value"],
               domain="com.microsoft", **options)
    return graph.form("GroupQueryAttention", threads, split_heads(case))


def multi_head_attention(problem, threads):
    case = problem.case
    graph = Graph(problem.dtype)
    names = [graph.add(name, rows_first(tensor).flatten(2)) for name, tensor in
             (("q", problem.q), ("k", repeat_heads(problem.k, case.group)),
              ("v", repeat_heads(problem.v, case.group)))]
    options = {"num_heads": case.q[1]}
    if case.mask == "causal" and case.position == "none":
        options["unidirectional"] = 1
    elif problem.bias is not None:
        bias = problem.bias.to(problem.dtype)
        bias = bias.expand(1, 1, *bias.shape) if bias.dim() == 2 else bias
        names += ["", "", graph.add("bias", bias.contiguous())]
    graph.node("MultiHeadAttention", names, ["out"], domain="com.microsoft",
               **options)
    return graph.form("MultiHeadAttention", threads, split_heads(case))


def split_heads(case):
    return lambda out: out.view(case.q[0], case.q[2], case.q[1],
                                case.v[3]).transpose(1, 2)


class Graph:
    """Collects nodes and their inputs, and makes a session of them."""

    def __init__(self, dtype):
        self.dtype = dtype
        self.nodes = []
        self.feeds = {}

    def add(self, name, tensor):
        self.feeds[name] = tensor
        return name

    def node(self, operator, inputs, outputs, **options):
        self.nodes.append(helper.make_node(operator, inputs, outputs,
                                           **options))

    def form(self, name, threads, arrange):
        outputs = list(self.nodes[-1].output)
        model = helper.make_model(helper.make_graph(
            self.nodes, "attention",
            [helper.make_tensor_value_info(key, TYPES[value.dtype],
                                           value.shape)
             for key, value in self.feeds.items()],
            [helper.make_tensor_value_info(key, TYPES[self.dtype], None)
             for key in outputs]), ir_version=10, opset_imports=[
                 helper.make_opsetid("", 23),
                 helper.make_opsetid("com.microsoft", 1)])
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), session_options(threads),
            providers=["CPUExecutionProvider"])
        binding = session.io_binding()
        arrays = {key: value.numpy() for key, value in self.feeds.items()}
        for key, array in arrays.items():
            binding.bind_cpu_input(key, array)
        for key in outputs:
            binding.bind_output(key, "cpu")

        def result():
            # Keeps the arrays that the binding points to, too.
            assert arrays
            return arrange(torch.from_numpy(numpy.array(
                binding.copy_outputs_to_cpu()[0])))
        return Form(name, lambda: session.run_with_iobinding(binding), result)


def session_options(threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return options
