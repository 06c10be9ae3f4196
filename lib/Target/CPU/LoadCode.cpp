//===- LoadCode.cpp - objects into this process ---------------------------===//
#include "RuntimeLibraries.h"
#include "Whorl/Target/CPUCode.h"
#include "Whorl/Target/TileEmulation.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/DynamicLibrary.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/X86TargetParser.h"

using namespace whorl;

llvm::Error whorl::checkRunsHere(const CPUDescription &target) {
  llvm::SmallVector<llvm::StringRef> names, changes;
  if (llvm::X86::parseArchX86(target.cpu) != llvm::X86::CK_None)
    llvm::X86::getFeaturesForCPU(target.cpu, names);
  llvm::StringRef(target.features).split(changes, ',', -1, false);
  for (llvm::StringRef change : changes)
    if (change.consume_front("+"))
      names.push_back(change);
  CPUDescription host = describeHost();
  for (llvm::StringRef name : names)
    if (target.hasFeature(name) && !host.hasFeature(name))
      return llvm::createStringError(
          "this machine cannot run code for '" + target.cpu + "': it lacks " +
          name + "; use --target=host, or whorl-compile to only compile");
  return llvm::Error::success();
}

LoadedCode::LoadedCode(std::unique_ptr<llvm::orc::LLJIT> jit)
    : jit(std::move(jit)) {}
LoadedCode::LoadedCode(LoadedCode &&) = default;
LoadedCode::~LoadedCode() = default;

/// Makes the run times visible that the process itself does not link.
static llvm::Error loadLibraries(llvm::StringRef object) {
  std::string message;
  // Conversions of half floats on machines without them.
  if (std::optional<std::string> path = findLibrary("libgcc_s.so.1"))
    llvm::sys::DynamicLibrary::LoadLibraryPermanently(path->c_str(), &message);
  if (!callsOpenMP(object))
    return llvm::Error::success();
  std::optional<std::string> openMP = findOpenMP();
  if (!openMP)
    return llvm::createStringError(kOpenMPCure);
  if (llvm::sys::DynamicLibrary::LoadLibraryPermanently(openMP->c_str(),
                                                        &message))
    return llvm::createStringError("cannot load '" + *openMP + "': " + message);
  return llvm::Error::success();
}

llvm::Expected<LoadedCode> LoadedCode::load(llvm::StringRef object) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  if (llvm::Error error = loadLibraries(object))
    return error;
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit)
    return jit.takeError();
  auto process = llvm::orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(
      (*jit)->getDataLayout().getGlobalPrefix());
  if (!process)
    return process.takeError();
  (*jit)->getMainJITDylib().addGenerator(std::move(*process));
  llvm::orc::SymbolMap emulated;
  for (const EmulatedFunction &function : kEmulatedFunctions)
    emulated[(*jit)->mangleAndIntern(function.name)] = {
        llvm::orc::ExecutorAddr::fromPtr(function.address),
        llvm::JITSymbolFlags::Exported};
  if (llvm::Error error = (*jit)->getMainJITDylib().define(
          llvm::orc::absoluteSymbols(std::move(emulated))))
    return error;
  if (llvm::Error error = (*jit)->addObjectFile(
          llvm::MemoryBuffer::getMemBufferCopy(object, "whorl")))
    return error;
  return LoadedCode(std::move(*jit));
}

void *LoadedCode::lookup(llvm::StringRef name) const {
  auto symbol = jit->lookup(name);
  if (!symbol) {
    llvm::consumeError(symbol.takeError());
    return nullptr;
  }
  return symbol->toPtr<void *>();
}
