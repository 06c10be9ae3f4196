//===- LoopBuilder.cpp - index arithmetic and loops, briefly --------------===//

#include "Whorl/Utils/LoopBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/Hashing.h"

using namespace mlir;
using namespace whorl;

Value LoopBuilder::index(int64_t value) {
  return arith::ConstantIndexOp::create(*this, value);
}
Value LoopBuilder::add(Value x, Value y) {
  return createOrFold<arith::AddIOp>(x, y);
}
Value LoopBuilder::sub(Value x, Value y) {
  return createOrFold<arith::SubIOp>(x, y);
}
Value LoopBuilder::mul(Value x, Value y) {
  return createOrFold<arith::MulIOp>(x, y);
}
Value LoopBuilder::min(Value x, Value y) {
  return createOrFold<arith::MinSIOp>(x, y);
}
Value LoopBuilder::max(Value x, Value y) {
  return createOrFold<arith::MaxSIOp>(x, y);
}
Value LoopBuilder::floorDiv(Value x, Value y) {
  return createOrFold<arith::FloorDivSIOp>(x, y);
}
Value LoopBuilder::ceilDiv(Value x, Value y) {
  return createOrFold<arith::CeilDivSIOp>(x, y);
}

Value LoopBuilder::dim(Value memref, unsigned i) {
  return getValueOrCreateConstantIndexOp(
      *this, getLoc(), memref::getMixedSize(*this, getLoc(), memref, i));
}

Value LoopBuilder::constant(Type type, double value) {
  TypedAttr attribute = getFloatAttr(getElementTypeOrSelf(type), value);
  if (auto vector = dyn_cast<VectorType>(type))
    attribute = DenseElementsAttr::get(vector, attribute);
  return arith::ConstantOp::create(*this, attribute);
}

Value LoopBuilder::load(Value memref, ValueRange indices) {
  return memref::LoadOp::create(*this, memref, indices);
}

void LoopBuilder::store(Value value, Value memref, ValueRange indices) {
  memref::StoreOp::create(*this, value, memref, indices);
}

SmallVector<Value>
LoopBuilder::loop(Value lower, Value upper, Value step, ValueRange carried,
                  function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  OpBuilder::InsertionGuard guard(*this);
  auto loop = scf::ForOp::create(
      *this, lower, upper, step, carried,
      [&](OpBuilder &nested, Location, Value iv, ValueRange arguments) {
        setInsertionPoint(nested.getInsertionBlock(),
                          nested.getInsertionPoint());
        SmallVector<Value> results = body(iv, arguments);
        scf::YieldOp::create(*this, results);
      });
  return loop.getResults();
}

void LoopBuilder::loop(Value lower, Value upper, Value step,
                       function_ref<void(Value)> body) {
  loop(lower, upper, step, {}, [&](Value iv, ValueRange) {
    body(iv);
    return SmallVector<Value>();
  });
}

void LoopBuilder::loop(Value upper, function_ref<void(Value)> body) {
  loop(index(0), upper, index(1), body);
}

void LoopBuilder::parallel(ValueRange bounds,
                           function_ref<void(ValueRange)> body) {
  OpBuilder::InsertionGuard guard(*this);
  SmallVector<Value> lower(bounds.size(), index(0));
  SmallVector<Value> step(bounds.size(), index(1));
  scf::ParallelOp::create(*this, lower, bounds, step,
                          [&](OpBuilder &nested, Location, ValueRange ivs) {
                            setInsertionPoint(nested.getInsertionBlock(),
                                              nested.getInsertionPoint());
                            body(ivs);
                          });
}

SmallVector<Value>
LoopBuilder::branch(Value condition,
                    function_ref<SmallVector<Value>()> thenBody,
                    function_ref<SmallVector<Value>()> elseBody) {
  auto build = [&](function_ref<SmallVector<Value>()> body) {
    return [this, body](OpBuilder &nested, Location) {
      OpBuilder::InsertionGuard guard(*this);
      setInsertionPoint(nested.getInsertionBlock(), nested.getInsertionPoint());
      SmallVector<Value> results = body();
      scf::YieldOp::create(*this, results);
    };
  };
  OpBuilder::InsertionGuard guard(*this);
  auto thenBuilder = build(thenBody);
  auto elseBuilder = build(elseBody);
  auto branch = scf::IfOp::create(*this, condition, thenBuilder, elseBuilder);
  return branch.getResults();
}

Value LoopBuilder::allocate(Type element, ArrayRef<OpFoldResult> sizes) {
  SmallVector<int64_t> shape;
  SmallVector<Value> dynamic;
  dispatchIndexOpFoldResults(sizes, dynamic, shape);
  auto type = MemRefType::get(shape, element);
  return memref::AllocOp::create(*this, type, dynamic, getI64IntegerAttr(64));
}

void LoopBuilder::free(Value memref) {
  memref::DeallocOp::create(*this, memref);
}

Value LoopBuilder::allocateScratch(Type element, ArrayRef<OpFoldResult> sizes) {
  constexpr int64_t mostBytes = 256 << 10;
  int64_t room = mostBytes / (element.getIntOrFloatBitWidth() / 8);
  SmallVector<int64_t> shape;
  for (OpFoldResult size : sizes) {
    std::optional<int64_t> constant = getConstantIntValue(size);
    if (!constant || *constant > room)
      return allocate(element, sizes);
    room /= std::max<int64_t>(*constant, 1);
    shape.push_back(*constant);
  }
  return memref::AllocaOp::create(*this, MemRefType::get(shape, element),
                                  getI64IntegerAttr(64));
}

void LoopBuilder::freeScratch(ArrayRef<Value> memrefs) {
  for (Value memref : memrefs)
    if (memref && memref.getDefiningOp<memref::AllocOp>())
      free(memref);
}

/// A view of what is left of `memref` when the dims in `fixed` are set to an
/// index each. Not a subview: those may not start in an empty dimension.
static Value getView(LoopBuilder &b, Value memref,
                     ArrayRef<std::pair<unsigned, Value>> fixed) {
  auto metadata = memref::ExtractStridedMetadataOp::create(b, memref);
  SmallVector<OpFoldResult> allSizes = metadata.getConstifiedMixedSizes();
  SmallVector<OpFoldResult> allStrides = metadata.getConstifiedMixedStrides();
  Value offset = getValueOrCreateConstantIndexOp(
      b, b.getLoc(), metadata.getConstifiedMixedOffset());
  SmallVector<OpFoldResult> sizes, strides;
  for (auto [dim, size] : llvm::enumerate(allSizes)) {
    auto *found = llvm::find_if(
        fixed, [dim = dim](auto &pair) { return pair.first == dim; });
    if (found == fixed.end()) {
      sizes.push_back(size);
      strides.push_back(allStrides[dim]);
      continue;
    }
    Value stride =
        getValueOrCreateConstantIndexOp(b, b.getLoc(), allStrides[dim]);
    offset = b.add(offset, b.mul(found->second, stride));
  }
  SmallVector<int64_t> staticStrides, staticSizes;
  SmallVector<Value> dynamicStrides, dynamicSizes;
  dispatchIndexOpFoldResults(strides, dynamicStrides, staticStrides);
  dispatchIndexOpFoldResults(sizes, dynamicSizes, staticSizes);
  auto layout = StridedLayoutAttr::get(b.getContext(), ShapedType::kDynamic,
                                       staticStrides);
  auto type = MemRefType::get(
      staticSizes, cast<MemRefType>(memref.getType()).getElementType(), layout);
  return memref::ReinterpretCastOp::create(
      b, type, metadata.getBaseBuffer(), OpFoldResult(offset), sizes, strides);
}

SmallVector<Value> whorl::getUsedValues(Operation &op) {
  SmallVector<Value> used(op.getOperands());
  for (Region &region : op.getRegions())
    region.walk([&](Operation *nested) {
      for (Value operand : nested->getOperands()) {
        Operation *owner = operand.getParentBlock()->getParentOp();
        if (!owner || !op.isAncestor(owner))
          used.push_back(operand);
      }
    });
  return used;
}

Value whorl::getHeadView(LoopBuilder &b, Value memref, Layout layout,
                         Value batch, Value head) {
  return getView(b, memref,
                 {{0, batch}, {layout == Layout::bhnd ? 1 : 2, head}});
}

Value whorl::getRowView(LoopBuilder &b, Value matrix, Value row) {
  return getView(b, matrix, {{0, row}});
}

//===----------------------------------------------------------------------===//
// MemRefReader
//===----------------------------------------------------------------------===//

Value MemRefReader::read(ImplicitLocOpBuilder &b, unsigned operand,
                         ValueRange indices) const {
  Value value = operands[operand];
  if (!isa<MemRefType>(value.getType()))
    return value;
  return memref::LoadOp::create(b, value, indices);
}

Value MemRefReader::getDim(ImplicitLocOpBuilder &b, unsigned operand,
                           unsigned dim) const {
  return b.createOrFold<memref::DimOp>(operands[operand], dim);
}

Type MemRefReader::getType(unsigned operand) const {
  return operands[operand].getType();
}

/// The global with this content; tables of one content share it.
static memref::GlobalOp getTable(ModuleOp module, Location loc,
                                 ArrayRef<double> table) {
  MLIRContext *context = module.getContext();
  auto size = static_cast<int64_t>(table.size());
  auto type = RankedTensorType::get({size}, Float64Type::get(context));
  auto content = DenseElementsAttr::get(type, table);
  for (auto global : module.getOps<memref::GlobalOp>())
    if (global.getInitialValueAttr() == content && global.getConstant())
      return global;
  auto number = llvm::range_size(module.getOps<memref::GlobalOp>());
  std::string name = ("__whorl_table_" + Twine(number)).str();
  while (module.lookupSymbol(name))
    name += "_";
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  return memref::GlobalOp::create(
      builder, loc, name, builder.getStringAttr("private"),
      MemRefType::get({size}, Float64Type::get(context)), content,
      /*constant=*/true, /*alignment=*/builder.getI64IntegerAttr(64));
}

Value MemRefReader::readConstantTable(ImplicitLocOpBuilder &b,
                                      ArrayRef<double> table,
                                      Value index) const {
  memref::GlobalOp global = getTable(module, b.getLoc(), table);
  Value memref =
      memref::GetGlobalOp::create(b, global.getType(), global.getName());
  return memref::LoadOp::create(b, memref, index);
}

std::unique_ptr<OperandReader> MemRefReader::dropFront(unsigned first) const {
  return std::make_unique<MemRefReader>(module,
                                        ArrayRef(operands).drop_front(first));
}
