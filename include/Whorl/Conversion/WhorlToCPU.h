//===- WhorlToCPU.h - lowering to vectors and loops -------------*- C++ -*-===//
#ifndef WHORL_CONVERSION_WHORLTOCPU_H
#define WHORL_CONVERSION_WHORLTOCPU_H

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace whorl {

#define GEN_PASS_DECL
#include "Whorl/Conversion/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "Whorl/Conversion/Passes.h.inc"

} // namespace whorl

#endif // WHORL_CONVERSION_WHORLTOCPU_H
