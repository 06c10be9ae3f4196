//===- Compilation.cpp - from a file to machine code ----------------------===//

#include "Whorl/Driver/Compilation.h"
#include "Whorl/Pipelines/Registration.h"
#include "Whorl/Target/CPUDescription.h"
#include "Whorl/Transforms/ScheduleFile.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/AsmParser/AsmParserState.h"
#include "mlir/Bytecode/BytecodeReader.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace whorl;

static llvm::Error fail(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

Compilation::Compilation() {
  DialectRegistry registry;
  registerCompilerDialects(registry);
  registerCodeTranslations(registry);
  context = std::make_unique<MLIRContext>(registry);
  // A diagnostic shows the source line; the generic form beside it is noise.
  context->printOpOnDiagnostic(false);
}

/// Gives arguments of functions the names that they have in the source, for
/// messages and headers; `%0` and the like are no names.
static void nameArguments(const AsmParserState &state) {
  for (const AsmParserState::BlockDefinition &block : state.getBlockDefs()) {
    auto function = dyn_cast_or_null<func::FuncOp>(block.block->getParentOp());
    if (!function || !block.block->isEntryBlock())
      continue;
    for (auto [index, argument] : llvm::enumerate(block.arguments)) {
      llvm::SMRange range = argument.loc;
      llvm::StringRef name(range.Start.getPointer(),
                           range.End.getPointer() - range.Start.getPointer());
      if (!name.consume_front("%") || name.empty() || llvm::isDigit(name[0]) ||
          function.getArgAttr(index, "whorl.name"))
        continue;
      function.setArgAttr(index, "whorl.name",
                          StringAttr::get(function.getContext(), name));
    }
  }
}

/// Parses text or bytecode; arguments of text keep their names.
static OwningOpRef<ModuleOp> parseNamed(const llvm::SourceMgr &sources,
                                        MLIRContext *context) {
  ParserConfig config(context);
  const llvm::MemoryBuffer &buffer =
      *sources.getMemoryBuffer(sources.getMainFileID());
  if (isBytecode(buffer))
    return parseSourceFile<ModuleOp>(sources, config);
  Block block;
  AsmParserState state;
  if (failed(parseAsmSourceFile(sources, &block, config, &state)))
    return nullptr;
  nameArguments(state);
  Location loc =
      FileLineColLoc::get(context, buffer.getBufferIdentifier(), 1, 1);
  return mlir::detail::constructContainerOpForParserIfNecessary<ModuleOp>(
      &block, context, loc);
}

llvm::Expected<std::unique_ptr<Compilation>>
Compilation::parse(const std::string &path) {
  if (llvm::sys::fs::is_directory(path))
    return fail("cannot read '" + path + "': it is a directory");
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(path);
  if (!buffer)
    return fail("cannot read '" + path + "': " + buffer.getError().message());
  std::unique_ptr<Compilation> result(new Compilation());
  result->path = path;
  result->sources.AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
  result->handler = std::make_unique<SourceMgrDiagnosticHandler>(
      result->sources, result->context.get());
  result->module = parseNamed(result->sources, result->context.get());
  if (!result->module)
    return fail("'" + path + "' is not valid");
  if (llvm::Error error = result->collectSignatures())
    return std::move(error);
  return result;
}

llvm::Error Compilation::collectSignatures() {
  for (auto function : module->getOps<func::FuncOp>()) {
    if (!function.isPublic() || function.isExternal())
      continue;
    FailureOr<Signature> signature = getSignature(function);
    if (failed(signature))
      return fail("'" + path +
                  "' has a public function that C cannot call; "
                  "make it private, or change its types");
    signatures.push_back(*signature);
  }
  if (signatures.empty())
    return fail("'" + path + "' has no public function");
  return llvm::Error::success();
}

llvm::Expected<const Signature *>
Compilation::findEntry(llvm::StringRef entry) const {
  std::vector<std::string> names;
  for (const Signature &signature : signatures) {
    if (signature.function == entry)
      return &signature;
    names.push_back(signature.function);
  }
  if (entry.empty() && signatures.size() == 1)
    return &signatures.front();
  std::string list = llvm::join(names, ", ");
  if (entry.empty())
    return fail("'" + path +
                "' has several public functions; choose one with "
                "--entry: " +
                list);
  std::optional<std::string> nearest = findNearest(entry, names);
  return fail(
      "there is no public function '" + entry + "' in '" + path + "'" +
      (nearest ? "; did you mean '" + *nearest + "'?" : "; it has: " + list));
}

static LogicalResult runStages(ModuleOp module,
                               const CompileSettings &settings) {
  PipelineOptions options;
  options.target = settings.target;
  options.threads = settings.threads;
  options.reference = settings.reference;
  options.schedules = settings.schedules;
  options.emulate = settings.emulate;
  for (Stage stage : kStages) {
    if (stage == Stage::plan && settings.beforePlan)
      settings.beforePlan(module);
    PassManager manager(module.getContext());
    // Stages verify at their end; verifying after each pass costs a third of
    // the compile time and helps nobody but the authors of passes.
    manager.enableVerifier(false);
    buildStage(manager, stage, options);
    if (failed(manager.run(module)) || failed(verify(module)))
      return failure();
    if (settings.printAfter == stage) {
      module->print(llvm::outs());
      llvm::outs() << "\n";
    }
    if (settings.last == stage)
      break;
  }
  return success();
}

/// Makes all public functions private but one: what it does not call is dropped
/// by the first stage.
static void keepEntry(ModuleOp module, llvm::StringRef entry) {
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isPublic() && function.getName() != entry)
      function.setPrivate();
}

llvm::Expected<OwningOpRef<ModuleOp>>
Compilation::run(const CompileSettings &settings) {
  if (auto target = describeCPU(settings.target); !target)
    return target.takeError();
  // Said in one line here; the plan stage could only say it at the module.
  if (!settings.schedules.empty())
    if (auto file = ScheduleFile::read(settings.schedules, context.get());
        !file)
      return file.takeError();
  OwningOpRef<ModuleOp> copy(module->clone());
  if (!settings.entry.empty())
    keepEntry(*copy, settings.entry);
  if (failed(runStages(*copy, settings)))
    return fail("'" + path + "' does not compile");
  return copy;
}

llvm::Expected<LoadedCode> Compilation::load(const CompileSettings &settings) {
  llvm::Expected<CPUDescription> target = describeCPU(settings.target);
  if (!target)
    return target.takeError();
  if (!settings.emulate)
    if (llvm::Error error = checkRunsHere(*target))
      return std::move(error);
  llvm::Expected<OwningOpRef<ModuleOp>> compiled = run(settings);
  if (!compiled)
    return compiled.takeError();
  CodeOptions options;
  options.optimization = settings.reference ? 1 : 3;
  llvm::Expected<std::string> object =
      emitCode(**compiled, CodeFormat::object, options);
  if (!object)
    return object.takeError();
  return LoadedCode::load(*object);
}

static llvm::Expected<unsigned> parseThreads(llvm::StringRef text) {
  unsigned threads;
  if (text.getAsInteger(10, threads) || threads > 4096)
    return fail("expected --threads=N with N from 0 (OpenMP decides) to 4096, "
                "got '" +
                text + "'");
  return threads;
}

static llvm::Expected<Stage> parseStageName(llvm::StringRef text) {
  if (std::optional<Stage> stage = parseStage(text))
    return *stage;
  return fail("expected a stage (simplify, fuse, plan, bufferise, lower, "
              "finish), got '" +
              text + "'");
}

llvm::Expected<CompileSettings> whorl::parseSettings(const std::string &target,
                                                     llvm::StringRef threads,
                                                     llvm::StringRef stage) {
  CompileSettings settings;
  settings.target = target;
  llvm::Expected<unsigned> count = parseThreads(threads);
  if (!count)
    return count.takeError();
  settings.threads = *count;
  if (!stage.empty()) {
    llvm::Expected<Stage> printAfter = parseStageName(stage);
    if (!printAfter)
      return printAfter.takeError();
    settings.printAfter = *printAfter;
  }
  if (auto description = describeCPU(target); !description)
    return description.takeError();
  return settings;
}
