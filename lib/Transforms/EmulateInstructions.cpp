//===- EmulateInstructions.cpp - instructions that this machine lacks -----===//

#include "Whorl/IR/WhorlDialect.h"
#include "Whorl/Target/CPUDescription.h"
#include "Whorl/Transforms/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_WHORLEMULATEINSTRUCTIONS
#include "Whorl/Transforms/Passes.h.inc"
} // namespace whorl

using namespace whorl;

namespace {
/// Arithmetic on vectors of i32 and f32 with as many lanes as `like`.
struct LaneBuilder : ImplicitLocOpBuilder {
  LaneBuilder(Location loc, OpBuilder &builder, int64_t lanes)
      : ImplicitLocOpBuilder(loc, builder), lanes(lanes) {}

  VectorType get(Type element) { return VectorType::get({lanes}, element); }
  Value constant(uint32_t bits) {
    VectorType type = get(getI32Type());
    auto value = getI32IntegerAttr(static_cast<int32_t>(bits));
    return LLVM::ConstantOp::create(
        *this, type, DenseElementsAttr::get(type, Attribute(value)));
  }
  Value cast(Value x, Type element) {
    return LLVM::BitcastOp::create(*this, get(element), x);
  }
  Value bitAnd(Value x, uint32_t bits) {
    return LLVM::AndOp::create(*this, x, constant(bits));
  }
  Value select(Value condition, Value x, Value y) {
    return LLVM::SelectOp::create(*this, condition, x, y);
  }
  /// The bits of floats, denormals made zeros of the same sign.
  Value flush(Value bits) {
    Value isSmall = LLVM::ICmpOp::create(*this, LLVM::ICmpPredicate::eq,
                                         bitAnd(bits, kExponent), constant(0));
    return select(isSmall, bitAnd(bits, kSign), bits);
  }
  /// x * y + z of the bits of floats.
  Value multiplyAdd(Value x, Value y, Value z) {
    Value sum = LLVM::FMAOp::create(*this, cast(flush(x), getF32Type()),
                                    cast(flush(y), getF32Type()),
                                    cast(flush(z), getF32Type()));
    return flush(cast(sum, getI32Type()));
  }

  static constexpr uint32_t kSign = 0x80000000, kExponent = 0x7f800000;
  int64_t lanes;
};
} // namespace

/// acc + x1 y1 + x0 y0 of words (x1, x0): vdpbf16ps.
static Value buildDotProduct(LaneBuilder &b, ValueRange arguments) {
  Value sum = b.cast(arguments[0], b.getI32Type());
  Value x = arguments[1], y = arguments[2];
  auto upper = [&](Value words) { return b.bitAnd(words, 0xffff0000); };
  auto lower = [&](Value words) -> Value {
    return LLVM::ShlOp::create(b, words, b.constant(16));
  };
  sum = b.multiplyAdd(upper(x), upper(y), sum);
  sum = b.multiplyAdd(lower(x), lower(y), sum);
  return b.cast(sum, b.getF32Type());
}

/// The bits of f32 rounded to the bits of bf16.
static Value buildRounding(LaneBuilder &b, Value x) {
  constexpr uint32_t quietBit = 0x40;
  Value bits = b.flush(b.cast(x, b.getI32Type()));
  Value upper = LLVM::LShrOp::create(b, bits, b.constant(16));
  Value last = b.bitAnd(upper, 1);
  Value half = LLVM::AddOp::create(b, last, b.constant(0x7fff));
  Value rounded = LLVM::LShrOp::create(b, LLVM::AddOp::create(b, bits, half),
                                       b.constant(16));
  Value magnitude = b.bitAnd(bits, ~LaneBuilder::kSign);
  Value isNaN = LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::ugt, magnitude,
                                     b.constant(LaneBuilder::kExponent));
  Value quiet = LLVM::OrOp::create(b, upper, b.constant(quietBit));
  Value result = b.select(isNaN, quiet, rounded);
  return LLVM::TruncOp::create(b, b.get(b.getI16Type()), result);
}

/// The lanes of the second operand, then those of the first: vcvtne2ps2bf16.
static Value buildConversion(LaneBuilder &b, ValueRange arguments) {
  SmallVector<int32_t> all;
  for (int64_t lane = 0; lane < 2 * b.lanes; ++lane)
    all.push_back(lane);
  Value upper = buildRounding(b, arguments[0]);
  Value lower = buildRounding(b, arguments[1]);
  return LLVM::ShuffleVectorOp::create(b, lower, upper, all);
}

namespace {
/// An intrinsic, what computes it, and the feature that makes it needless. The
/// functions take and give integers for bf16, which are a type everywhere.
struct Emulation {
  StringRef prefix, feature;
  Value (*build)(LaneBuilder &, ValueRange);
};

constexpr Emulation kEmulations[] = {
    {"llvm.x86.avx512bf16.dpbf16ps.", "avx512bf16", buildDotProduct},
    {"llvm.x86.avx512bf16.cvtne2ps2bf16.", "avx512bf16", buildConversion},
};

class Emulator {
public:
  explicit Emulator(ModuleOp module) : module(module) {}
  void replace(LLVM::CallIntrinsicOp call, const Emulation &emulation);

private:
  LLVM::LLVMFuncOp getFunction(LLVM::CallIntrinsicOp call,
                               const Emulation &emulation, TypeRange arguments,
                               Type result);
  ModuleOp module;
  llvm::StringMap<LLVM::LLVMFuncOp> functions;
};
} // namespace

static Type getPlainType(Type type, Type integer) {
  auto vector = dyn_cast<VectorType>(type);
  if (!vector || !vector.getElementType().isBF16())
    return type;
  int64_t bits = 16 * vector.getNumElements();
  return VectorType::get({bits / integer.getIntOrFloatBitWidth()}, integer);
}

LLVM::LLVMFuncOp Emulator::getFunction(LLVM::CallIntrinsicOp call,
                                       const Emulation &emulation,
                                       TypeRange arguments, Type result) {
  LLVM::LLVMFuncOp &function = functions[call.getIntrin()];
  if (function)
    return function;
  OpBuilder builder(module.getBodyRegion());
  std::string name = ("whorl.emulate." + call.getIntrin()).str();
  function = LLVM::LLVMFuncOp::create(
      builder, call.getLoc(), name,
      LLVM::LLVMFunctionType::get(result, llvm::to_vector(arguments)),
      LLVM::Linkage::Internal);
  function.setNoInline(true); // kernels have hundreds of calls
  Block *entry = function.addEntryBlock(builder);
  builder.setInsertionPointToStart(entry);
  int64_t lanes = cast<VectorType>(arguments[0]).getNumElements();
  LaneBuilder b(call.getLoc(), builder, lanes);
  Value value = emulation.build(b, entry->getArguments());
  LLVM::ReturnOp::create(b, value);
  return function;
}

void Emulator::replace(LLVM::CallIntrinsicOp call, const Emulation &emulation) {
  ImplicitLocOpBuilder b(call.getLoc(), call);
  SmallVector<Value> arguments;
  for (Value argument : call.getArgs()) {
    Type plain = getPlainType(argument.getType(), b.getI32Type());
    if (plain != argument.getType())
      argument = LLVM::BitcastOp::create(b, plain, argument);
    arguments.push_back(argument);
  }
  Type type = call.getResult(0).getType();
  Type plain = getPlainType(type, b.getI16Type());
  LLVM::LLVMFuncOp function =
      getFunction(call, emulation, ValueRange(arguments).getTypes(), plain);
  Value result = LLVM::CallOp::create(b, function, arguments).getResult();
  if (plain != type)
    result = LLVM::BitcastOp::create(b, type, result);
  call.getResult(0).replaceAllUsesWith(result);
  call.erase();
}

/// Instructions on tiles become calls of TileEmulation.h's functions, which
/// whorl-run brings along.
static bool replaceTileInstruction(LLVM::CallIntrinsicOp call,
                                   ModuleOp module) {
  StringRef name = call.getIntrin();
  constexpr StringRef names[] = {"ldtilecfg",   "tilerelease",  "tilezero",
                                 "tileloadd64", "tilestored64", "tdpbf16ps"};
  if (!name.consume_front("llvm.x86.") || !llvm::is_contained(names, name))
    return false;
  ImplicitLocOpBuilder b(call.getLoc(), call);
  SmallVector<Value> arguments;
  for (Value argument : call.getArgs()) {
    if (argument.getType().isInteger(8)) // the number of a tile
      argument = LLVM::ZExtOp::create(b, b.getI32Type(), argument);
    arguments.push_back(argument);
  }
  std::string function = ("whorl_emulate_" + name).str();
  if (!module.lookupSymbol(function)) {
    OpBuilder builder(module.getBodyRegion());
    auto type = LLVM::LLVMFunctionType::get(
        LLVM::LLVMVoidType::get(call.getContext()),
        llvm::to_vector(ValueRange(arguments).getTypes()));
    LLVM::LLVMFuncOp::create(builder, call.getLoc(), function, type);
  }
  LLVM::CallOp::create(b, TypeRange{}, function, arguments);
  call.erase();
  return true;
}

/// The system is not asked for what is emulated, and says yes.
static void grantPermission(LLVM::InlineAsmOp request) {
  if (request.getAsmString() != "syscall")
    return;
  OpBuilder builder(request);
  Type type = request.getRes().getType();
  Value zero = LLVM::ConstantOp::create(builder, request.getLoc(), type,
                                        builder.getIntegerAttr(type, 0));
  request.getRes().replaceAllUsesWith(zero);
  request.erase();
}

namespace {
struct EmulateInstructionsPass
    : whorl::impl::WhorlEmulateInstructionsBase<EmulateInstructionsPass> {
  void runOnOperation() override {
    CPUDescription host = describeHost();
    Emulator emulator(getOperation());
    bool hasTiles = host.hasFeature("amx-bf16");
    if (!hasTiles)
      getOperation()->walk(grantPermission);
    getOperation()->walk([&](LLVM::CallIntrinsicOp call) {
      if (!hasTiles && replaceTileInstruction(call, getOperation()))
        return;
      for (const Emulation &emulation : kEmulations)
        if (call.getIntrin().starts_with(emulation.prefix) &&
            !host.hasFeature(emulation.feature))
          return emulator.replace(call, emulation);
    });
    getOperation()->setAttr("whorl.target", host.toAttr(&getContext()));
  }
};
} // namespace
