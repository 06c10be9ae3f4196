//===- VectorMathTest.cpp - how accurate our elementary functions are -----===//
//
// Compiles loops over exp2, tanh and a soft cap as the pipeline does, and
// compares them with f64: exp2 on every float of [-126, 127), tanh on every
// float, the soft cap on every third one where it bends. The f64 references are
// polynomials that compilers turn into vector code; they are themselves
// compared with libm's long double here.
//
//===----------------------------------------------------------------------===//

#include "Whorl/Utils/VectorMath.h"
#include "VectorMathReference.h"
#include "Whorl/Pipelines/Pipelines.h"
#include "Whorl/Pipelines/Registration.h"
#include "Whorl/Target/CPUCode.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/bit.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace whorl;

static constexpr uint32_t kSign = 0x80000000U;

namespace {
/// out[i] = f(in[i]), compiled for this machine or for `target`. `ops` compute
/// %y from %x, vectors of 8 floats.
class Compiled {
public:
  explicit Compiled(StringRef ops, StringRef target = "host") {
    DialectRegistry registry;
    registerCompilerDialects(registry);
    registerCodeTranslations(registry);
    MLIRContext context(registry);
    std::string text = (R"(
      func.func @f(%in: memref<?xf32>, %out: memref<?xf32>)
          attributes {llvm.emit_c_interface} {
        %zero = arith.constant 0 : index
        %lanes = arith.constant 8 : index
        %n = memref.dim %in, %zero : memref<?xf32>
        scf.for %i = %zero to %n step %lanes {
          %x = vector.load %in[%i] : memref<?xf32>, vector<8xf32>
          )" + ops + R"(
          vector.store %y, %out[%i] : memref<?xf32>, vector<8xf32>
        }
        return
      })")
                           .str();
    auto module = parseSourceString<ModuleOp>(text, &context);
    module->walk([](math::Exp2Op op) {
      ImplicitLocOpBuilder builder(op.getLoc(), op);
      op.replaceAllUsesWith(buildExp2(builder, op.getOperand()));
      op.erase();
    });
    PassManager manager(&context);
    PipelineOptions options;
    options.target = target.str();
    buildStage(manager, Stage::plan, options);
    buildStage(manager, Stage::lower, options);
    buildStage(manager, Stage::finish, options);
    EXPECT_TRUE(succeeded(manager.run(*module)));
    auto object = emitCode(*module, CodeFormat::object);
    EXPECT_TRUE(static_cast<bool>(object));
    auto loaded = LoadedCode::load(*object);
    EXPECT_TRUE(static_cast<bool>(loaded));
    code.emplace(std::move(*loaded));
    function = reinterpret_cast<void (*)(MemRef *, MemRef *)>(
        code->lookup("_mlir_ciface_f"));
    EXPECT_NE(function, nullptr);
  }

  /// For a multiple of 8 floats.
  void run(const float *in, float *out, size_t count) const {
    auto n = static_cast<int64_t>(count);
    MemRef inView{in, in, 0, n, 1}, outView{out, out, 0, n, 1};
    function(&inView, &outView);
  }

  float operator()(float x) const {
    std::vector<float> in(8, x), out(8);
    run(in.data(), out.data(), in.size());
    return out[0];
  }

private:
  struct MemRef {
    const float *allocated, *aligned;
    int64_t offset, size, stride;
  };
  std::optional<LoadedCode> code;
  void (*function)(MemRef *, MemRef *) = nullptr;
};

/// The largest error in ulp and where it is.
struct Worst {
  double ulp = 0.0;
  float at = 0.0F;
};
} // namespace

/// No function is exact: an error of nothing would mean that nothing ran.
static void expectBetween(double least, double ulp, double most) {
  EXPECT_GT(ulp, least);
  EXPECT_LE(ulp, most);
}

/// Compares `f` with `reference` on the floats whose bits are first, first +
/// stride, ... below last. With `isOdd`, f(-x) must be -f(x) on each.
static Worst compare(const Compiled &f, ReferenceFunction reference,
                     uint32_t first, uint32_t last, uint32_t stride = 1,
                     bool isOdd = false) {
  constexpr size_t block = 4096;
  std::vector<float> in(block), out(block), mirrored(block);
  std::vector<double> errors(block);
  Worst worst;
  for (uint64_t start = first; start < last; start += block * stride) {
    for (size_t i = 0; i < block; ++i)
      in[i] = llvm::bit_cast<float>(static_cast<uint32_t>(
          std::min<uint64_t>(start + i * stride, last - 1)));
    f.run(in.data(), out.data(), block);
    reference(in.data(), out.data(), errors.data(), block);
    auto largest = std::max_element(errors.begin(), errors.end());
    if (*largest > worst.ulp)
      worst = {*largest, in[largest - errors.begin()]};
    if (!isOdd)
      continue;
    for (float &x : in)
      x = -x;
    f.run(in.data(), mirrored.data(), block);
    for (float &y : mirrored)
      y = -y;
    auto haveSameBits = [](float x, float y) {
      return llvm::bit_cast<uint32_t>(x) == llvm::bit_cast<uint32_t>(y);
    };
    EXPECT_TRUE(std::equal(out.begin(), out.begin() + block, mirrored.begin(),
                           haveSameBits))
        << "not odd at " << in[0];
  }
  std::printf("  worst: %.3f ulp at %a\n", worst.ulp, worst.at);
  return worst;
}

/// A reference in f64 is itself right, on floats of [first, last).
static void validate(ReferenceFunction reference,
                     long double (*exact)(long double), uint32_t first,
                     uint32_t last) {
  for (uint32_t bits = first; bits < last; bits += 65521) {
    float x = llvm::bit_cast<float>(bits);
    // The error in ulp of the rounded exact value tells what the reference is.
    std::vector<float> in(8, x);
    auto value = static_cast<double>(exact(x));
    std::vector<float> rounded(8, static_cast<float>(value));
    std::vector<double> errors(8);
    reference(in.data(), rounded.data(), errors.data(), 8);
    double expected = std::fabs(rounded[0] - value) / getUlp(value);
    EXPECT_NEAR(errors[0], expected, 1e-5) << x;
  }
}

static const char kExp2[] = "%y = math.exp2 %x : vector<8xf32>";
static const char kTanh[] = "%y = math.tanh %x : vector<8xf32>";
static const char kSoftcap[] = R"(
  %c = arith.constant dense<30.0> : vector<8xf32>
  %q = arith.divf %x, %c : vector<8xf32>
  %t = math.tanh %q : vector<8xf32>
  %y = arith.mulf %t, %c : vector<8xf32>)";

TEST(VectorMath, Exp2IsWithinTwoUlp) {
  Compiled exp2(kExp2);
  validate(exp2Errors, exp2l, 0, llvm::bit_cast<uint32_t>(127.0F));
  validate(exp2Errors, exp2l, kSign, llvm::bit_cast<uint32_t>(-126.0F));
  expectBetween(
      0.5, compare(exp2, exp2Errors, 0, llvm::bit_cast<uint32_t>(127.0F)).ulp,
      2.0);
  uint32_t lowest = llvm::bit_cast<uint32_t>(-126.0F);
  expectBetween(0.5, compare(exp2, exp2Errors, kSign, lowest + 1).ulp, 2.0);
}

TEST(VectorMath, Exp2Ends) {
  Compiled exp2(kExp2);
  EXPECT_EQ(exp2(0.0F), 1.0F);
  EXPECT_EQ(exp2(-0.0F), 1.0F);
  EXPECT_EQ(exp2(-1.0F), 0.5F);
  EXPECT_EQ(exp2(-126.0F), 0x1p-126F);
  EXPECT_EQ(exp2(-127.0F), 0.0F);
  EXPECT_EQ(exp2(-1000.0F), 0.0F);
  EXPECT_EQ(exp2(-INFINITY), 0.0F);
  EXPECT_TRUE(std::isnan(exp2(NAN)));
}

TEST(VectorMath, TanhIsWithinTwoUlp) {
  Compiled tanh(kTanh);
  validate(tanhErrors, tanhl, llvm::bit_cast<uint32_t>(0x1p-14F),
           llvm::bit_cast<uint32_t>(12.0F));
  // Where it is its argument, where it bends, where it is 1.
  uint32_t bend = llvm::bit_cast<uint32_t>(0x1p-14F),
           end = llvm::bit_cast<uint32_t>(9.1F);
  uint32_t infinite = llvm::bit_cast<uint32_t>(INFINITY) + 1;
  auto getUlp = [&](ReferenceFunction reference, uint32_t from, uint32_t to) {
    return compare(tanh, reference, from, to, 1, /*isOdd=*/true).ulp;
  };
  EXPECT_LE(getUlp(linearErrors, 0, bend), 1.0);
  expectBetween(0.5, getUlp(tanhErrors, bend, end), 2.0);
  EXPECT_EQ(getUlp(oneErrors, end, infinite), 0.0);
}

TEST(VectorMath, TanhEnds) {
  for (const char *target : {"host", "x86-64"}) {
    Compiled tanh(kTanh, target);
    EXPECT_EQ(llvm::bit_cast<uint32_t>(tanh(0.0F)), 0U);
    EXPECT_EQ(llvm::bit_cast<uint32_t>(tanh(-0.0F)), kSign);
    EXPECT_EQ(tanh(0x1p-149F), 0x1p-149F);
    EXPECT_EQ(tanh(-0x1.8p-130F), -0x1.8p-130F);
    EXPECT_EQ(tanh(INFINITY), 1.0F);
    EXPECT_EQ(tanh(-INFINITY), -1.0F);
    EXPECT_EQ(tanh(0x1.fffffep127F), 1.0F);
    EXPECT_TRUE(std::isnan(tanh(NAN)));
  }
}

TEST(VectorMath, WithoutFusedMultiplyAdd) {
  // Products round here. Every 1009th float.
  Compiled tanh(kTanh, "x86-64"), exp2(kExp2, "x86-64");
  uint32_t bend = llvm::bit_cast<uint32_t>(0x1p-14F),
           end = llvm::bit_cast<uint32_t>(9.1F);
  double ulp = compare(tanh, tanhErrors, bend, end, 1009, /*isOdd=*/true).ulp;
  expectBetween(0.5, ulp, 2.5);
  ulp =
      compare(exp2, exp2Errors, kSign, llvm::bit_cast<uint32_t>(-126.0F), 1009)
          .ulp;
  expectBetween(0.5, ulp, 2.5);
}

TEST(VectorMath, SoftcapIsWithinFiveUlp) {
  // Every third float.
  Compiled softcap(kSoftcap);
  uint32_t first = llvm::bit_cast<uint32_t>(0x1p-20F),
           end = llvm::bit_cast<uint32_t>(30 * 9.1F);
  double ulp =
      compare(softcap, softcap30Errors, first, end, 3, /*isOdd=*/true).ulp;
  expectBetween(0.5, ulp, 5.0);
  EXPECT_EQ(llvm::bit_cast<uint32_t>(softcap(-0.0F)), kSign);
  EXPECT_EQ(softcap(0x1p-149F), 0x1p-149F);
  EXPECT_NEAR(softcap(INFINITY), 30.0F, 4e-6F);
  EXPECT_NEAR(softcap(-INFINITY), -30.0F, 4e-6F);
  EXPECT_TRUE(std::isnan(softcap(NAN)));
}
