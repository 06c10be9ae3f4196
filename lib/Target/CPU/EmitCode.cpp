//===- EmitCode.cpp - the LLVM dialect to machine code --------------------===//
#include "Whorl/Target/CPUCode.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/OpenMP/OpenMPToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/Transforms/Scalar/LoopIdiomRecognize.h"

using namespace whorl;

void whorl::registerCodeTranslations(mlir::DialectRegistry &registry) {
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);
  mlir::registerOpenMPDialectTranslation(registry);
}

static llvm::CodeGenOptLevel getCodeGenLevel(unsigned optimization) {
  return optimization == 0   ? llvm::CodeGenOptLevel::None
         : optimization == 1 ? llvm::CodeGenOptLevel::Less
         : optimization == 2 ? llvm::CodeGenOptLevel::Default
                             : llvm::CodeGenOptLevel::Aggressive;
}

static llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createMachine(const CPUDescription &description, unsigned optimization) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  llvm::InitializeNativeTargetAsmParser(); // a kernel may call the system
  llvm::Triple triple(llvm::sys::getProcessTriple());
  std::string message;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, message);
  if (!target)
    return llvm::createStringError("LLVM cannot compile for " + triple.str() +
                                   ": " + message);
  std::unique_ptr<llvm::TargetMachine> machine(target->createTargetMachine(
      triple, description.cpu, description.features, llvm::TargetOptions(),
      llvm::Reloc::PIC_, std::nullopt, getCodeGenLevel(optimization)));
  if (!machine)
    return llvm::createStringError("LLVM has no code generator for " +
                                   triple.str());
  return machine;
}

/// What the code generator reads function by function.
static void setFunctionAttributes(llvm::Module &module,
                                  const CPUDescription &description) {
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", description.cpu);
    if (!description.features.empty())
      function.addFnAttr("target-features", description.features);
    // Some cores with AVX-512 are tuned to 256 bits; our kernels want them all.
    function.addFnAttr("prefer-vector-width",
                       std::to_string(8 * description.vectorBytes));
    function.addFnAttr(llvm::Attribute::NoUnwind);
  }
}

static void optimize(llvm::Module &module, llvm::TargetMachine &machine,
                     unsigned optimization) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = tuning.SLPVectorization = optimization > 1;
  tuning.LoopInterleaving = optimization > 1;
  llvm::PassBuilder builder(&machine, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  // It looks for checksums by following every path of operands, of which twenty
  // rounds of Threefry have more than can be counted.
  llvm::DisableLIRP::HashRecognize = true;
  llvm::OptimizationLevel level =
      optimization == 1   ? llvm::OptimizationLevel::O1
      : optimization == 2 ? llvm::OptimizationLevel::O2
                          : llvm::OptimizationLevel::O3;
  llvm::ModulePassManager passes =
      optimization == 0
          ? builder.buildO0DefaultPipeline(llvm::OptimizationLevel::O0)
          : builder.buildPerModuleDefaultPipeline(level);
  passes.run(module, modules);
}

static llvm::Expected<std::string> generate(llvm::Module &module,
                                            llvm::TargetMachine &machine,
                                            llvm::CodeGenFileType type) {
  llvm::SmallString<0> code;
  llvm::raw_svector_ostream stream(code);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, type))
    return llvm::createStringError("LLVM cannot emit code for this target");
  passes.run(module);
  return code.str().str();
}

llvm::Expected<std::string> whorl::emitCode(mlir::ModuleOp module,
                                            CodeFormat format,
                                            const CodeOptions &options) {
  CPUDescription description = getTargetDescription(module);
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>> machine =
      createMachine(description, options.optimization);
  if (!machine)
    return machine.takeError();
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> code =
      mlir::translateModuleToLLVMIR(module, context, "whorl");
  if (!code)
    return llvm::createStringError("the module cannot become LLVM IR");
  code->setTargetTriple((*machine)->getTargetTriple());
  code->setDataLayout((*machine)->createDataLayout());
  setFunctionAttributes(*code, description);
  optimize(*code, **machine, options.optimization);
  switch (format) {
  case CodeFormat::llvmIR: {
    std::string text;
    llvm::raw_string_ostream stream(text);
    stream << *code;
    return text;
  }
  case CodeFormat::assembly:
    return generate(*code, **machine, llvm::CodeGenFileType::AssemblyFile);
  case CodeFormat::object:
    return generate(*code, **machine, llvm::CodeGenFileType::ObjectFile);
  }
  llvm_unreachable("a format without code");
}
