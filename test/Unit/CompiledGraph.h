//===- CompiledGraph.h - runs IR text in this process -----------*- C++ -*-===//
#ifndef WHORL_TEST_UNIT_COMPILEDGRAPH_H
#define WHORL_TEST_UNIT_COMPILEDGRAPH_H

#include "Whorl/IR/WhorlDialect.h"
#include "Whorl/Pipelines/Pipelines.h"
#include "Whorl/Pipelines/Registration.h"
#include "Whorl/Target/CPUCode.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "gtest/gtest.h"

/// Compiles `text` for this machine by `stages`, with one thread; nothing and a
/// failed expectation where that fails. `prepare` may change the parsed module.
inline std::optional<whorl::LoadedCode> compileText(
    llvm::StringRef text, llvm::ArrayRef<whorl::Stage> stages,
    llvm::function_ref<void(mlir::ModuleOp)> prepare = [](mlir::ModuleOp) {}) {
  mlir::DialectRegistry registry;
  whorl::registerCompilerDialects(registry);
  whorl::registerCodeTranslations(registry);
  mlir::MLIRContext context(registry);
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  EXPECT_TRUE(static_cast<bool>(module)) << text.str();
  if (!module)
    return std::nullopt;
  prepare(*module);
  mlir::PassManager manager(&context);
  whorl::PipelineOptions options;
  options.threads = 1;
  for (whorl::Stage stage : stages)
    whorl::buildStage(manager, stage, options);
  bool isLowered = mlir::succeeded(manager.run(*module));
  EXPECT_TRUE(isLowered);
  if (!isLowered)
    return std::nullopt;
  auto object = whorl::emitCode(*module, whorl::CodeFormat::object);
  EXPECT_TRUE(static_cast<bool>(object));
  auto loaded = whorl::LoadedCode::load(*object);
  EXPECT_TRUE(static_cast<bool>(loaded));
  return std::move(*loaded);
}

/// A function `f` on memrefs of rank 1.
class CompiledFunction {
public:
  explicit CompiledFunction(llvm::StringRef text,
                            llvm::function_ref<void(mlir::ModuleOp)> prepare)
      : code(compileText(
            text,
            {whorl::Stage::plan, whorl::Stage::lower, whorl::Stage::finish},
            prepare)) {}

  template <typename Element> struct MemRef {
    explicit MemRef(std::vector<Element> &values)
        : allocated(values.data()), aligned(values.data()),
          size(static_cast<int64_t>(values.size())) {}
    Element *allocated, *aligned;
    int64_t offset = 0, size, stride = 1;
  };

  /// f(vectors...), each as a memref.
  template <typename... Element>
  void operator()(std::vector<Element> &...values) const {
    run(MemRef<Element>(values)...);
  }

private:
  template <typename... View> void run(View... views) const {
    auto *function =
        reinterpret_cast<void (*)(View *...)>(code->lookup("_mlir_ciface_f"));
    ASSERT_NE(function, nullptr);
    function(&views...);
  }

  std::optional<whorl::LoadedCode> code;
};

#endif // WHORL_TEST_UNIT_COMPILEDGRAPH_H
