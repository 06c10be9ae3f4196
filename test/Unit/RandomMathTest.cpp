//===- RandomMathTest.cpp - how accurate random numbers are ---------------===//
//
// Compiles distributions as functions of given words, and compares them with
// libm in f64: normal and exponential numbers on the first and last 2^20 of the
// 2^32 words, on those around zero, and on every 509th.
//
//===----------------------------------------------------------------------===//

#include "CompiledGraph.h"
#include "mlir/AsmParser/AsmParser.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

/// out[i] = the distribution's number of the words low[i], high[i].
static std::string getGraph(llvm::StringRef element) {
  std::string text = R"(
    func.func @f(%low: memref<?xi32>, %high: memref<?xi32>,
                 %out: memref<?xELEMENT>)
        attributes {llvm.emit_c_interface} {
      %zero = arith.constant 0 : index
      %lanes = arith.constant 16 : index
      %n = memref.dim %out, %zero : memref<?xELEMENT>
      scf.for %i = %zero to %n step %lanes {
        %x = vector.load %low[%i] : memref<?xi32>, vector<16xi32>
        %y = vector.load %high[%i] : memref<?xi32>, vector<16xi32>
        %z = builtin.unrealized_conversion_cast %x, %y
            : vector<16xi32>, vector<16xi32> to vector<16xELEMENT>
        vector.store %z, %out[%i] : memref<?xELEMENT>, vector<16xELEMENT>
      }
      return
    })";
  for (size_t at; (at = text.find("ELEMENT")) != std::string::npos;)
    text.replace(at, 7, element);
  return text;
}

/// Replaces the cast by the arithmetic of `attribute`.
static CompiledFunction compile(llvm::StringRef attribute,
                                llvm::StringRef element) {
  return CompiledFunction(getGraph(element), [&](ModuleOp module) {
    auto distribution = cast<RandomDistributionAttrInterface>(
        parseAttribute(attribute, module.getContext()));
    Type type = parseType(element, module.getContext());
    module->walk([&](UnrealizedConversionCastOp op) {
      ElementBuilder builder(op.getLoc(), op);
      ValueRange words = op.getInputs();
      if (distribution.getDraw(type) == RandomDraw::word)
        words = words.drop_front(); // the high word is what one word is
      op.replaceAllUsesWith(
          ValueRange{distribution.buildSample(builder, words, type)});
      op.erase();
    });
  });
}

static std::vector<uint32_t> getWords() {
  std::vector<uint32_t> words;
  constexpr uint32_t count = 1 << 20;
  for (uint32_t i = 0; i < count; ++i) {
    words.push_back(i);
    words.push_back(~i);
    words.push_back(0x80000000 - i);
    words.push_back(0x7fffffff + i);
  }
  for (uint64_t word = 0; word < uint64_t{1} << 32; word += 509)
    words.push_back(static_cast<uint32_t>(word));
  words.resize(words.size() / 16 * 16);
  return words;
}

/// The largest relative error against `exact(word)`.
template <typename Exact>
static double getWorst(llvm::StringRef attribute, Exact exact) {
  CompiledFunction function = compile(attribute, "f32");
  std::vector<uint32_t> words = getWords(), low(words.size());
  std::vector<float> out(words.size());
  function(low, words, out);
  double worst = 0;
  for (size_t i = 0; i < words.size(); ++i) {
    double wanted = exact(words[i]);
    worst = std::max(worst, std::fabs(out[i] - wanted) / std::fabs(wanted));
  }
  return worst;
}

/// erfc(x) = 2 p solved by Newton's method in terms of ln erfc, from a start
/// that is good everywhere; for x >= 0.
static double getQuantile(double tail) {
  double t = std::sqrt(-2 * std::log(tail));
  double z = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                     (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (int i = 0; i < 3; ++i) {
    double q = 0.5 * std::erfc(z * M_SQRT1_2);
    double density = std::exp(-0.5 * z * z) * 0.3989422804014327;
    z += q / density * std::log(q / tail);
  }
  return z;
}

TEST(RandomMath, NormalIsTheQuantile) {
  double worst = getWorst("#whorl.normal", [](uint32_t word) {
    auto n = static_cast<int32_t>(word);
    double x = (n + 0.5) * 0x1p-31;
    if (std::fabs(x) < 1e-2) { // the series of the inverse error function
      double c = M_PI * x * x / 4;
      return std::sqrt(M_PI / 2) * x *
             (1 + c * (1.0 / 3 + c * (7.0 / 30 + c * 127.0 / 630)));
    }
    double tail = (1 - std::fabs(x)) / 2; // exact
    return std::copysign(getQuantile(tail), x);
  });
  RecordProperty("worst", std::to_string(worst));
  EXPECT_LE(worst, 5e-7);
  EXPECT_GT(worst, 1e-8); // an error of nothing would mean that nothing ran
}

TEST(RandomMath, ExponentialIsTheLogarithm) {
  double worst = getWorst("#whorl.exponential", [](uint32_t word) {
    double u = (word + 0.5) * 0x1p-32;
    return u < 0.5 ? -std::log1p(-u) : -std::log((~word + 0.5) * 0x1p-32);
  });
  EXPECT_LE(worst, 2 * 0x1p-23);
  EXPECT_GT(worst, 1e-8);
}

/// f64 numbers against libm on words of all magnitudes.
template <typename Exact>
static double getWorstF64(llvm::StringRef attribute, Exact exact) {
  CompiledFunction function = compile(attribute, "f64");
  std::vector<uint32_t> low, high;
  uint64_t state = 1;
  for (int i = 0; i < 1 << 20; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    uint64_t n = (state ^ (state >> 29)) >> (i % 60);
    n = i % 2 ? ~n : n;
    low.push_back(static_cast<uint32_t>(n));
    high.push_back(static_cast<uint32_t>(n >> 32));
  }
  std::vector<double> out(low.size());
  function(low, high, out);
  double worst = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    double wanted = exact(uint64_t{high[i]} << 32 | low[i]);
    // Where the number is small, the functions of libm above have lost digits.
    worst = std::max(worst, std::fabs(out[i] - wanted) /
                                std::max(std::fabs(wanted), 1.0));
  }
  return worst;
}

static double getExponential(uint64_t n) {
  double u = static_cast<double>(n) * 0x1p-64 + 0x1p-65;
  double complement = static_cast<double>(~n) * 0x1p-64 + 0x1p-65;
  return u < 0.5 ? -std::log1p(-u) : -std::log(complement);
}

TEST(RandomMath, F64) {
  double worst = getWorstF64("#whorl.exponential", getExponential);
  EXPECT_LE(worst, 5e-16);
  EXPECT_GT(worst, 1e-17);
  worst = getWorstF64("#whorl.normal", [](uint64_t n) {
    auto s = static_cast<int64_t>(n);
    uint64_t m = s < 0 ? n ^ (uint64_t{1} << 63) : n ^ (~uint64_t{0} >> 1);
    double tail = static_cast<double>(m) * 0x1p-64 + 0x1p-65;
    double x = static_cast<double>(s) * 0x1p-63 + 0x1p-64;
    if (std::fabs(x) < 1e-4)
      return std::sqrt(M_PI / 2) * x * (1 + M_PI * x * x / 12);
    return std::copysign(getQuantile(tail), x);
  });
  EXPECT_LE(worst, 3e-15);
  EXPECT_GT(worst, 1e-17);
}
