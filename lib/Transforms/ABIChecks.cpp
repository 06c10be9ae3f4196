//===- ABIChecks.cpp - what callers are checked for -----------------------===//
#include "ABIChecks.h"
#include <dlpack/dlpack.h>

using namespace mlir;
using namespace whorl;

// The generated code reads DLTensor at these offsets.
static_assert(
    offsetof(DLTensor, data) == 0 && offsetof(DLTensor, device) == 8 &&
        offsetof(DLTensor, ndim) == 16 && offsetof(DLTensor, dtype) == 20 &&
        offsetof(DLTensor, shape) == 24 && offsetof(DLTensor, strides) == 32 &&
        offsetof(DLTensor, byte_offset) == 40 && sizeof(DLTensor) == 48,
    "DLPack's C ABI has changed");

/// DLPack 0.8 and later have a code for bool, which Debian's header lacks.
static constexpr int kBoolCode = 6;

static const DLPackType kDLPackTypes[] = {
    {kDLFloat, 16, "float16"}, {kDLBfloat, 16, "bfloat16"},
    {kDLFloat, 32, "float32"}, {kDLFloat, 64, "float64"},
    {kBoolCode, 8, "bool"},    {kDLInt, 8, "int8"},
    {kDLInt, 16, "int16"},     {kDLInt, 32, "int32"},
    {kDLInt, 64, "int64"},     {kDLUInt, 8, "uint8"}};

DLPackType whorl::getDLPackType(Type type) {
  auto find = [](int code, int bits) {
    return *llvm::find_if(kDLPackTypes, [&](const DLPackType &candidate) {
      return candidate.code == code && candidate.bits == bits;
    });
  };
  if (isa<BFloat16Type>(type))
    return find(kDLBfloat, 16);
  if (auto real = dyn_cast<FloatType>(type))
    return find(kDLFloat, real.getWidth());
  if (type.isInteger(1))
    return find(kBoolCode, 8);
  return find(kDLInt, isa<IndexType>(type) ? 64 : type.getIntOrFloatBitWidth());
}

/// A DLDataType as the little-endian 32-bit word that it is in memory.
static int64_t packType(DLPackType type) {
  return type.code | type.bits << 8 | /*lanes=*/1 << 16;
}

Value MessageTable::get(ImplicitLocOpBuilder &builder, StringRef text) {
  LLVM::GlobalOp &global = globals[text];
  if (!global) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(module.getBody());
    std::string terminated = text.str();
    terminated.push_back('\0');
    auto type =
        LLVM::LLVMArrayType::get(builder.getI8Type(), terminated.size());
    global = LLVM::GlobalOp::create(
        builder, type, /*isConstant=*/true, LLVM::Linkage::Internal,
        "whorl.message." + std::to_string(globals.size() - 1),
        builder.getStringAttr(terminated));
  }
  return LLVM::AddressOfOp::create(builder, global);
}

ABIChecker::ABIChecker(ImplicitLocOpBuilder &builder, MessageTable &messages,
                       LLVM::LLVMFuncOp function)
    : builder(builder), messages(messages),
      pointerType(LLVM::LLVMPointerType::get(builder.getContext())) {
  OpBuilder::InsertionGuard guard(builder);
  failure = builder.createBlock(&function.getBody(), function.getBody().end(),
                                pointerType, builder.getLoc());
  LLVM::ReturnOp::create(builder, failure->getArgument(0));
}

Value ABIChecker::constant(int64_t value, unsigned bits) {
  return LLVM::ConstantOp::create(
      builder, builder.getIntegerAttr(builder.getIntegerType(bits), value));
}

Value ABIChecker::compare(LLVM::ICmpPredicate predicate, Value lhs, Value rhs) {
  return LLVM::ICmpOp::create(builder, predicate, lhs, rhs);
}

Value ABIChecker::isNull(Value pointer) {
  return compare(LLVM::ICmpPredicate::eq, pointer,
                 LLVM::ZeroOp::create(builder, pointerType));
}

Value ABIChecker::gep(Value pointer, int64_t bytes) {
  return LLVM::GEPOp::create(builder, pointerType, builder.getI8Type(), pointer,
                             LLVM::GEPArg(int32_t(bytes)));
}

Value ABIChecker::loadPointer(Value tensors, unsigned index) {
  return LLVM::LoadOp::create(builder, pointerType,
                              gep(tensors, sizeof(void *) * index));
}

Value ABIChecker::loadField(Value tensor, size_t offset, Type type) {
  return LLVM::LoadOp::create(builder, type, gep(tensor, offset));
}

Value ABIChecker::loadSize(Value array, unsigned index) {
  return LLVM::LoadOp::create(builder, builder.getI64Type(),
                              gep(array, sizeof(int64_t) * index));
}

void ABIChecker::require(Value condition, StringRef message) {
  requireOrDescribe(condition, [&] { return messages.get(builder, message); });
}

void ABIChecker::requireOrDescribe(Value condition,
                                   llvm::function_ref<Value()> describe) {
  Region *region = builder.getBlock()->getParent();
  Block *next, *bad;
  {
    OpBuilder::InsertionGuard guard(builder);
    bad = builder.createBlock(region, failure->getIterator());
    Value message = describe();
    LLVM::BrOp::create(builder, message, failure);
    next = builder.createBlock(region, failure->getIterator());
  }
  // Callers tend to be right.
  LLVM::CondBrOp::create(builder, condition, next, ValueRange(), bad,
                         ValueRange(), std::make_pair(1000u, 1u));
  builder.setInsertionPointToEnd(next);
}

void ABIChecker::checkRank(Value tensor, const std::string &name, size_t rank) {
  constexpr int64_t kMaxDescribedRank = 6;
  Value actual =
      loadField(tensor, offsetof(DLTensor, ndim), builder.getI32Type());
  std::string expected = name + ": expected rank " + std::to_string(rank);
  auto describe = [&] {
    Value message = messages.get(builder, expected);
    for (int64_t other = 0; other <= kMaxDescribedRank; ++other) {
      if (other == int64_t(rank))
        continue;
      Value is = compare(LLVM::ICmpPredicate::eq, actual, constant(other, 32));
      Value text =
          messages.get(builder, expected + ", got " + std::to_string(other));
      message = LLVM::SelectOp::create(builder, is, text, message);
    }
    return message;
  };
  requireOrDescribe(
      compare(LLVM::ICmpPredicate::eq, actual, constant(rank, 32)), describe);
}

void ABIChecker::checkType(Value tensor, const std::string &name, Type type) {
  DLPackType wanted = getDLPackType(type);
  Value actual =
      loadField(tensor, offsetof(DLTensor, dtype), builder.getI32Type());
  std::string expected = name + ": expected " + wanted.name;
  auto describe = [&] {
    Value message = messages.get(builder, expected + ", got another type");
    for (const DLPackType &other : kDLPackTypes) {
      if (packType(other) == packType(wanted))
        continue;
      Value is = compare(LLVM::ICmpPredicate::eq, actual,
                         constant(packType(other), 32));
      Value text = messages.get(builder, expected + ", got " + other.name);
      message = LLVM::SelectOp::create(builder, is, text, message);
    }
    return message;
  };
  requireOrDescribe(
      compare(LLVM::ICmpPredicate::eq, actual, constant(packType(wanted), 32)),
      describe);
}

/// Strides are absent, or those of a compact row-major tensor. The stride of a
/// dimension of size 1 is never used, and none is when there are no elements.
void ABIChecker::checkStrides(Value tensor, const std::string &name,
                              const CheckedTensor &checked, Value isEmpty) {
  size_t rank = checked.sizes.size();
  if (rank == 0)
    return;
  Value strides = loadField(tensor, offsetof(DLTensor, strides), pointerType);
  Region *region = builder.getBlock()->getParent();
  Block *present, *done;
  {
    OpBuilder::InsertionGuard guard(builder);
    present = builder.createBlock(region, failure->getIterator());
    done = builder.createBlock(region, failure->getIterator());
  }
  Value skip = LLVM::OrOp::create(builder, isNull(strides), isEmpty);
  LLVM::CondBrOp::create(builder, skip, done, present);
  builder.setInsertionPointToEnd(present);
  Value expected = constant(1);
  Value compact = constant(1, 1);
  for (int64_t dim = rank - 1; dim >= 0; --dim) {
    Value size = checked.sizes[dim];
    Value equal =
        compare(LLVM::ICmpPredicate::eq, loadSize(strides, dim), expected);
    Value unused = compare(LLVM::ICmpPredicate::eq, size, constant(1));
    Value fits = LLVM::OrOp::create(builder, equal, unused);
    compact = LLVM::AndOp::create(builder, compact, fits);
    expected = LLVM::MulOp::create(builder, expected, size);
  }
  require(compact, name + ": expected a compact row-major tensor (strides NULL "
                          "or those of its shape); copy it first");
  LLVM::BrOp::create(builder, ValueRange(), done);
  builder.setInsertionPointToEnd(done);
}

Value ABIChecker::checkData(Value tensor, const std::string &name,
                            int64_t elementBytes, Value isEmpty) {
  Value base = loadField(tensor, offsetof(DLTensor, data), pointerType);
  Value present = compare(LLVM::ICmpPredicate::ne, base,
                          LLVM::ZeroOp::create(builder, pointerType));
  require(LLVM::OrOp::create(builder, present, isEmpty),
          name + ": data is null, expected " + std::to_string(elementBytes) +
              " bytes an element");
  Value offset =
      loadField(tensor, offsetof(DLTensor, byte_offset), builder.getI64Type());
  Value data = LLVM::GEPOp::create(builder, pointerType, builder.getI8Type(),
                                   base, LLVM::GEPArg(offset));
  if (elementBytes > 1) {
    Value address =
        LLVM::PtrToIntOp::create(builder, builder.getI64Type(), data);
    Value rest =
        LLVM::AndOp::create(builder, address, constant(elementBytes - 1));
    Value aligned = compare(LLVM::ICmpPredicate::eq, rest, constant(0));
    require(LLVM::OrOp::create(builder, aligned, isEmpty),
            name + ": expected data aligned to " +
                std::to_string(elementBytes) + " bytes");
  }
  return data;
}

CheckedTensor ABIChecker::checkTensor(Value tensors, bool isInput,
                                      unsigned index,
                                      const Parameter &parameter) {
  std::string name = describeParameter(isInput, index, parameter);
  ArrayRef<int64_t> shape = parameter.getShape();
  Value tensor = loadPointer(tensors, index);
  require(compare(LLVM::ICmpPredicate::ne, tensor,
                  LLVM::ZeroOp::create(builder, pointerType)),
          name + ": expected a DLTensor, got NULL");
  Value device =
      loadField(tensor, offsetof(DLTensor, device), builder.getI32Type());
  require(compare(LLVM::ICmpPredicate::eq, device, constant(kDLCPU, 32)),
          name + ": expected a tensor in CPU memory (kDLCPU)");
  checkRank(tensor, name, shape.size());
  checkType(tensor, name, parameter.getElementType());

  CheckedTensor checked;
  Value elements = constant(1);
  if (!shape.empty()) {
    Value sizes = loadField(tensor, offsetof(DLTensor, shape), pointerType);
    require(compare(LLVM::ICmpPredicate::ne, sizes,
                    LLVM::ZeroOp::create(builder, pointerType)),
            name + ": shape is NULL");
    for (auto [dim, expected] : llvm::enumerate(shape)) {
      Value size = loadSize(sizes, dim);
      std::string dimension = name + ": dimension " + std::to_string(dim);
      if (ShapedType::isDynamic(expected))
        require(compare(LLVM::ICmpPredicate::sge, size, constant(0)),
                dimension + " is negative");
      else
        require(compare(LLVM::ICmpPredicate::eq, size, constant(expected)),
                dimension + " must be " + std::to_string(expected));
      checked.sizes.push_back(size);
      elements = LLVM::MulOp::create(builder, elements, size);
    }
  }
  int64_t elementBytes = getDLPackType(parameter.getElementType()).bits / 8;
  Value isEmpty = compare(LLVM::ICmpPredicate::eq, elements, constant(0));
  checkStrides(tensor, name, checked, isEmpty);
  checked.data = checkData(tensor, name, elementBytes, isEmpty);
  checked.bytes =
      LLVM::MulOp::create(builder, elements, constant(elementBytes));
  return checked;
}

void ABIChecker::checkDisjoint(const CheckedTensor &a, const CheckedTensor &b,
                               StringRef message) {
  auto address = [&](const CheckedTensor &tensor) -> Value {
    return LLVM::PtrToIntOp::create(builder, builder.getI64Type(), tensor.data);
  };
  // a ends before b begins, or the other way round; an empty tensor overlaps
  // nothing.
  auto before = [&](const CheckedTensor &first, const CheckedTensor &second) {
    Value end = LLVM::AddOp::create(builder, address(first), first.bytes);
    return compare(LLVM::ICmpPredicate::ule, end, address(second));
  };
  auto isEmpty = [&](const CheckedTensor &tensor) {
    return compare(LLVM::ICmpPredicate::eq, tensor.bytes, constant(0));
  };
  Value disjoint = LLVM::OrOp::create(builder, before(a, b), before(b, a));
  Value empty = LLVM::OrOp::create(builder, isEmpty(a), isEmpty(b));
  require(LLVM::OrOp::create(builder, disjoint, empty), message);
}
