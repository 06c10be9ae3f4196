//===- StepSyntax.h - step indices in op syntax -----------------*- C++ -*-===//
//
// What the ops that stand at a level of a schedule share: `at %i` or `at 3`.
//
//===----------------------------------------------------------------------===//
#ifndef WHORL_IR_STEPSYNTAX_H
#define WHORL_IR_STEPSYNTAX_H

#include "Whorl/IR/WhorlDialect.h"

namespace whorl {

/// Parses `%i` or a whole number.
mlir::ParseResult
parseStepIndex(mlir::OpAsmParser &parser,
               std::optional<mlir::OpAsmParser::UnresolvedOperand> &index,
               mlir::IntegerAttr &staticIndex);
void printStepIndex(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                    mlir::Value index, mlir::IntegerAttr staticIndex);

/// Parses a number, as an attribute of f64.
mlir::ParseResult parseStepNumber(mlir::OpAsmParser &parser,
                                  mlir::FloatAttr &number);
void printStepNumber(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                     mlir::FloatAttr number);

/// Parses an enum by its keyword, as the attribute of an op.
mlir::ParseResult parseEnumKeyword(mlir::OpAsmParser &parser,
                                   PredictionAttr &attribute);
mlir::ParseResult parseEnumKeyword(mlir::OpAsmParser &parser,
                                   ScheduleQuantityAttr &attribute);
void printEnumKeyword(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                      PredictionAttr attribute);
void printEnumKeyword(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                      ScheduleQuantityAttr attribute);

mlir::ParseResult parseEnumKeyword(mlir::OpAsmParser &parser,
                                   RandomDrawAttr &attribute);
void printEnumKeyword(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                      RandomDrawAttr attribute);

mlir::ParseResult parseEnumKeyword(mlir::OpAsmParser &parser,
                                   NoiseTargetAttr &attribute);
void printEnumKeyword(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                      NoiseTargetAttr attribute);

/// Parses a number, or an operand with its type.
mlir::ParseResult
parseSampleScalar(mlir::OpAsmParser &parser,
                  std::optional<mlir::OpAsmParser::UnresolvedOperand> &operand,
                  mlir::Type &type, mlir::FloatAttr &number);
void printSampleScalar(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                       mlir::Value operand, mlir::Type type,
                       mlir::FloatAttr number);

/// Parses one type for both, or `(type, type)`.
mlir::ParseResult parseStateTypes(mlir::OpAsmParser &parser, mlir::Type &state,
                                  mlir::Type &modelOutput);
void printStateTypes(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                     mlir::Type state, mlir::Type modelOutput);

/// The index is given once, and a constant lies in 0..last.
mlir::LogicalResult verifyStepIndex(mlir::Operation *op,
                                    llvm::StringRef constraint,
                                    mlir::Value index,
                                    std::optional<int64_t> staticIndex,
                                    int64_t last);

/// The number of a clamp, where there is one, is positive and finite.
mlir::LogicalResult verifyClamp(mlir::Operation *op, llvm::StringRef constraint,
                                const std::optional<llvm::APFloat> &clamp);

/// Says that a prediction does not determine `what`, such as "step 3", which
/// starts at `level`.
mlir::LogicalResult emitUndetermined(mlir::Operation *op,
                                     llvm::StringRef constraint,
                                     Prediction prediction,
                                     const llvm::Twine &what,
                                     const NoiseLevel &level);

/// Makes a constant operand `index` of `op` its attribute `static_index`,
/// brought into 0..last.
mlir::LogicalResult foldStepIndex(mlir::Operation *op,
                                  mlir::MutableOperandRange index, int64_t last,
                                  mlir::PatternRewriter &rewriter);

} // namespace whorl

#endif // WHORL_IR_STEPSYNTAX_H
