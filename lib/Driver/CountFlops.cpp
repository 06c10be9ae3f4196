//===- CountFlops.cpp - the work of a call --------------------------------===//

#include "Whorl/Driver/Execution.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace whorl;

using Dim = AttentionOp::Dim;

namespace {
class FlopCounter {
public:
  FlopCounter(func::FuncOp function, ArrayRef<HostTensor> inputs)
      : function(function), inputs(inputs) {}

  std::optional<double> count();

private:
  std::optional<int64_t> getSize(AttentionOp op, Value tensor, Dim role);
  std::optional<double> count(AttentionOp op);
  double countVisible(AttentionOp op, int64_t queries, int64_t keys);

  func::FuncOp function;
  ArrayRef<HostTensor> inputs;
};
} // namespace

std::optional<int64_t> FlopCounter::getSize(AttentionOp op, Value tensor,
                                            Dim role) {
  int64_t size = op.getStaticDim(tensor, role);
  if (!ShapedType::isDynamic(size))
    return size;
  auto argument = dyn_cast<BlockArgument>(tensor);
  if (!argument || argument.getOwner() != &function.front())
    return std::nullopt;
  return inputs[argument.getArgNumber()].getShape()[op.getDimIndex(role)];
}

/// The pairs that a causal mask or a window leaves; all pairs for other masks.
double FlopCounter::countVisible(AttentionOp op, int64_t queries,
                                 int64_t keys) {
  int64_t offset = op.getStaticOffset().value_or(0);
  int64_t left = -1, right = -1;
  if (isa_and_nonnull<CausalMaskAttr>(op.getMaskAttr()))
    right = 0;
  else if (auto window =
               dyn_cast_or_null<SlidingWindowMaskAttr>(op.getMaskAttr()))
    left = window.getLeft(), right = window.getRight();
  double pairs = 0;
  for (int64_t i = offset; i < offset + queries; ++i) {
    int64_t first = left < 0 ? 0 : std::max<int64_t>(0, i - left);
    int64_t last = right < 0 ? keys : std::min(keys, i + right + 1);
    pairs += static_cast<double>(std::max<int64_t>(0, last - first));
  }
  return pairs;
}

std::optional<double> FlopCounter::count(AttentionOp op) {
  std::optional<int64_t> batch = getSize(op, op.getQuery(), Dim::batch);
  std::optional<int64_t> heads = getSize(op, op.getQuery(), Dim::head);
  std::optional<int64_t> queries = getSize(op, op.getQuery(), Dim::row);
  std::optional<int64_t> keys = getSize(op, op.getKey(), Dim::row);
  std::optional<int64_t> dim = getSize(op, op.getQuery(), Dim::feature);
  std::optional<int64_t> valueDim = getSize(op, op.getValue(), Dim::feature);
  if (!batch || !heads || !queries || !keys || !dim || !valueDim)
    return std::nullopt;
  double flops = static_cast<double>(*batch * *heads) *
                 countVisible(op, *queries, *keys) * 2.0 *
                 static_cast<double>(*dim + *valueDim);
  for (Operation *parent = op->getParentOp(); parent && parent != function;
       parent = parent->getParentOp()) {
    auto loop = dyn_cast<scf::ForOp>(parent);
    std::optional<APInt> trips =
        loop ? loop.getStaticTripCount() : std::nullopt;
    if (!trips)
      return std::nullopt;
    flops *= static_cast<double>(trips->getSExtValue());
  }
  return flops;
}

std::optional<double> FlopCounter::count() {
  std::optional<double> total;
  bool isKnown = true;
  function.walk([&](AttentionOp op) {
    std::optional<double> flops = count(op);
    isKnown &= flops.has_value();
    total = total.value_or(0) + flops.value_or(0);
  });
  return isKnown ? total : std::nullopt;
}

std::optional<double> whorl::countFlops(ModuleOp module,
                                        const Signature &signature,
                                        ArrayRef<HostTensor> inputs) {
  auto function = module.lookupSymbol<func::FuncOp>(signature.function);
  return function ? FlopCounter(function, inputs).count() : std::nullopt;
}
