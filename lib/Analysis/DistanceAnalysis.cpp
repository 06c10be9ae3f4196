//===- DistanceAnalysis.cpp - what depends on i - j alone -----------------===//

#include "Whorl/Analysis/DistanceAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace whorl;

static bool onlyReads(Operation &op) {
  if (isMemoryEffectFree(&op))
    return true;
  auto effects = dyn_cast<MemoryEffectOpInterface>(op);
  return effects && effects.onlyHasEffect<MemoryEffects::Read>();
}

DistanceAnalysis::DistanceAnalysis(Block &block, const ScoreIndices &indices)
    : block(block) {
  for (Value argument : block.getArguments())
    values[argument].kind = Dependence::Kind::other;
  values[indices.batch] = {Dependence::Kind::uniform, 0, 0, true, false};
  values[indices.head] = {Dependence::Kind::uniform, 0, 0, false, true};
  values[indices.queryRow] = {Dependence::Kind::affine, 1, 0, false, false};
  values[indices.keyRow] = {Dependence::Kind::affine, 0, 1, false, false};
  for (Operation &op : block)
    analyze(op);
}

DistanceAnalysis::Dependence DistanceAnalysis::get(Value value) const {
  return values.lookup(value); // what comes from outside is uniform
}

bool DistanceAnalysis::isDistance(const Dependence &dependence) {
  switch (dependence.kind) {
  case Dependence::Kind::uniform:
  case Dependence::Kind::distance:
    return true;
  case Dependence::Kind::affine:
    return dependence.queryStep == -dependence.keyStep;
  case Dependence::Kind::other:
    return false;
  }
  llvm_unreachable("unknown kind");
}

bool DistanceAnalysis::isDistance(Value value) const {
  return isDistance(get(value));
}

bool DistanceAnalysis::varies(Value value) const {
  return isDistance(value) && get(value).kind != Dependence::Kind::uniform;
}

bool DistanceAnalysis::dependsOnBatch(Value value) const {
  return get(value).onBatch;
}

bool DistanceAnalysis::dependsOnHead(Value value) const {
  return get(value).onHead;
}

/// Casts that keep a row's number: narrow floats would round it.
static bool keepsRows(Operation &op) {
  if (isa<arith::SIToFPOp>(op))
    return op.getResult(0).getType().getIntOrFloatBitWidth() >= 32;
  return isa<arith::IndexCastOp, arith::ExtSIOp>(op) ||
         (isa<arith::TruncIOp>(op) &&
          op.getResult(0).getType().getIntOrFloatBitWidth() >= 32);
}

std::optional<DistanceAnalysis::Dependence>
DistanceAnalysis::analyzeAffine(Operation &op, ArrayRef<Dependence> operands) {
  auto isAffine = [](const Dependence &operand) {
    return operand.kind == Dependence::Kind::uniform ||
           operand.kind == Dependence::Kind::affine;
  };
  if (op.getNumResults() != 1 || !llvm::all_of(operands, isAffine))
    return std::nullopt;
  if (keepsRows(op))
    return operands[0];
  int64_t sign = isa<arith::SubIOp, arith::SubFOp>(op) ? -1 : 1;
  if (!isa<arith::AddIOp, arith::AddFOp, arith::SubIOp, arith::SubFOp>(op))
    return std::nullopt;
  Dependence sum = operands[0];
  sum.queryStep += sign * operands[1].queryStep;
  sum.keyStep += sign * operands[1].keyStep;
  if (sum.queryStep == 0 && sum.keyStep == 0)
    sum.kind = Dependence::Kind::uniform;
  else
    sum.kind = Dependence::Kind::affine;
  // Sums of rows and fractions round; sums of rows do not.
  bool isFloat = isa<FloatType>(op.getResult(0).getType());
  bool hasFraction = llvm::any_of(operands, [](const Dependence &operand) {
    return operand.kind == Dependence::Kind::uniform;
  });
  if (isFloat && hasFraction)
    return std::nullopt;
  return sum;
}

void DistanceAnalysis::analyze(Operation &op) {
  SmallVector<Dependence> used;
  for (Value value : getUsedValues(op))
    used.push_back(get(value));
  Dependence result;
  bool isUniform = llvm::all_of(used, [](const Dependence &operand) {
    return operand.kind == Dependence::Kind::uniform;
  });
  if (!onlyReads(op))
    result.kind = Dependence::Kind::other;
  else if (isUniform)
    result.kind = Dependence::Kind::uniform;
  else if (std::optional<Dependence> affine = analyzeAffine(op, used))
    result = *affine;
  else
    result.kind =
        llvm::all_of(used, [](const auto &d) { return isDistance(d); })
            ? Dependence::Kind::distance
            : Dependence::Kind::other;
  for (const Dependence &operand : used) {
    result.onBatch |= operand.onBatch;
    result.onHead |= operand.onHead;
  }
  for (Value value : op.getResults())
    values[value] = result;
}

std::optional<DistanceAnalysis::Sum>
DistanceAnalysis::matchSum(Value result, Value score) const {
  Sum sum;
  while (result != score) {
    Operation *op = result.getDefiningOp();
    if (!op || !isa<arith::AddFOp, arith::SubFOp>(op))
      return std::nullopt;
    Value left = op->getOperand(0), right = op->getOperand(1);
    if (isDistance(left) && isa<arith::AddFOp>(op))
      std::swap(left, right);
    if (!isDistance(right))
      return std::nullopt;
    (isa<arith::AddFOp>(op) ? sum.added : sum.subtracted).push_back(right);
    result = left;
  }
  auto doVary = [&](Value term) { return varies(term); };
  if (llvm::none_of(sum.added, doVary) && llvm::none_of(sum.subtracted, doVary))
    return std::nullopt;
  return sum;
}

SmallVector<Value> DistanceAnalysis::getTerms(Value result) const {
  SmallVector<Value> terms;
  for (Operation &op : block)
    for (Value value : op.getResults()) {
      if (!isa<FloatType>(value.getType()) || !varies(value))
        continue;
      bool isNeeded = llvm::any_of(value.getUsers(), [&](Operation *user) {
        Operation *inBlock = block.findAncestorOpInBlock(*user);
        return llvm::any_of(inBlock->getResults(),
                            [&](Value used) { return !isDistance(used); });
      });
      if (isNeeded || value == result)
        terms.push_back(value);
    }
  return terms;
}
