//===- ABIProgress.cpp - loops that report to the caller ------------------===//
//
// A flag on the stack says that the caller has had enough. A loop that reports
// becomes one that looks at the flag before each trip; what the loop holds is
// released as ever, because nothing leaves it by another way.
//
//===----------------------------------------------------------------------===//
#include "ABIProgress.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace whorl;

static SmallVector<ProgressOp> getReports(func::FuncOp body) {
  SmallVector<ProgressOp> reports;
  body.walk([&](ProgressOp op) { reports.push_back(op); });
  return reports;
}

bool whorl::reportsProgress(func::FuncOp body) {
  return !getReports(body).empty();
}

namespace {
/// What the caller gave, and the flag.
struct Caller {
  Value function, data, flag;
};
} // namespace

/// Asks the caller whether to go on, unless there is no function to ask.
static void lowerReport(ProgressOp op, const Caller &caller) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  MLIRContext *context = b.getContext();
  Type i1 = b.getI1Type(), i32 = b.getI32Type(), i64 = b.getI64Type();
  Type pointer = LLVM::LLVMPointerType::get(context);
  Value null = LLVM::ZeroOp::create(b, pointer);
  Value isPresent =
      LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::ne, caller.function, null);
  Value done = arith::IndexCastOp::create(b, i64, op.getDone());
  Value total = arith::IndexCastOp::create(b, i64, op.getTotal());
  scf::IfOp::create(b, isPresent, [&](OpBuilder &builder, Location loc) {
    ImplicitLocOpBuilder inner(loc, builder);
    auto type = LLVM::LLVMFunctionType::get(i32, {pointer, i64, i64});
    Value answer =
        LLVM::CallOp::create(
            inner, type, ValueRange{caller.function, caller.data, done, total})
            .getResult();
    Value zero = LLVM::ConstantOp::create(inner, inner.getI32IntegerAttr(0));
    Value stops =
        LLVM::ICmpOp::create(inner, LLVM::ICmpPredicate::ne, answer, zero);
    Value before = LLVM::LoadOp::create(inner, i1, caller.flag);
    LLVM::StoreOp::create(inner, LLVM::OrOp::create(inner, before, stops),
                          caller.flag);
    scf::YieldOp::create(inner);
  });
  op.erase();
}

/// for i in [first, last) becomes while i < last and the flag is not set.
static void lowerLoop(scf::ForOp loop, const Caller &caller) {
  ImplicitLocOpBuilder b(loop.getLoc(), loop);
  SmallVector<Value> inits = {loop.getLowerBound()};
  llvm::append_range(inits, loop.getInitArgs());
  SmallVector<Type> types(ValueRange(inits).getTypes());
  auto whileLoop = scf::WhileOp::create(
      b, types, inits,
      [&](OpBuilder &builder, Location loc, ValueRange carried) {
        ImplicitLocOpBuilder inner(loc, builder);
        Value isInside =
            arith::CmpIOp::create(inner, arith::CmpIPredicate::slt,
                                  carried.front(), loop.getUpperBound());
        Value stopped =
            LLVM::LoadOp::create(inner, inner.getI1Type(), caller.flag);
        Value goesOn = arith::XOrIOp::create(
            inner, stopped, arith::ConstantIntOp::create(inner, 1, 1));
        scf::ConditionOp::create(
            inner, arith::AndIOp::create(inner, isInside, goesOn), carried);
      },
      [&](OpBuilder &builder, Location loc, ValueRange carried) {
        ImplicitLocOpBuilder inner(loc, builder);
        Operation *yield = loop.getBody()->getTerminator();
        SmallVector<Value> next(yield->getOperands());
        yield->erase();
        Block *body = carried.front().getParentBlock();
        inner.setInsertionPointToEnd(body);
        Value following =
            arith::AddIOp::create(inner, carried.front(), loop.getStep());
        next.insert(next.begin(), following);
        scf::YieldOp::create(inner, next);
        body->getOperations().splice(following.getDefiningOp()->getIterator(),
                                     loop.getBody()->getOperations());
        for (auto [from, to] :
             llvm::zip_equal(loop.getBody()->getArguments(), carried))
          from.replaceAllUsesWith(to);
      });
  loop.replaceAllUsesWith(whileLoop.getResults().drop_front());
  loop.erase();
}

/// A report stands where one thread comes by, in plain loops and branches. (A
/// loop of one trip has been folded.)
static LogicalResult verifyReport(ProgressOp op, func::FuncOp body) {
  Operation *outer = op->getParentOp();
  while (outer != body && isa<scf::ForOp, scf::IfOp>(outer))
    outer = outer->getParentOp();
  if (outer == body)
    return success();
  return op.emitOpError("(C1) expected to stand in plain loops (scf.for) and "
                        "branches (scf.if) of a function alone");
}

LogicalResult whorl::lowerProgress(func::FuncOp body, MessageTable &messages) {
  SmallVector<ProgressOp> reports = getReports(body);
  for (ProgressOp op : reports)
    if (failed(verifyReport(op, body)))
      return failure();
  MLIRContext *context = body.getContext();
  auto pointer = LLVM::LLVMPointerType::get(context);
  Caller caller;
  for (Value *argument : {&caller.function, &caller.data}) {
    unsigned index = body.getNumArguments();
    if (failed(body.insertArgument(index, pointer, {}, body.getLoc())))
      return failure();
    *argument = body.getArgument(index);
  }
  ImplicitLocOpBuilder b(body.getLoc(), context);
  b.setInsertionPointToStart(&body.front());
  Value one = LLVM::ConstantOp::create(b, b.getI64IntegerAttr(1));
  Value no = LLVM::ConstantOp::create(b, b.getBoolAttr(false));
  caller.flag = LLVM::AllocaOp::create(b, pointer, b.getI1Type(), one);
  LLVM::StoreOp::create(b, no, caller.flag);
  SetVector<scf::ForOp> loops;
  for (ProgressOp op : reports) {
    if (auto loop = op->getParentOfType<scf::ForOp>())
      loops.insert(loop);
    lowerReport(op, caller);
  }
  for (scf::ForOp loop : loops)
    lowerLoop(loop, caller);
  body.walk([&](func::ReturnOp op) {
    if (!op.getOperand(0).getDefiningOp<LLVM::ZeroOp>())
      return; // a message
    b.setInsertionPoint(op);
    Value stopped = LLVM::LoadOp::create(b, b.getI1Type(), caller.flag);
    Value message = messages.get(b, "cancelled by the caller");
    op->setOperand(
        0, LLVM::SelectOp::create(b, stopped, message, op.getOperand(0)));
  });
  return success();
}
