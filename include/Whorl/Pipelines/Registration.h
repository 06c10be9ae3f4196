//===- Registration.h - what a tool registers -------------------*- C++ -*-===//
#ifndef WHORL_PIPELINES_REGISTRATION_H
#define WHORL_PIPELINES_REGISTRATION_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace whorl {

/// The whorl dialect with its external models, and nothing else: for tools
/// that register upstream's dialects themselves.
void registerWhorlDialect(mlir::DialectRegistry &registry);

/// Everything that compiling a graph needs: our dialect, the upstream dialects
/// that graphs may use or that the stages produce, and their external models.
/// Much faster to start with than mlir::registerAllDialects.
void registerCompilerDialects(mlir::DialectRegistry &registry);

/// Our passes and named pipelines.
void registerWhorlPasses();

} // namespace whorl

#endif // WHORL_PIPELINES_REGISTRATION_H
