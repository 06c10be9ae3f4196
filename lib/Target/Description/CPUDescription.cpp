//===- CPUDescription.cpp - what a CPU can do -----------------------------===//
#include "Whorl/Target/CPUDescription.h"
#include "Whorl/IR/WhorlDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/TargetParser/X86TargetParser.h"
#include <unistd.h>

using namespace whorl;

static bool isX86Host() {
  return llvm::Triple(llvm::sys::getProcessTriple()).isX86();
}

/// LLVM's features of `cpu`, without signs.
static llvm::StringSet<> getFeatures(llvm::StringRef cpu) {
  llvm::StringSet<> features;
  llvm::SmallVector<llvm::StringRef> names;
  if (llvm::X86::parseArchX86(cpu) != llvm::X86::CK_None)
    llvm::X86::getFeaturesForCPU(cpu, names);
  // The list leaves out what its members imply: x86-64-v3 names avx2, not avx.
  llvm::StringMap<bool> implied;
  for (llvm::StringRef name : names) {
    implied[name] = true;
    llvm::X86::updateImpliedFeatures(name, /*Enabled=*/true, implied);
  }
  for (const auto &feature : implied)
    if (feature.second)
      features.insert(feature.first());
  return features;
}

bool CPUDescription::hasFeature(llvm::StringRef name) const {
  llvm::SmallVector<llvm::StringRef> changes;
  llvm::StringRef(features).split(changes, ',', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef change : changes)
    if (change.drop_front() == name)
      return change.front() == '+';
  return getFeatures(cpu).contains(name);
}

llvm::StringRef CPUDescription::findMissingFeature(DotForm dot,
                                                   int64_t bits) const {
  llvm::SmallVector<llvm::StringRef, 4> needed;
  if (dot != DotForm::fma)
    needed.push_back("avx512bf16"); // amx: weights are converted by it
  if (dot != DotForm::fma && bits < 512)
    needed.push_back("avx512vl");
  if (dot == DotForm::amx)
    needed.append({"amx-tile", "amx-bf16"});
  for (llvm::StringRef name : needed)
    if (!hasFeature(name))
      return name;
  return {};
}

/// What multiplies bf16 fastest. `vdpbf16ps` is as fast as an f32 FMA on AMD's
/// cores, and does twice the work; Intel's run it at less than half the rate of
/// their f32 FMAs. `sse4a`, which AMD's cores have and Intel's never had, tells
/// them apart; a machine that hides it takes the form that is safe everywhere.
static DotForm findFastestDot(const CPUDescription &description) {
  for (DotForm dot : {DotForm::amx, DotForm::bf16}) {
    bool isFast = dot == DotForm::amx || description.hasFeature("sse4a");
    if (isFast && description.findMissingFeature(dot, 512).empty())
      return dot;
  }
  return DotForm::fma;
}

/// Fills what follows from cpu and features.
static void deriveVectors(CPUDescription &description) {
  if (description.hasFeature("avx512f")) {
    description.vectorBytes = 64;
    description.vectorRegisters = 32;
  } else if (description.hasFeature("avx")) {
    description.vectorBytes = 32;
  }
  description.hasFMA =
      description.hasFeature("fma") || description.hasFeature("avx512f");
  description.dot = findFastestDot(description);
}

/// What the host has beyond `cpu` and what it lacks. A virtual machine may hide
/// features that the model has, so the name alone decides nothing.
static std::string getHostFeatureChanges(llvm::StringRef cpu) {
  llvm::StringSet<> implied = getFeatures(cpu);
  llvm::SmallVector<std::string> changes;
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    if (feature.second != implied.contains(feature.first()))
      changes.push_back((feature.second ? "+" : "-") + feature.first().str());
  llvm::sort(changes);
  return llvm::join(changes, ",");
}

static void readCaches(CPUDescription &description) {
  // Zero or -1 where the system does not say; the defaults stay.
  if (long bytes = sysconf(_SC_LEVEL1_DCACHE_SIZE); bytes > 0)
    description.l1Bytes = bytes;
  if (long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE); bytes > 0)
    description.l2Bytes = bytes;
}

CPUDescription whorl::describeHost() {
  CPUDescription description;
  description.cpu = llvm::sys::getHostCPUName().str();
  readCaches(description);
  if (!isX86Host()) {
    description.vectorRegisters = 32;
    description.hasFMA = true;
    return description;
  }
  if (llvm::X86::parseArchX86(description.cpu, /*Only64Bit=*/true) ==
      llvm::X86::CK_None)
    description.cpu = "x86-64";
  description.features = getHostFeatureChanges(description.cpu);
  deriveVectors(description);
  return description;
}

llvm::Expected<CPUDescription> whorl::describeCPU(llvm::StringRef name) {
  if (name == "host")
    return describeHost();
  if (llvm::X86::parseArchX86(name, /*Only64Bit=*/true) != llvm::X86::CK_None) {
    CPUDescription description;
    description.cpu = name.str();
    deriveVectors(description);
    return description;
  }
  if (name.starts_with("sm_"))
    return llvm::createStringError(
        "the target '" + name +
        "' is a GPU, for which Whorl has no back end yet; use host, "
        "x86-64-v3, x86-64-v4, znver5, ...");
  llvm::SmallVector<llvm::StringRef> known = {"host"};
  llvm::X86::fillValidCPUArchList(known, /*Only64Bit=*/true);
  auto distance = [&](llvm::StringRef candidate) {
    return name.edit_distance(candidate);
  };
  llvm::StringRef nearest =
      *llvm::min_element(known, [&](llvm::StringRef a, llvm::StringRef b) {
        return distance(a) < distance(b);
      });
  return llvm::createStringError(
      llvm::Twine("no target is named '") + name + "'; did you mean '" +
      nearest + "'? (host, x86-64-v2, x86-64-v3, x86-64-v4, znver5, ...)");
}

CPUTargetAttr CPUDescription::toAttr(mlir::MLIRContext *context) const {
  return CPUTargetAttr::get(context, vectorBytes, vectorRegisters, hasFMA,
                            l1Bytes, l2Bytes,
                            mlir::StringAttr::get(context, cpu),
                            mlir::StringAttr::get(context, features), dot);
}

CPUDescription CPUDescription::fromAttr(CPUTargetAttr attr) {
  CPUDescription description;
  description.vectorBytes = attr.getVectorBytes();
  description.vectorRegisters = attr.getVectorRegisters();
  description.hasFMA = attr.getFma();
  description.l1Bytes = attr.getL1Bytes();
  description.l2Bytes = attr.getL2Bytes();
  description.cpu = attr.getCpu().str();
  description.features = attr.getFeatures().str();
  description.dot = attr.getDot();
  return description;
}

CPUDescription whorl::getTargetDescription(mlir::ModuleOp module) {
  if (auto attr = module->getAttrOfType<CPUTargetAttr>("whorl.target"))
    return CPUDescription::fromAttr(attr);
  return describeHost();
}
