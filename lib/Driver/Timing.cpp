//===- Timing.cpp - how fast an entry runs --------------------------------===//

#include "Whorl/Driver/Timing.h"
#include "llvm/Support/DynamicLibrary.h"
#include <chrono>
#include <fmt/format.h>

using namespace whorl;

double whorl::getSeconds() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

unsigned whorl::countThreads(unsigned asked) {
  void *count = llvm::sys::DynamicLibrary::SearchForAddressOfSymbol(
      "omp_get_max_threads");
  if (asked || !count)
    return asked ? asked : 1;
  return static_cast<unsigned>(reinterpret_cast<int (*)()>(count)());
}

std::string whorl::toJson(std::optional<double> value) {
  return value ? fmt::format("{:.6g}", *value) : "null";
}

std::string whorl::formatJsonFields(const Timing &t) {
  return fmt::format("\"entry\": \"{}\", \"threads\": {}, \"runs\": {}, "
                     "\"median_ms\": {:.6g}, \"min_ms\": {:.6g}, "
                     "\"flops\": {}, \"gflops\": {}, \"bytes\": {:.0f}, "
                     "\"gbs\": {:.6g}, \"peak_gflops\": {:.6g}, "
                     "\"peak_gbs\": {:.6g}",
                     t.entry, t.threads, t.runs, t.medianMs, t.minMs,
                     toJson(t.flops), toJson(t.getGflops()), t.bytes,
                     t.getGBs(), t.peakGflops, t.peakGBs);
}

llvm::Expected<std::optional<double>>
whorl::countFlops(Compilation &compilation, const Signature &signature,
                  llvm::ArrayRef<HostTensor> inputs) {
  CompileSettings inlined; // calls would hide an attention
  inlined.last = Stage::simplify;
  inlined.entry = signature.function;
  auto module = compilation.run(inlined);
  if (!module)
    return module.takeError();
  return countFlops(**module, signature, inputs);
}

double whorl::countBytes(llvm::ArrayRef<HostTensor> tensors) {
  double bytes = 0;
  for (const HostTensor &tensor : tensors)
    bytes += static_cast<double>(tensor.getNumBytes());
  return bytes;
}
