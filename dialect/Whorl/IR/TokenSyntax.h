//===- TokenSyntax.h - clauses of the token ops -----------------*- C++ -*-===//
#ifndef WHORL_IR_TOKENSYNTAX_H
#define WHORL_IR_TOKENSYNTAX_H

#include "Whorl/IR/WhorlDialect.h"

namespace whorl {

/// `name(%value)` or `name(0.5)`, or nothing.
mlir::ParseResult
parseTokenNumber(mlir::OpAsmParser &parser, llvm::StringRef name,
                 std::optional<mlir::OpAsmParser::UnresolvedOperand> &value,
                 mlir::FloatAttr &number);
void printTokenNumber(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                      llvm::StringRef name, mlir::Value value,
                      mlir::FloatAttr number);

/// A whole number.
mlir::ParseResult parseTokenInteger(mlir::OpAsmParser &parser,
                                    mlir::IntegerAttr &value);
void printTokenInteger(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                       mlir::IntegerAttr value);

/// `suppress = [1, 2]`, or nothing.
mlir::ParseResult parseTokenList(mlir::OpAsmParser &parser,
                                 mlir::DenseI64ArrayAttr &tokens);
void printTokenList(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                    mlir::DenseI64ArrayAttr tokens);

/// `measures = [confidence, entropy]`, or nothing.
mlir::ParseResult parseTokenMeasures(mlir::OpAsmParser &parser,
                                     mlir::DenseI64ArrayAttr &measures);
void printTokenMeasures(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                        mlir::DenseI64ArrayAttr measures);

mlir::ParseResult parseEnumKeyword(mlir::OpAsmParser &parser,
                                   TokenDrawAttr &attribute);
void printEnumKeyword(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                      TokenDrawAttr attribute);

/// The type of tokens and candidates, and of a result on tensors, or
/// `(tokens, candidates) -> result` where they differ.
mlir::ParseResult parseTokenTypes(mlir::OpAsmParser &parser, mlir::Type &tokens,
                                  mlir::Type &candidates, mlir::Type &result);
void printTokenTypes(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                     mlir::Type tokens, mlir::Type candidates,
                     mlir::Type result);

} // namespace whorl

#endif // WHORL_IR_TOKENSYNTAX_H
