//===- RandomStatisticsTest.cpp - what random numbers look like -----------===//
//
// Known answers of the generators, then chi-square and Kolmogorov-Smirnov on
// 10^7 numbers. The seeds are fixed: a test that passes once passes always, and
// fails where a generator or a distribution is broken.
//
//===----------------------------------------------------------------------===//

#include "CompiledGraph.h"
#include "Whorl/Runtime/HostTensor.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/Passes.h"
#include <cmath>

using namespace mlir;
using namespace whorl;

//===----------------------------------------------------------------------===//
// Random123's known answers (kat_vectors), by constant folding
//===----------------------------------------------------------------------===//

/// Builds words of constants and folds them.
template <typename Build>
static std::vector<uint32_t> foldWords(Build build, unsigned width) {
  MLIRContext context;
  DialectRegistry registry;
  registerCompilerDialects(registry);
  context.appendDialectRegistry(registry);
  context.loadAllAvailableDialects();
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  ElementBuilder b(module->getLoc(), &context);
  b.setInsertionPointToEnd(module->getBody());
  auto function =
      func::FuncOp::create(b, "f", b.getFunctionType({}, SmallVector<Type>()));
  b.setInsertionPointToEnd(function.addEntryBlock());
  SmallVector<Value> words = build(b, b.getIntegerType(width));
  auto result = func::ReturnOp::create(b, words);
  function.setFunctionType(b.getFunctionType({}, result.getOperandTypes()));
  PassManager manager(&context);
  manager.addPass(createCanonicalizerPass());
  EXPECT_TRUE(succeeded(manager.run(*module)));
  std::vector<uint32_t> numbers;
  module->walk([&](func::ReturnOp op) {
    for (Value word : op.getOperands()) {
      APInt number;
      EXPECT_TRUE(matchPattern(word, m_ConstantInt(&number)));
      numbers.push_back(static_cast<uint32_t>(number.getZExtValue()));
    }
  });
  return numbers;
}

static Value getConstant(ElementBuilder &b, Type type, uint32_t word) {
  return arith::ConstantOp::create(
      b, b.getIntegerAttr(type, APInt(type.getIntOrFloatBitWidth(), word)));
}

static std::vector<uint32_t> philox(std::array<uint32_t, 4> counter,
                                    std::array<uint32_t, 2> key) {
  return foldWords(
      [&](ElementBuilder &b, Type type) {
        PhiloxBlock c;
        for (unsigned i = 0; i < 4; ++i)
          c[i] = getConstant(b, type, counter[i]);
        PhiloxBlock result = buildPhilox(
            b, c, {getConstant(b, type, key[0]), getConstant(b, type, key[1])});
        return SmallVector<Value>(result.begin(), result.end());
      },
      64);
}

static std::vector<uint32_t> threefry(std::array<uint32_t, 2> counter,
                                      std::array<uint32_t, 2> key) {
  return foldWords(
      [&](ElementBuilder &b, Type type) {
        ThreefryBlock result = buildThreefry(
            b, {getConstant(b, type, key[0]), getConstant(b, type, key[1])},
            getConstant(b, type, counter[0]), getConstant(b, type, counter[1]));
        return SmallVector<Value>(result.begin(), result.end());
      },
      32);
}

using Words = std::vector<uint32_t>;

TEST(RandomGenerator, PhiloxKnownAnswers) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}),
            (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox({ones, ones, ones, ones}, {ones, ones}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                   {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RandomGenerator, ThreefryKnownAnswers) {
  EXPECT_EQ(threefry({0, 0}, {0, 0}), (Words{0x6b200159, 0x99ba4efe}));
  uint32_t ones = 0xffffffff;
  EXPECT_EQ(threefry({ones, ones}, {ones, ones}),
            (Words{0x1cb996fc, 0xbb002be7}));
  EXPECT_EQ(threefry({0x243f6a88, 0x85a308d3}, {0x13198a2e, 0x03707344}),
            (Words{0xc4923a9c, 0x483df7a0}));
}

//===----------------------------------------------------------------------===//
// Statistics
//===----------------------------------------------------------------------===//

static constexpr int64_t count = 10'000'000;

/// 10^7 numbers of `distribution`.
template <typename Element>
static std::vector<Element> draw(llvm::StringRef distribution,
                                 llvm::StringRef generator,
                                 llvm::StringRef element) {
  std::string type =
      "tensor<" + std::to_string(count) + "x" + element.str() + ">";
  std::string text = "func.func @f() -> " + type +
                     " { %seed = arith.constant 20261124 : i64\n"
                     "%r = whorl.random distribution = " +
                     distribution.str() + " generator = " + generator.str() +
                     " key(%seed : i64) : " + type + "\nreturn %r : " + type +
                     " }";
  std::optional<LoadedCode> code = compileText(text, llvm::ArrayRef(kStages));
  if (!code)
    return std::vector<Element>(count);
  auto *function =
      reinterpret_cast<const char *(*)(const DLTensor *const *,
                                       DLTensor *const *)>(code->lookup("f"));
  Result<HostTensor> tensor =
      HostTensor::create(element == "f32" ? DType::f32 : DType::i32, {count});
  DLTensor view = tensor->getView();
  DLTensor *output = &view;
  EXPECT_EQ(function(nullptr, &output), nullptr);
  const auto *data = static_cast<const Element *>(tensor->getData());
  return std::vector<Element>(data, data + count);
}

/// How many standard deviations chi-square of `bins` equally likely bins lies
/// from its mean.
static double getDeviation(const std::vector<int64_t> &bins) {
  double total = 0, sum = 0;
  for (int64_t bin : bins)
    total += static_cast<double>(bin);
  double expected = total / static_cast<double>(bins.size());
  for (int64_t bin : bins)
    sum += (static_cast<double>(bin) - expected) *
           (static_cast<double>(bin) - expected) / expected;
  double freedom = static_cast<double>(bins.size()) - 1;
  return (sum - freedom) / std::sqrt(2 * freedom);
}

/// Kolmogorov and Smirnov's distance times sqrt(n) for numbers that `cdf` maps
/// to [0, 1], on a grid of 2^20.
template <typename Element, typename CDF>
static double getDistance(const std::vector<Element> &numbers, CDF cdf) {
  std::vector<int64_t> bins(1 << 20);
  auto size = static_cast<double>(bins.size());
  for (Element number : numbers) {
    auto bin = static_cast<size_t>(cdf(static_cast<double>(number)) * size);
    ++bins[std::min(bin, bins.size() - 1)];
  }
  double seen = 0, worst = 0;
  for (size_t i = 0; i < bins.size(); ++i) {
    seen += static_cast<double>(bins[i]);
    worst = std::max(
        worst, std::fabs(seen / count - static_cast<double>(i + 1) / size));
  }
  return worst * std::sqrt(static_cast<double>(count));
}

// P(distance > 1.95) = 0.001; and a distance near 0 would be no randomness.
static constexpr double mostDistance = 1.95, leastDistance = 0.3;

TEST(RandomStatistics, BitsAreEquidistributed) {
  for (llvm::StringRef generator : {"#whorl.philox", "#whorl.threefry"}) {
    auto words = draw<uint32_t>("#whorl.bits", generator, "i32");
    std::vector<int64_t> high(1 << 16), low(1 << 16), pairs(1 << 16),
        apart(1 << 16);
    for (int64_t i = 0; i < count; ++i) {
      ++high[words[i] >> 16];
      ++low[words[i] & 0xffff];
      // Neighbours, and elements in the same place of neighbouring blocks.
      uint32_t next = words[(i + 1) % count], block = words[(i + 4) % count];
      ++pairs[(words[i] >> 24 << 8) | next >> 24];
      ++apart[(words[i] & 0xff) << 8 | (block & 0xff)];
    }
    for (const auto *bins : {&high, &low, &pairs, &apart})
      EXPECT_LT(std::fabs(getDeviation(*bins)), 4.0) << generator.str();
  }
}

TEST(RandomStatistics, DistributionsAreTheirs) {
  auto check = [](llvm::StringRef distribution, auto cdf) {
    auto numbers = draw<float>(distribution, "#whorl.philox", "f32");
    double distance = getDistance(numbers, cdf);
    EXPECT_LT(distance, mostDistance) << distribution.str();
    EXPECT_GT(distance, leastDistance) << distribution.str();
  };
  auto normal = [](double z) { return 0.5 * std::erfc(-z * M_SQRT1_2); };
  check("#whorl.uniform", [](double u) { return u; });
  check("#whorl.uniform<low = -2.0, form = open_closed>",
        [](double u) { return (u + 2) / 3; });
  check("#whorl.normal", normal);
  check("#whorl.normal<form = box_muller>", normal);
  check("#whorl.exponential<rate = 0.5>",
        [](double x) { return -std::expm1(-x / 2); });
  check("#whorl.gumbel", [](double g) { return std::exp(-std::exp(-g)); });
}

TEST(RandomStatistics, IntegersAreEquallyLikely) {
  auto numbers = draw<int32_t>("#whorl.integers<low = -5, high = 994>",
                               "#whorl.philox", "i32");
  std::vector<int64_t> bins(999);
  for (int32_t number : numbers) {
    ASSERT_GE(number, -5);
    ASSERT_LT(number, 994);
    ++bins[number + 5];
  }
  EXPECT_LT(std::fabs(getDeviation(bins)), 4.0);
}
