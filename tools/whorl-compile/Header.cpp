//===- Header.cpp - C prototypes of compiled functions --------------------===//

#include "Header.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include <fmt/format.h>

using namespace mlir;
using namespace whorl;

static std::string getGuard(llvm::StringRef name) {
  std::string guard = "WHORL_COMPILED_";
  for (char c : llvm::sys::path::filename(name))
    guard += llvm::isAlnum(c) ? llvm::toUpper(c) : '_';
  return guard;
}

/// "   inputs[1]   key  [1, 2, ?, 64] of float32".
static std::string describe(const char *array, unsigned index,
                            const Parameter &parameter) {
  std::string shape;
  for (int64_t size : parameter.getShape()) {
    if (!shape.empty())
      shape += ", ";
    shape += ShapedType::isDynamic(size) ? "?" : std::to_string(size);
  }
  std::string element;
  llvm::raw_string_ostream(element) << parameter.getElementType();
  std::string text = fmt::format(" *   {}[{}]", array, index);
  if (!parameter.name.empty())
    text += "  " + parameter.name + ":";
  return text + fmt::format("  [{}] of {}{}\n", shape, element,
                            parameter.isScalar() ? ", a scalar" : "");
}

static std::string declare(const Signature &signature) {
  std::string text = "/*\n";
  for (auto [i, input] : llvm::enumerate(signature.inputs))
    text += describe("inputs", i, input);
  for (auto [i, output] : llvm::enumerate(signature.outputs))
    text += describe("outputs", i, output);
  text += " */\n";
  auto prototype = [](const std::string &name) {
    return fmt::format("const char *{}(const DLTensor *const *inputs, DLTensor "
                       "*const *outputs);\n",
                       name);
  };
  text += prototype(signature.function);
  if (signature.hasDynamicOutputs())
    text += "/* Fills the shape of each output from the inputs' shapes; reads "
            "no data. */\n" +
            prototype(getShapeFunctionName(signature.function));
  if (signature.reportsProgress)
    text += fmt::format(
        "/* As {0}; calls progress(data, done, total) after each call of the "
        "model.\n * Other than 0 cancels: the message is \"cancelled by the "
        "caller\", and the\n * outputs hold what is unfinished. progress may "
        "be "
        "NULL. */\n"
        "const char *{1}(const DLTensor *const *inputs, DLTensor *const "
        "*outputs,\n    int (*progress)(void *data, int64_t done, int64_t "
        "total), "
        "void *data);\n",
        signature.function, getProgressFunctionName(signature.function));
  return text;
}

std::string whorl::writeHeader(llvm::StringRef name,
                               llvm::ArrayRef<Signature> signatures) {
  std::string guard = getGuard(name);
  std::string text = fmt::format(
      "/* Made by whorl-compile.\n"
      " *\n"
      " * Each function returns NULL, or a static message that says which\n"
      " * argument is not as expected; then nothing was read or written.\n"
      " * Tensors are dense and row-major on the CPU. \"?\" is any size; "
      "index\n"
      " * is int64, i1 is DLPack's bool. Functions are reentrant.\n"
      " */\n"
      "#ifndef {0}\n#define {0}\n\n#include <dlpack/dlpack.h>\n\n"
      "#ifdef __cplusplus\nextern \"C\" {{\n#endif\n",
      guard);
  for (const Signature &signature : signatures)
    text += "\n" + declare(signature);
  return text + "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
}
