//===- Execution.h - calling compiled code ----------------------*- C++ -*-===//
#ifndef WHORL_DRIVER_EXECUTION_H
#define WHORL_DRIVER_EXECUTION_H

#include "Whorl/Runtime/HostTensor.h"
#include "Whorl/Target/CPUCode.h"
#include "Whorl/Transforms/Signature.h"

namespace whorl {

/// The element type of a parameter on the C ABI.
llvm::Expected<DType> getDType(const Parameter &parameter);

/// Reads one input per parameter of `signature`, and checks types and static
/// sizes before anything is compiled.
llvm::Expected<std::vector<HostTensor>>
readInputs(const Signature &signature, llvm::ArrayRef<std::string> texts);

/// One public function of loaded code with its inputs and outputs in memory.
class Call {
public:
  /// Allocates the outputs, asking the code for their sizes where it must.
  static llvm::Expected<Call> prepare(const LoadedCode &code,
                                      const Signature &signature,
                                      std::vector<HostTensor> &inputs);
  /// What a caller may give to hear how far a run is; see `whorl.progress`.
  using Progress = int (*)(void *data, int64_t done, int64_t total);

  /// Runs; the error is the message of the compiled code. `progress` is called
  /// where the function reports.
  llvm::Error run(Progress progress = nullptr, void *data = nullptr);
  std::vector<HostTensor> &getOutputs() { return outputs; }

private:
  using Function = const char *(*)(const DLTensor *const *, DLTensor *const *);

  using ReportingFunction = const char *(*)(const DLTensor *const *,
                                            DLTensor *const *, Progress,
                                            void *);

  Function function = nullptr;
  ReportingFunction reportingFunction = nullptr;
  std::vector<DLTensor> inputViews, outputViews;
  std::vector<const DLTensor *> inputPointers;
  std::vector<DLTensor *> outputPointers;
  std::vector<HostTensor> outputs;
};

/// The floating-point operations of one call: 2 (D + Dv) for each visible pair
/// of query and key of each attention, times the trips of constant loops around
/// it; sizes that are dynamic come from the inputs. Nothing when the function
/// has no attention, or one whose sizes cannot be told.
std::optional<double> countFlops(mlir::ModuleOp module,
                                 const Signature &signature,
                                 llvm::ArrayRef<HostTensor> inputs);

/// The tolerance of --check for results of a type: bound of |a-b| / (1+|b|).
double getDefaultTolerance(DType dtype);

} // namespace whorl

#endif // WHORL_DRIVER_EXECUTION_H
