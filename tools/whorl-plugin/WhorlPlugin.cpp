//===- WhorlPlugin.cpp - the dialect and passes for a stock mlir-opt ------===//
//
// mlir-opt-22 --load-dialect-plugin=WhorlPlugin.so \
//             --load-pass-plugin=WhorlPlugin.so ...
//
//===----------------------------------------------------------------------===//
#include "Whorl/Pipelines/Registration.h"
#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"
#include "llvm/Config/llvm-config.h"

extern "C" LLVM_ATTRIBUTE_WEAK mlir::DialectPluginLibraryInfo
mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "Whorl", LLVM_VERSION_STRING,
          [](mlir::DialectRegistry *registry) {
            whorl::registerWhorlDialect(*registry);
          }};
}

extern "C" LLVM_ATTRIBUTE_WEAK mlir::PassPluginLibraryInfo
mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "Whorl", LLVM_VERSION_STRING,
          [] { whorl::registerWhorlPasses(); }};
}
