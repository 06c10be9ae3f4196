//===- WhorlDialect.h - the whole dialect -----------------------*- C++ -*-===//
#ifndef WHORL_IR_WHORLDIALECT_H
#define WHORL_IR_WHORLDIALECT_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/IntegerSet.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "Whorl/IR/WhorlEnums.h.inc"

#include "Whorl/IR/DiffusionSupport.h"
#include "Whorl/IR/EncodingSupport.h"
#include "Whorl/IR/MaskBounds.h"
#include "Whorl/IR/RandomSupport.h"
#include "Whorl/IR/RotarySupport.h"
#include "Whorl/IR/SampleSupport.h"
#include "Whorl/IR/TokenSupport.h"

#include "Whorl/IR/WhorlDialect.h.inc"

#include "Whorl/IR/WhorlAttrInterfaces.h.inc"
#include "Whorl/IR/WhorlDiffusionInterfaces.h.inc"
#include "Whorl/IR/WhorlOpInterfaces.h.inc"
#include "Whorl/IR/WhorlRandomInterfaces.h.inc"
#include "Whorl/IR/WhorlRotaryInterfaces.h.inc"
#include "Whorl/IR/WhorlTokenInterfaces.h.inc"

#define GET_ATTRDEF_CLASSES
#include "Whorl/IR/WhorlAttrs.h.inc"

#define GET_OP_CLASSES
#include "Whorl/IR/WhorlOps.h.inc"

#endif // WHORL_IR_WHORLDIALECT_H
