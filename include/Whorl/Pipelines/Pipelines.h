//===- Pipelines.h - the stages from a graph to LLVM ------------*- C++ -*-===//
//
// The only place where passes are ordered. A graph goes through the stages
//
//   simplify   calls inlined, size conditions at the entry, canonical form
//   fuse       neighbours move into attention, step and elementwise chains
//   plan       every op gets a schedule, chosen from the target's description
//   bufferise  tensors become buffers, results become outputs of the caller
//   lower      our ops and linalg become loops and vectors
//   finish     everything becomes the LLVM dialect, behind the C ABI
//
// Each is a named pipeline (whorl-simplify, ...) over one options struct, and
// ends with whorl-verify-contract.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_PIPELINES_PIPELINES_H
#define WHORL_PIPELINES_PIPELINES_H

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"
#include <optional>

namespace whorl {

enum class Stage { simplify, fuse, plan, bufferise, lower, finish };

inline constexpr Stage kStages[] = {Stage::simplify, Stage::fuse,
                                    Stage::plan,     Stage::bufferise,
                                    Stage::lower,    Stage::finish};

/// "simplify", "fuse", ...
llvm::StringRef getStageName(Stage stage);
std::optional<Stage> parseStage(llvm::StringRef name);

/// What all stages share.
struct PipelineOptions : public mlir::PassPipelineOptions<PipelineOptions> {
  Option<std::string> target{
      *this, "target",
      llvm::cl::desc("host, or a CPU that LLVM knows (x86-64-v3, znver5)"),
      llvm::cl::init("host")};
  Option<unsigned> threads{
      *this, "threads",
      llvm::cl::desc("threads of a parallel loop; 1: no OpenMP, 0: OpenMP "
                     "decides"),
      llvm::cl::init(1)};
  Option<bool> reference{
      *this, "reference",
      llvm::cl::desc("lower our ops to the plain loops of the reference"),
      llvm::cl::init(false)};
  Option<std::string> schedules{
      *this, "schedules",
      llvm::cl::desc("a file of schedules that whorl-bench --tune wrote"),
      llvm::cl::init("")};
  Option<bool> emulate{
      *this, "emulate",
      llvm::cl::desc("replace instructions that this machine lacks, so that "
                     "code for the target runs here, slowly"),
      llvm::cl::init(false)};
};

/// Adds the passes of one stage; `manager` works on modules.
void buildStage(mlir::OpPassManager &manager, Stage stage,
                const PipelineOptions &options);

/// Adds all stages in order.
void buildCompilePipeline(mlir::OpPassManager &manager,
                          const PipelineOptions &options);

/// Registers whorl-simplify, ..., whorl-finish and whorl-compile-pipeline.
void registerPipelines();

} // namespace whorl

#endif // WHORL_PIPELINES_PIPELINES_H
