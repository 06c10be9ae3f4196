//===- ElementwiseToLoops.cpp - elementwise linalg becomes one pass -------===//
//
// A linalg op whose loops are all parallel becomes one vectorised pass over
// memory. Loops that are contiguous in all operands merge into one first, so
// that most chains of elementwise ops are a single loop. It is cut into chunks
// of a fixed size, which run in parallel: results do not depend on the number
// of threads. A last, partial vector is masked: each element takes the same
// path wherever it stands.
//
//===----------------------------------------------------------------------===//

#include "ElementwiseAnalysis.h"
#include "LaneExpander.h"
#include "RandomLoops.h"
#include "TargetVectors.h"
#include "Whorl/Conversion/WhorlToCPU.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"

using namespace mlir;

namespace whorl {
#define GEN_PASS_DEF_WHORLLOWERELEMENTWISE
#include "Whorl/Conversion/Passes.h.inc"
} // namespace whorl

using namespace whorl;

/// Elements of a chunk: large enough to be worth a thread's while, small enough
/// for balance.
static constexpr int64_t chunkSize = 1 << 14;

namespace {
/// Writes the loops of one op.
class ElementwiseEmitter {
public:
  ElementwiseEmitter(linalg::GenericOp op, const ElementwisePlan &plan,
                     OpBuilder &builder)
      : op(op), plan(plan), b(op.getLoc(), builder) {}

  void emit();

private:
  void replaceIndexOps();
  void emitLoops(ValueRange sizes);
  void emitChunk(ValueRange outer, Value first, Value end);
  void emitVector(Value position, Value lastLane);
  Value readOperand(unsigned operand, Value position);
  LaneValue readLanes(unsigned operand, Value position, Value lastLane);
  Value gatherLanes(unsigned operand, Value position, Value lastLane);
  void writeLanes(unsigned operand, Value position, Value lastLane,
                  Value vector);
  SmallVector<Value> getIndices(unsigned operand, Value position);
  Value getMask(Value lastLane);
  bool isSmall();
  bool hasTail();
  bool isRead(unsigned operand) {
    return !op.getBody()->getArgument(operand).use_empty();
  }
  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(b, value);
  }
  VectorType getVectorType(Type element) {
    return VectorType::get({plan.lanes}, element);
  }

  linalg::GenericOp op;
  const ElementwisePlan &plan;
  ImplicitLocOpBuilder b;
  SmallVector<Value> loops;    ///< the induction variables; vector loop: null
  SmallVector<Value> uniforms; ///< operands that all lanes share, by operand
};
} // namespace

/// linalg.index reads a loop: the body gets one more argument per loop.
void ElementwiseEmitter::replaceIndexOps() {
  Block &body = *op.getBody();
  for (unsigned loop = 0; loop < op.getNumLoops(); ++loop)
    body.addArgument(b.getIndexType(), b.getLoc());
  unsigned first = op->getNumOperands();
  for (auto index : llvm::to_vector(body.getOps<linalg::IndexOp>())) {
    index.replaceAllUsesWith(body.getArgument(first + index.getDim()));
    index.erase();
  }
}

/// Whether the op has no more elements than a chunk, for certain.
bool ElementwiseEmitter::isSmall() {
  int64_t count = 1;
  for (int64_t size : op.getStaticLoopRanges()) {
    if (ShapedType::isDynamic(size) || size > chunkSize)
      return false;
    count *= size;
    if (count > chunkSize)
      return false;
  }
  return true;
}

/// Whether there may be a partial vector. Chunks are whole vectors, so that the
/// size of the whole loop tells.
bool ElementwiseEmitter::hasTail() {
  int64_t size = op.getStaticLoopRanges()[plan.vectorLoop];
  return ShapedType::isDynamic(size) || size % plan.lanes != 0;
}

void ElementwiseEmitter::emit() {
  b.setInsertionPoint(op);
  auto linalgOp = cast<linalg::LinalgOp>(op.getOperation());
  SmallVector<Value> sizes;
  for (Range range : linalgOp.createLoopRanges(b, b.getLoc()))
    sizes.push_back(getValueOrCreateConstantIndexOp(b, b.getLoc(), range.size));
  replaceIndexOps();
  emitLoops(sizes);
  op->erase();
}

/// The loops around the vector loop, and the loop over its chunks.
void ElementwiseEmitter::emitLoops(ValueRange sizes) {
  Value end = sizes[plan.vectorLoop];
  SmallVector<Value> lower, upper, steps;
  for (unsigned loop = 0; loop < sizes.size(); ++loop) {
    if (loop == plan.vectorLoop)
      continue;
    lower.push_back(index(0));
    upper.push_back(sizes[loop]);
    steps.push_back(index(1));
  }
  OpBuilder::InsertionGuard guard(b);
  if (isSmall()) {
    scf::LoopNest nest = scf::buildLoopNest(b, b.getLoc(), lower, upper, steps);
    SmallVector<Value> outer;
    for (scf::ForOp loop : nest.loops)
      outer.push_back(loop.getInductionVar());
    if (!nest.loops.empty())
      b.setInsertionPoint(nest.loops.back().getBody()->getTerminator());
    emitChunk(outer, index(0), end);
    return;
  }
  lower.push_back(index(0));
  upper.push_back(end);
  steps.push_back(index(chunkSize));
  auto parallel = scf::ParallelOp::create(b, lower, upper, steps);
  b.setInsertionPoint(parallel.getBody()->getTerminator());
  SmallVector<Value> variables =
      llvm::to_vector(ValueRange(parallel.getInductionVars()));
  Value first = variables.back();
  Value chunkEnd = arith::AddIOp::create(b, first, index(chunkSize));
  chunkEnd = arith::MinSIOp::create(b, chunkEnd, end);
  emitChunk(ValueRange(variables).drop_back(), first, chunkEnd);
}

/// Elements first..end of the vector loop: whole vectors, then a masked one.
void ElementwiseEmitter::emitChunk(ValueRange outer, Value first, Value end) {
  loops.assign(op.getNumLoops(), Value());
  for (unsigned loop = 0, next = 0; loop < op.getNumLoops(); ++loop)
    if (loop != plan.vectorLoop)
      loops[loop] = outer[next++];
  uniforms.assign(op->getNumOperands(), Value());
  for (unsigned operand = 0; operand < op->getNumOperands(); ++operand)
    if (plan.accesses[operand] == LaneAccess::uniform && isRead(operand))
      uniforms[operand] = readOperand(operand, Value());

  Value lanes = index(plan.lanes), rest, wholeEnd = end;
  if (hasTail()) {
    rest =
        arith::RemUIOp::create(b, arith::SubIOp::create(b, end, first), lanes);
    wholeEnd = arith::SubIOp::create(b, end, rest);
  }
  auto loop = scf::ForOp::create(b, first, wholeEnd, lanes);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    emitVector(loop.getInductionVar(), Value());
  }
  if (!rest)
    return;
  Value isPartial =
      arith::CmpIOp::create(b, arith::CmpIPredicate::ne, rest, index(0));
  auto tail = scf::IfOp::create(b, isPartial, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(tail.thenBlock());
  emitVector(wholeEnd, arith::SubIOp::create(b, rest, index(1)));
}

/// `lanes` elements from `position` on; with `lastLane`, up to that lane.
void ElementwiseEmitter::emitVector(Value position, Value lastLane) {
  Block &body = *op.getBody();
  LaneExpander expander(b, plan.lanes, lastLane);
  for (unsigned operand = 0; operand < op->getNumOperands(); ++operand)
    if (isRead(operand))
      expander.map(body.getArgument(operand),
                   readLanes(operand, position, lastLane));
  for (unsigned loop = 0; loop < op.getNumLoops(); ++loop)
    expander.map(body.getArgument(op->getNumOperands() + loop),
                 loop == plan.vectorLoop
                     ? LaneValue::affine(position, /*stride=*/1,
                                         /*multiple=*/plan.lanes)
                     : LaneValue::uniform(loops[loop]));
  OperandRange results = body.getTerminator()->getOperands();
  expander.expand(body, results);
  for (auto [i, value] : llvm::enumerate(results))
    writeLanes(op.getNumDpsInputs() + i, position, lastLane,
               expander.getVector(value));
}

SmallVector<Value> ElementwiseEmitter::getIndices(unsigned operand,
                                                  Value position) {
  SmallVector<Value> indices;
  AffineMap map = op.getIndexingMapsArray()[operand];
  for (AffineExpr result : map.getResults()) {
    if (auto constant = dyn_cast<AffineConstantExpr>(result)) {
      indices.push_back(index(constant.getValue()));
      continue;
    }
    unsigned loop = cast<AffineDimExpr>(result).getPosition();
    indices.push_back(loop == plan.vectorLoop ? position : loops[loop]);
  }
  return indices;
}

Value ElementwiseEmitter::readOperand(unsigned operand, Value position) {
  Value value = op->getOperand(operand);
  if (!isa<MemRefType>(value.getType()))
    return value;
  return memref::LoadOp::create(b, value, getIndices(operand, position));
}

Value ElementwiseEmitter::getMask(Value lastLane) {
  Value count = arith::AddIOp::create(b, lastLane, index(1));
  return vector::CreateMaskOp::create(b, getVectorType(b.getI1Type()), count);
}

LaneValue ElementwiseEmitter::readLanes(unsigned operand, Value position,
                                        Value lastLane) {
  if (plan.accesses[operand] == LaneAccess::uniform)
    return LaneValue::uniform(uniforms[operand]);
  if (plan.accesses[operand] == LaneAccess::strided)
    return LaneValue::vector(gatherLanes(operand, position, lastLane));
  Value memref = op->getOperand(operand);
  VectorType type =
      getVectorType(cast<MemRefType>(memref.getType()).getElementType());
  SmallVector<Value> indices = getIndices(operand, position);
  if (!lastLane)
    return LaneValue::vector(vector::LoadOp::create(b, type, memref, indices));
  Value zero = arith::ConstantOp::create(b, b.getZeroAttr(type));
  return LaneValue::vector(vector::MaskedLoadOp::create(
      b, type, memref, indices, getMask(lastLane), zero));
}

Value ElementwiseEmitter::gatherLanes(unsigned operand, Value position,
                                      Value lastLane) {
  auto memref = cast<MemRefType>(op->getOperand(operand).getType());
  VectorType type = getVectorType(memref.getElementType());
  Value result = arith::ConstantOp::create(b, b.getZeroAttr(type));
  for (int64_t lane = 0; lane < plan.lanes; ++lane) {
    // Lanes that do not exist read what the last one reads.
    Value offset = index(lane);
    if (lastLane)
      offset = arith::MinSIOp::create(b, offset, lastLane);
    Value element =
        readOperand(operand, arith::AddIOp::create(b, position, offset));
    result = vector::InsertOp::create(b, element, result, lane);
  }
  return result;
}

void ElementwiseEmitter::writeLanes(unsigned operand, Value position,
                                    Value lastLane, Value vector) {
  Value memref = op->getOperand(operand);
  SmallVector<Value> indices = getIndices(operand, position);
  if (lastLane)
    vector::MaskedStoreOp::create(b, memref, indices, getMask(lastLane),
                                  vector);
  else
    vector::StoreOp::create(b, vector, memref, indices);
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

/// The op with neighbouring loops merged.
static linalg::GenericOp mergeLoops(linalg::GenericOp op,
                                    IRRewriter &rewriter) {
  SmallVector<ReassociationIndices> groups = getMergeableLoops(op);
  // Random bits are counted in row-major order: one loop gives the number of an
  // element as it is.
  bool isNumbered =
      op.hasIndexSemantics() && groups.size() == 1 && onlyNumbersElements(op);
  if ((op.hasIndexSemantics() && !isNumbered) ||
      groups.size() == op.getNumLoops())
    return op;
  rewriter.setInsertionPoint(op);
  linalg::GenericOp source = op;
  Value number;
  if (isNumbered) {
    source = cast<linalg::GenericOp>(rewriter.clone(*op));
    number = arith::ConstantIndexOp::create(rewriter, op.getLoc(), 0);
    hideElementNumbers(source, number);
  }
  FailureOr<linalg::CollapseResult> collapsed =
      linalg::collapseOpIterationDims(source, groups, rewriter);
  if (source != op)
    rewriter.eraseOp(source);
  if (failed(collapsed))
    return op;
  rewriter.eraseOp(op);
  auto merged = cast<linalg::GenericOp>(collapsed->collapsedOp.getOperation());
  if (number)
    showElementNumbers(merged, number);
  return merged;
}

static LogicalResult lowerElementwise(linalg::LinalgOp op, int64_t vectorBytes,
                                      IRRewriter &rewriter) {
  auto generic = dyn_cast<linalg::GenericOp>(op.getOperation());
  if (!generic) {
    rewriter.setInsertionPoint(op);
    FailureOr<linalg::GenericOp> general =
        linalg::generalizeNamedOp(rewriter, op);
    if (failed(general))
      return failure();
    generic = *general;
  }
  generic = mergeLoops(generic, rewriter);
  FailureOr<ElementwisePlan> plan = planElementwise(generic, vectorBytes);
  if (failed(plan))
    return failure();
  ElementwiseEmitter(generic, *plan, rewriter).emit();
  return success();
}

namespace {
struct LowerElementwisePass
    : whorl::impl::WhorlLowerElementwiseBase<LowerElementwisePass> {
  void runOnOperation() override {
    SmallVector<linalg::LinalgOp> ops;
    getOperation()->walk([&](linalg::LinalgOp op) {
      if (op.hasPureBufferSemantics() &&
          op.getNumParallelLoops() == op.getNumLoops())
        ops.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    int64_t vectorBytes = getVectorBytes(getOperation());
    // What has no vector form is left to upstream's loops.
    for (linalg::LinalgOp op : ops)
      (void)lowerElementwise(op, vectorBytes, rewriter);
  }
};
} // namespace
