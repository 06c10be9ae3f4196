//===- Runner.cpp - one run of one entry ----------------------------------===//

#include "Runner.h"
#include "Whorl/Runtime/Files.h"
#include <fmt/format.h>

using namespace whorl;

static llvm::Error fail(const std::string &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 llvm::Twine(message));
}

llvm::Expected<LoadedCode *> Program::getCode(bool wantReference) {
  std::optional<LoadedCode> &code = wantReference ? reference : optimized;
  if (!code) {
    CompileSettings wanted = settings;
    wanted.reference = wantReference;
    if (wantReference)
      wanted.threads = 1;
    llvm::Expected<LoadedCode> loaded = compilation.load(wanted);
    if (!loaded)
      return loaded.takeError();
    code.emplace(std::move(*loaded));
  }
  return &*code;
}

llvm::Expected<std::optional<double>>
whorl::parseTolerance(llvm::StringRef text) {
  if (text.empty())
    return std::nullopt;
  double tolerance;
  if (text.getAsDouble(tolerance) || !(tolerance >= 0))
    return fail(fmt::format("expected a tolerance of at least 0, got '{}'",
                            text.str()));
  return tolerance;
}

/// Fails unless `actual` is within the tolerance of `expected`; returns the
/// scaled difference.
static llvm::Expected<double>
checkOutput(const Signature &signature, size_t index, const HostTensor &actual,
            const HostTensor &expected, std::optional<double> tolerance) {
  std::string who = describeParameter(false, index, signature.outputs[index]);
  Result<Difference> difference = compare(actual, expected);
  if (!difference)
    return fail(who + ": " + difference.error());
  double limit = tolerance.value_or(getDefaultTolerance(actual.getDType()));
  if (difference->mismatches > 0 || difference->maxScaled > limit)
    return fail(fmt::format(
        "{} differs: largest |a-b|/(1+|b|) is {:.3g} (tolerance {:.3g}), {} "
        "elements are NaN or infinite in one only; worst at element {}: {} "
        "instead of {}",
        who, difference->maxScaled, limit, difference->mismatches,
        difference->worst, actual.get(difference->worst),
        expected.get(difference->worst)));
  return difference->maxScaled;
}

static llvm::Expected<double> checkOutputs(const Signature &signature,
                                           llvm::ArrayRef<HostTensor> actual,
                                           llvm::ArrayRef<HostTensor> expected,
                                           std::optional<double> tolerance) {
  double largest = 0;
  for (size_t i = 0; i < actual.size(); ++i) {
    llvm::Expected<double> difference =
        checkOutput(signature, i, actual[i], expected[i], tolerance);
    if (!difference)
      return difference;
    largest = std::max(largest, *difference);
  }
  return largest;
}

llvm::Expected<double>
whorl::checkAgainstReference(Program &program, const Signature &signature,
                             std::vector<HostTensor> &inputs,
                             llvm::ArrayRef<HostTensor> outputs,
                             std::optional<double> tolerance) {
  llvm::Expected<LoadedCode *> code = program.getCode(/*reference=*/true);
  if (!code)
    return code.takeError();
  llvm::Expected<Call> call = Call::prepare(**code, signature, inputs);
  if (!call)
    return call.takeError();
  if (llvm::Error error = call->run())
    return std::move(error);
  return checkOutputs(signature, outputs, call->getOutputs(), tolerance);
}

llvm::Expected<std::vector<ExpectedOutput>>
whorl::readExpected(const Signature &signature,
                    llvm::ArrayRef<std::string> texts) {
  if (texts.size() > signature.outputs.size())
    return fail(fmt::format("'{}' has {} outputs, got {} files to expect",
                            signature.function, signature.outputs.size(),
                            texts.size()));
  std::vector<ExpectedOutput> expected;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (texts[i] == "-")
      continue;
    auto [path, text] = llvm::StringRef(texts[i]).rsplit(":");
    llvm::Expected<std::optional<double>> tolerance = parseTolerance(text);
    if (!tolerance)
      return tolerance.takeError();
    Result<HostTensor> tensor = readNpy(path.str());
    if (!tensor)
      return fail(tensor.error());
    expected.push_back({i, std::move(*tensor), *tolerance});
  }
  return expected;
}

llvm::Error whorl::checkExpected(const Signature &signature,
                                 llvm::ArrayRef<HostTensor> outputs,
                                 llvm::ArrayRef<ExpectedOutput> expected) {
  for (const ExpectedOutput &wanted : expected)
    if (llvm::Error error =
            checkOutput(signature, wanted.output, outputs[wanted.output],
                        wanted.tensor, wanted.tolerance)
                .takeError())
      return error;
  return llvm::Error::success();
}
