//===- Pipelines.cpp - the order of the passes ----------------------------===//
#include "Whorl/Pipelines/Pipelines.h"
#include "Whorl/Bufferization/Bufferization.h"
#include "Whorl/Conversion/WhorlToCPU.h"
#include "Whorl/Reference/Reference.h"
#include "Whorl/Transforms/Passes.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Affine/Transforms/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Pipelines/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/Transforms/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace whorl;

llvm::StringRef whorl::getStageName(Stage stage) {
  switch (stage) {
  case Stage::simplify:
    return "simplify";
  case Stage::fuse:
    return "fuse";
  case Stage::plan:
    return "plan";
  case Stage::bufferise:
    return "bufferise";
  case Stage::lower:
    return "lower";
  case Stage::finish:
    return "finish";
  }
  llvm_unreachable("a stage without a name");
}

std::optional<Stage> whorl::parseStage(llvm::StringRef name) {
  for (Stage stage : kStages)
    if (getStageName(stage) == name)
      return stage;
  return std::nullopt;
}

static void cleanUp(OpPassManager &manager) {
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

static void buildSimplify(OpPassManager &manager, const PipelineOptions &) {
  // No canonicalisation before the size conditions are known: it may drop a
  // cast or a use that carries one.
  manager.addPass(createInlinerPass({}, [](OpPassManager &) {}));
  manager.addPass(createSymbolDCEPass());
  manager.addPass(createWhorlRequireSizes());
  manager.addPass(createWhorlExpandSampling());
  // One form for each thing: arithmetic on whole tensors is linalg.
  manager.addNestedPass<func::FuncOp>(createWhorlDecomposeTensors());
  manager.addNestedPass<func::FuncOp>(createConvertElementwiseToLinalgPass());
  cleanUp(manager);
}

static void buildFuse(OpPassManager &manager, const PipelineOptions &options) {
  if (options.reference) {
    // The reference lowers each op from its definition and fuses nothing, so
    // that a comparison with it tests the fusions as well.
    manager.addPass(createWhorlExpandSteps({/*valuesOnly=*/true}));
    cleanUp(manager);
    return;
  }
  manager.addNestedPass<func::FuncOp>(createWhorlFuse());
  manager.addPass(createWhorlExpandSteps({/*valuesOnly=*/false}));
  manager.addPass(createWhorlExpandRandom());
  cleanUp(manager); // a size read from an intermediate result blocks fusion
  manager.addPass(createWhorlFuseElementwise());
  cleanUp(manager);
  manager.addNestedPass<func::FuncOp>(createWhorlFuse()); // of whole chains
  cleanUp(manager);
}

static void buildPlan(OpPassManager &manager, const PipelineOptions &options) {
  manager.addPass(createWhorlSetTarget({options.target}));
  manager.addPass(createWhorlPlan({options.schedules, options.threads}));
}

static void buildBufferise(OpPassManager &manager, const PipelineOptions &) {
  manager.addPass(createWhorlDestinationFunctions());
  cleanUp(manager);
  manager.addPass(createWhorlReuseLoopState());
  manager.addPass(createAddDestinations());
  manager.addPass(bufferization::createEmptyTensorEliminationPass());
  bufferization::OneShotBufferizePassOptions bufferize;
  bufferize.bufferizeFunctionBoundaries = true;
  bufferize.allowReturnAllocsFromLoops = true;
  bufferize.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  manager.addPass(bufferization::createOneShotBufferizePass(bufferize));
  cleanUp(manager);
  manager.addNestedPass<func::FuncOp>(
      bufferization::createBufferHoistingPass());
  manager.addNestedPass<func::FuncOp>(
      bufferization::createBufferLoopHoistingPass());
  bufferization::buildBufferDeallocationPipeline(manager, {});
  manager.addPass(createConvertBufferizationToMemRefPass());
  cleanUp(manager);
}

static void buildLower(OpPassManager &manager, const PipelineOptions &options) {
  if (options.reference)
    manager.addPass(createWhorlToReference());
  else
    manager.addPass(createWhorlToCPU());
  manager.addNestedPass<func::FuncOp>(createWhorlExpandCopies());
  if (!options.reference)
    manager.addPass(createWhorlLowerElementwise());
  manager.addNestedPass<func::FuncOp>(createConvertLinalgToLoopsPass());
  manager.addPass(createWhorlExpandRandomBits());
  cleanUp(manager);
}

/// Parallel loops become OpenMP or plain loops, vectors shrink to rank one.
static void buildFinishLoops(OpPassManager &manager,
                             const PipelineOptions &options) {
  manager.addPass(createForallToParallelLoopPass());
  manager.addPass(createWhorlSequentialLoops({options.threads == 1}));
  manager.addNestedPass<func::FuncOp>(createConvertVectorToSCFPass());
  manager.addPass(createWhorlLowerVectors());
  cleanUp(manager);
  manager.addPass(createLoopInvariantCodeMotionPass());
  if (options.threads != 1) {
    ConvertSCFToOpenMPPassOptions openMP;
    openMP.numThreads = options.threads;
    manager.addPass(createConvertSCFToOpenMPPass(openMP));
  }
}

/// Arithmetic that no machine has becomes arithmetic that all have.
static void buildFinishMath(OpPassManager &manager,
                            const PipelineOptions &options) {
  manager.addNestedPass<func::FuncOp>(createWhorlExpandMath());
  arith::ArithEmulateUnsupportedFloatsOptions emulate;
  emulate.sourceTypeStrs = {"bf16"};
  manager.addPass(math::createMathExtendToSupportedTypes());
  manager.addPass(arith::createArithEmulateUnsupportedFloats(emulate));
  manager.addPass(createWhorlExpandBF16({/*always=*/options.emulate}));
  manager.addPass(arith::createArithExpandOpsPass());
}

static void buildFinish(OpPassManager &manager,
                        const PipelineOptions &options) {
  buildFinishLoops(manager, options);
  buildFinishMath(manager, options);
  manager.addPass(createWhorlLowerABI());
  manager.addPass(memref::createExpandStridedMetadataPass());
  manager.addPass(createLowerAffinePass());
  manager.addPass(createWhorlLowerAllocaScopes());
  manager.addPass(createSCFToControlFlowPass());
  // Intrinsics first: fma, rounding and square roots are instructions. What
  // LLVM has no intrinsic for goes to libm.
  manager.addNestedPass<func::FuncOp>(createConvertMathToLLVMPass());
  manager.addPass(createConvertMathToLibmPass());
  manager.addPass(createWhorlConvertToLLVM());
  manager.addPass(createReconcileUnrealizedCastsPass());
  if (options.emulate)
    manager.addPass(createWhorlEmulateInstructions());
  cleanUp(manager);
}

void whorl::buildStage(OpPassManager &manager, Stage stage,
                       const PipelineOptions &options) {
  switch (stage) {
  case Stage::simplify:
    buildSimplify(manager, options);
    break;
  case Stage::fuse:
    buildFuse(manager, options);
    break;
  case Stage::plan:
    buildPlan(manager, options);
    break;
  case Stage::bufferise:
    buildBufferise(manager, options);
    break;
  case Stage::lower:
    buildLower(manager, options);
    break;
  case Stage::finish:
    buildFinish(manager, options);
    break;
  }
  manager.addPass(createWhorlVerifyContract({getStageName(stage).str()}));
}

void whorl::buildCompilePipeline(OpPassManager &manager,
                                 const PipelineOptions &options) {
  for (Stage stage : kStages)
    buildStage(manager, stage, options);
}

template <Stage stage> static void registerStage(StringRef description) {
  // A registration outlives this call, hence the allocation of the name.
  static const std::string name = ("whorl-" + getStageName(stage)).str();
  PassPipelineRegistration<PipelineOptions>(
      name, description,
      [](OpPassManager &manager, const PipelineOptions &options) {
        buildStage(manager, stage, options);
      });
}

void whorl::registerPipelines() {
  registerStage<Stage::simplify>("Inlines calls, collects size conditions");
  registerStage<Stage::fuse>("Moves neighbours into attention and step");
  registerStage<Stage::plan>("Chooses schedules for the target");
  registerStage<Stage::bufferise>("Tensors become buffers");
  registerStage<Stage::lower>("Our ops and linalg become loops and vectors");
  registerStage<Stage::finish>("Everything becomes LLVM, behind the C ABI");
  PassPipelineRegistration<PipelineOptions>("whorl-compile-pipeline",
                                            "All stages from a graph to LLVM",
                                            buildCompilePipeline);
}
