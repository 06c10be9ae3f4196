//===- Header.h - C prototypes of compiled functions ------------*- C++ -*-===//
#ifndef WHORL_COMPILE_HEADER_H
#define WHORL_COMPILE_HEADER_H

#include "Whorl/Transforms/Signature.h"

namespace whorl {

/// A C header that declares `signatures`, with every input and output in its
/// comments. `name` is the file's name, for the include guard.
std::string writeHeader(llvm::StringRef name,
                        llvm::ArrayRef<Signature> signatures);

} // namespace whorl

#endif // WHORL_COMPILE_HEADER_H
