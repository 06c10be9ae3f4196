//===- Passes.td - passes on the way from a graph to the C ABI ------------===//
#ifndef WHORL_TRANSFORMS_PASSES_TD
#define WHORL_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def WhorlFuse : Pass<"whorl-fuse-attention", "::mlir::func::FuncOp"> {
  let summary = "Moves what stands around an attention into it";
  let description = [{
    * `whorl.encode_position` on the query and on the key of an attention, with
      one encoding and matching positions, becomes a position encoding of it.
    * A multiplication of query or key by a constant becomes part of the scale.
    * A bias that is 0 where a boolean tensor is true, and -inf elsewhere, becomes
      a mask; a bias of zeros goes.
    * A bias that is computed element by element from smaller tensors is computed
      in the score region instead.

    Each rewrite is made only where the moved op has no other use.
  }];
  let dependentDialects = ["::whorl::WhorlDialect", "::mlir::arith::ArithDialect",
      "::mlir::tensor::TensorDialect"];
}

def WhorlPlan : Pass<"whorl-plan-schedules", "::mlir::ModuleOp"> {
  let summary = "Chooses a schedule for each op";
  let description = [{
    Picks a `#whorl.cpu_schedule` for each `whorl.attention` from the module's
    `whorl.target`, and attaches it. A schedule that is there already is kept; one
    that `schedules` has for the attention and the target goes before one that is
    picked.
  }];
  let options = [
    Option<"schedules", "schedules", "std::string", "\"\"",
      "a file that whorl-bench --tune wrote; none when empty">,
    Option<"threads", "threads", "int64_t", "1",
      "threads of a parallel loop; 0: OpenMP decides">];
  let dependentDialects = ["::whorl::WhorlDialect"];
}

def WhorlDecomposeTensors
    : Pass<"whorl-decompose-tensors", "::mlir::func::FuncOp"> {
  let summary = "Writes tensor ops that do not lower in terms of others";
  let description = [{
    `tensor.concat` becomes insertions into one tensor, `linalg.softmax`
    reductions and elementwise ops, `whorl.recur_positions` a loop over rows.
  }];
  let dependentDialects = ["::mlir::tensor::TensorDialect",
      "::mlir::scf::SCFDialect",
      "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
      "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect"];
}

def WhorlExpandCopies
    : Pass<"whorl-expand-copies", "::mlir::func::FuncOp"> {
  let summary = "Makes copies between views elementwise linalg";
  let description = [{
    A `memref.copy` of which one side is not contiguous would call a function of
    MLIR's run-time library, which compiled code does not have. Contiguous copies
    stay: they become memcpy.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect"];
}

def WhorlExpandMath : Pass<"whorl-expand-math", "::mlir::func::FuncOp"> {
  let summary = "Turns elementary functions of f32 into polynomials";
  let description = [{
    exp, log, sin, cos and their kin on f32, scalar or vector, become upstream's
    polynomial approximations: a vector would otherwise become one call of libm
    per lane. tanh becomes our own, within 2 ulp, and c tanh(x / c) a formula for
    soft caps. f64 keeps libm.
  }];
  let dependentDialects = ["::mlir::math::MathDialect",
      "::mlir::arith::ArithDialect", "::mlir::vector::VectorDialect"];
}

def WhorlSetTarget : Pass<"whorl-set-target", "::mlir::ModuleOp"> {
  let summary = "Attaches the description of the CPU to the module";
  let description = [{
    Sets the module attribute `whorl.target` to the `#whorl.cpu_target` of
    `target`, unless the module has one already, which a person may have written
    by hand. Planning and lowering read this attribute and nothing else.
  }];
  let options = [Option<"target", "target", "std::string", "\"host\"",
      "host, or a CPU that LLVM knows: x86-64-v3, znver5, ...">];
  let dependentDialects = ["::whorl::WhorlDialect"];
}

def WhorlRequireSizes : Pass<"whorl-require-sizes", "::mlir::ModuleOp"> {
  let summary = "Collects the size conditions of a function's ops at its entry";
  let description = [{
    Conditions on sizes that verifiers leave to run time (two dynamic dimensions
    that must agree) are rewritten in terms of the sizes of the function's
    arguments and placed at the head of the function as `whorl.require`.
    Conditions come from `DestinationOpInterface::getSizeRequirements`, from the
    operands of `linalg` ops, and from `tensor.cast`. Those that hold always are
    dropped; one that never holds, or that depends on more than the arguments'
    sizes, is an error.

    Runs on graphs without calls.
  }];
  let dependentDialects = ["::whorl::WhorlDialect", "::mlir::arith::ArithDialect",
      "::mlir::tensor::TensorDialect", "::mlir::affine::AffineDialect"];
}

def WhorlDestinationFunctions
    : Pass<"whorl-destination-functions", "::mlir::ModuleOp"> {
  let summary = "Makes the results of public functions arguments";
  let description = [{
    Each result of a public function becomes a memref argument after the inputs,
    which the function fills; a tensor by
    `bufferization.materialize_in_destination`, so that bufferisation computes it
    in place. Sizes of outputs that the inputs imply are required by
    `whorl.require`. Inputs are marked as not writable.

    The function remembers its signature on tensors in the attribute `whorl.abi`:
    the argument names, and the types of inputs and outputs.

    A function with outputs of dynamic size gets a companion `NAME__shape`, which
    takes the inputs and returns the outputs' sizes, all dimensions of all
    outputs in order; the attribute `whorl.shape_of` names its function.

    Runs on graphs without calls.
  }];
  let dependentDialects = ["::whorl::WhorlDialect", "::mlir::arith::ArithDialect",
      "::mlir::tensor::TensorDialect", "::mlir::memref::MemRefDialect",
      "::mlir::bufferization::BufferizationDialect",
      "::mlir::affine::AffineDialect"];
}

def WhorlVerifyContract : Pass<"whorl-verify-contract", "::mlir::ModuleOp"> {
  let summary = "Checks what must hold after a stage";
  let description = [{
    * simplify, fuse: no calls, and every function has a body.
    * plan: the same; the module has a target and every attention a schedule.
    * bufferise: no tensors, and no results on whorl's ops.
    * lower: no ops of whorl (but `whorl.require` and `whorl.progress`) or linalg.
    * finish: nothing but the LLVM and OpenMP dialects.
  }];
  let options = [Option<"stage", "stage", "std::string", "\"\"",
      "simplify, fuse, plan, bufferise, lower or finish">];
}

def WhorlSequentialLoops : Pass<"whorl-sequential-loops"> {
  let summary = "Turns parallel loops that no thread team runs into plain loops";
  let description = [{
    All `scf.parallel` with `all`; otherwise those inside another one.
  }];
  let options = [Option<"all", "all", "bool", "false",
      "the outermost parallel loops, too">];
  let dependentDialects = ["::mlir::scf::SCFDialect"];
}

def WhorlExpandSteps : Pass<"whorl-expand-steps"> {
  let summary = "Turns diffusion steps into elementwise code";
  let description = [{
    Each `whorl.step` on tensors becomes one elementwise `linalg.generic`, x' = A
    x + B m + sum_k B_k p_k + C z and what is kept, where used, which upstream's
    fusion merges with its neighbours (casts, guidance). The coefficients are
    constants where the step index is known or they never change; else they are
    read, once per step, from a constant table. Terms that are always 0 vanish.
    The arithmetic is f64 for f64, else f32. Each `whorl.schedule_value` becomes a
    constant or such a read.

    `whorl.guidance`, `whorl.add_noise` and `whorl.precondition` become elementwise
    code, too, with factors computed once, or once for each sample; sums over a
    sample are a pass of their own. `whorl.noise_input`, `whorl.training_time` and
    `whorl.loss_weight` become scalar code.

    An index outside the table reads the nearest entry. Ops on memrefs stay.
  }];
  let options = [Option<"valuesOnly", "values-only", "bool", "false",
      "expand what yields scalars alone; the reference lowers the rest "
      "itself">];
  let dependentDialects = ["::mlir::arith::ArithDialect",
      "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
      "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"];
}

def WhorlExpandSampling : Pass<"whorl-expand-sampling"> {
  let summary = "Turns sampling runs into loops of steps";
  let description = [{
    Each `whorl.sample` becomes an `scf.for` over the calls of the model, or one call
    after the other with its attribute `unroll` or this pass's option: the model's
    region, then `whorl.guidance`, `whorl.random` and `whorl.step` as the op's
    clauses ask, and `whorl.progress` in loops. What the sampler looks back on
    stays where it is: each step puts what it keeps where the oldest prediction
    was, and a loop that looks back on several has a branch for each place.
  }];
  let options = [Option<"unroll", "unroll", "bool", "false",
      "unroll every run">];
  let dependentDialects = ["::whorl::WhorlDialect", "::mlir::arith::ArithDialect",
      "::mlir::linalg::LinalgDialect", "::mlir::scf::SCFDialect",
      "::mlir::tensor::TensorDialect"];
}

def WhorlPrintSchedule : Pass<"whorl-print-schedule"> {
  let summary = "Prints the numbers of each sampling run";
  let description = [{
    One table for each pair of sampler and schedule that `whorl.step` or
    `whorl.sample` uses, on
    stdout, as comments: the level of each call, the coefficients of the state x,
    the model's output m (with a hook: of the x0 that it leaves), the predictions
    p1, p2 kept of the calls before, and the noise z. Schedules that only
    `whorl.schedule_value` uses are printed as levels. Changes nothing.
  }];
}

def WhorlExpandBF16 : Pass<"whorl-expand-bf16", "::mlir::ModuleOp"> {
  let summary = "Converts between f32 and bf16 by integer arithmetic";
  let description = [{
    So that vectors stay vectors and no run time library is called. Rounding is
    left alone where the target has an instruction for it (avx512bf16), unless
    `always` is set.
  }];
  let options = [Option<"always", "always", "bool", "false",
      "also where the target has an instruction">];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def WhorlEmulateInstructions
    : Pass<"whorl-emulate-instructions", "::mlir::ModuleOp"> {
  let summary = "Replaces instructions that this machine lacks, for tests";
  let description = [{
    Calls of the intrinsics that our kernels use become calls of functions that
    compute the same, bit for bit, where the machine that runs the compiler has
    no such instruction; then the module's target becomes this machine. So code
    for any x86 CPU can be run and checked on any other. The semantics are those
    of Intel's manual:

    * `vdpbf16ps`: acc + upper products, then + lower products, each a fused
      multiply-add rounded to nearest even; denormals are zero on the way in and
      out.
    * AMX's tile instructions: on tiles in memory, see TileEmulation.h; the
      system is not asked for permission.
    * `vcvtne2ps2bf16`: rounded to nearest even; denormals are zero; NaN stays
      NaN.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
      "::whorl::WhorlDialect"];
}

def WhorlLowerAllocaScopes : Pass<"whorl-lower-alloca-scopes"> {
  let summary = "Turns scopes of stack memory into stack save and restore";
  let description = [{
    `memref.alloca_scope` holds one block: it must be gone before `scf` becomes
    control flow. Conversion to OpenMP puts one into every loop.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def WhorlFuseElementwise : Pass<"whorl-fuse-elementwise"> {
  let summary = "Makes chains of elementwise linalg ops one op";
  let description = [{
    Upstream's fusion, where the producer has no other user. Unlike
    `linalg-fuse-elementwise-ops`, a reshape moves only where it stands between
    two elementwise ops: elsewhere it would cost the loop-carried state its
    place in memory.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
      "::mlir::tensor::TensorDialect"];
}

def WhorlReuseLoopState : Pass<"whorl-reuse-loop-state"> {
  let summary = "Lets loops update their state in place";
  let description = [{
    An elementwise op that computes the next value of a tensor that a loop
    carries, and reads the old value element by element, gets the old one as its
    destination instead of a new tensor, so that bufferisation needs neither a
    second buffer nor an allocation per iteration. Runs before bufferisation,
    which still decides whether that is safe.
  }];
}

def WhorlLowerVectors : Pass<"whorl-lower-vectors"> {
  let summary = "Lowers vector ops to those that LLVM has";
  let description = [{
    What `convert-vector-to-llvm` does before it converts: transfers,
    contractions, broadcasts, transpositions and masks become ops on vectors of
    rank one.
  }];
  let dependentDialects = ["::mlir::vector::VectorDialect",
      "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
      "::mlir::ub::UBDialect"];
}

def WhorlConvertToLLVM : Pass<"whorl-convert-to-llvm", "::mlir::ModuleOp"> {
  let summary = "Converts everything to the LLVM dialect in one go";
  let description = [{
    As `convert-to-llvm`, with buffers from `aligned_alloc`.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def WhorlLowerABI : Pass<"whorl-lower-abi", "::mlir::ModuleOp"> {
  let summary = "Gives public functions the C ABI";
  let description = [{
    For each function with a `whorl.abi` attribute, emits
    `const char *NAME(const DLTensor *const *inputs, DLTensor *const *outputs)`,
    which checks every tensor before it reads or writes, then calls the function,
    now private and named `NAME.body`. `whorl.require` becomes an early return of
    its message. `NAME__shape` gets the same prototype; it writes the sizes of
    the outputs to the `shape` of each output and touches nothing else of them. A
    function with `whorl.progress` gets the twin `NAME_with_progress`.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::func::FuncDialect",
      "::mlir::cf::ControlFlowDialect", "::mlir::memref::MemRefDialect",
      "::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect"];
}

def WhorlExpandRandom : Pass<"whorl-expand-random"> {
  let summary = "Turns random tensors into elementwise code";
  let description = [{
    Each `whorl.random` on tensors becomes one `linalg.generic` without inputs,
    whose body reads `whorl.random_bits` at the element's coordinates and builds
    the distribution's value from them. It fuses into its consumer, elementwise
    or reduction, where that is its only one; else the tensor is made. Random
    tensors on memrefs stay.
  }];
  let dependentDialects = ["::whorl::WhorlDialect", "::mlir::arith::ArithDialect",
      "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
      "::mlir::tensor::TensorDialect"];
}

def WhorlExpandRandomBits : Pass<"whorl-expand-random-bits"> {
  let summary = "Evaluates generators element by element";
  let description = [{
    Each `whorl.random_bits` becomes the integer arithmetic of its generator: what
    no lowering has evaluated for whole vectors.
  }];
  let dependentDialects = ["::whorl::WhorlDialect",
      "::mlir::arith::ArithDialect", "::mlir::vector::VectorDialect"];
}

#endif // WHORL_TRANSFORMS_PASSES_TD
