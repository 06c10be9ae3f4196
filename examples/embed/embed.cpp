//===- embed.cpp - Whorl in somebody else's program -----------------------===//
//
// Reads a graph, runs one of Whorl's pipelines on it, prints what came out.
//
//   embed PIPELINE < graph.mlir
//
// PIPELINE is text as whorl-opt --pass-pipeline takes it, such as
// builtin.module(whorl-simplify).
//
//===----------------------------------------------------------------------===//
#include "Whorl/Pipelines/Registration.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

int main(int argc, char **argv) {
  if (argc != 2) {
    llvm::errs() << "usage: embed PIPELINE < graph.mlir\n";
    return 1;
  }
  auto input = llvm::MemoryBuffer::getSTDIN();
  if (!input)
    return 1;

  DialectRegistry registry;
  whorl::registerCompilerDialects(registry);
  whorl::registerWhorlPasses();
  MLIRContext context(registry);

  OwningOpRef<ModuleOp> module =
      parseSourceString<ModuleOp>((*input)->getBuffer(), &context);
  if (!module)
    return 1;
  FailureOr<OpPassManager> pipeline = parsePassPipeline(argv[1]);
  if (failed(pipeline))
    return 1;
  PassManager manager(&context, pipeline->getOpAnchorName());
  static_cast<OpPassManager &>(manager) = std::move(*pipeline);
  if (failed(manager.run(*module)))
    return 1;
  module->print(llvm::outs());
  llvm::outs() << "\n";
  return 0;
}
