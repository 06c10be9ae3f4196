//===- whorl-opt.cpp - our passes and pipelines beside upstream's ---------===//
#include "Whorl/Pipelines/Registration.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::registerAllPasses();
  whorl::registerWhorlPasses();

  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  whorl::registerWhorlDialect(registry);
  return mlir::asMainReturnCode(mlir::MlirOptMain(
      argc, argv, "whorl-opt: runs passes and pipelines on MLIR\n", registry));
}
