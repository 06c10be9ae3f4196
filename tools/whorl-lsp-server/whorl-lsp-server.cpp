//===- whorl-lsp-server.cpp - the language server for .mlir files ---------===//
#include "Whorl/Pipelines/Registration.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  whorl::registerWhorlDialect(registry);
  return failed(mlir::MlirLspServerMain(argc, argv, registry));
}
