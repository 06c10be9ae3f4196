//===- VectorMathTest.cpp - how accurate our exp2 is ----------------------===//
//
// Compiles a loop over buildExp2 and compares it with libm in f64
// on every 101st float of [-127, 0], and on the ends.
//
//===----------------------------------------------------------------------===//

#include "../../lib/Conversion/WhorlToCPU/VectorMath.h"
#include "Whorl/Pipelines/Pipelines.h"
#include "Whorl/Pipelines/Registration.h"
#include "Whorl/Target/CPUCode.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/Format.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstring>

using namespace mlir;
using namespace whorl;

namespace {
/// out[i] = 2^in[i] for i < n, n a multiple of 8, compiled for this machine.
class Exp2 {
public:
  Exp2() {
    DialectRegistry registry;
    registerCompilerDialects(registry);
    registerCodeTranslations(registry);
    MLIRContext context(registry);
    auto module = parseSourceString<ModuleOp>(R"(
      func.func @f(%in: memref<?xf32>, %out: memref<?xf32>)
          attributes {llvm.emit_c_interface} {
        %zero = arith.constant 0 : index
        %lanes = arith.constant 8 : index
        %n = memref.dim %in, %zero : memref<?xf32>
        scf.for %i = %zero to %n step %lanes {
          %x = vector.load %in[%i] : memref<?xf32>, vector<8xf32>
          %y = math.exp2 %x : vector<8xf32>
          vector.store %y, %out[%i] : memref<?xf32>, vector<8xf32>
        }
        return
      })",
                                              &context);
    module->walk([](math::Exp2Op op) {
      ImplicitLocOpBuilder builder(op.getLoc(), op);
      op.replaceAllUsesWith(buildExp2(builder, op.getOperand()));
      op.erase();
    });
    PassManager manager(&context);
    PipelineOptions options;
    buildStage(manager, Stage::plan, options);
    buildStage(manager, Stage::lower, options);
    buildStage(manager, Stage::finish, options);
    EXPECT_TRUE(succeeded(manager.run(*module)));
    auto object = emitCode(*module, CodeFormat::object);
    EXPECT_TRUE(static_cast<bool>(object));
    auto loaded = LoadedCode::load(*object);
    EXPECT_TRUE(static_cast<bool>(loaded));
    code.emplace(std::move(*loaded));
  }

  std::vector<float> operator()(std::vector<float> in) const {
    size_t count = in.size();
    in.resize((count + 7) / 8 * 8);
    std::vector<float> out(in.size());
    MemRef inView{in.data(), in.data(), 0, static_cast<int64_t>(in.size()), 1};
    MemRef outView{out.data(), out.data(), 0, static_cast<int64_t>(out.size()),
                   1};
    auto *function = reinterpret_cast<void (*)(MemRef *, MemRef *)>(
        code->lookup("_mlir_ciface_f"));
    EXPECT_NE(function, nullptr);
    function(&inView, &outView);
    out.resize(count);
    return out;
  }

private:
  struct MemRef {
    float *allocated, *aligned;
    int64_t offset, size, stride;
  };
  std::optional<LoadedCode> code;
};
} // namespace

static double getUlp(double value) {
  int exponent;
  std::frexp(value, &exponent);
  return std::ldexp(1.0, exponent - 24);
}

TEST(VectorMath, Exp2IsWithinTwoUlp) {
  Exp2 exp2;
  std::vector<float> inputs;
  for (uint32_t bits = 0x80000000;; bits += 101) {
    float x;
    std::memcpy(&x, &bits, sizeof x);
    if (!(x >= -126.0F))
      break;
    inputs.push_back(x);
  }
  std::vector<float> outputs = exp2(inputs);
  double worst = 0;
  for (size_t i = 0; i < inputs.size(); ++i) {
    double exact = std::exp2(static_cast<double>(inputs[i]));
    worst = std::max(worst, std::fabs(outputs[i] - exact) / getUlp(exact));
  }
  RecordProperty("worst_ulp", std::to_string(worst));
  EXPECT_LE(worst, 2.0);
  EXPECT_GT(worst, 0.1); // an error of nothing would mean that nothing ran
}

TEST(VectorMath, Exp2Ends) {
  Exp2 exp2;
  float infinity = std::numeric_limits<float>::infinity();
  float nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> outputs =
      exp2({0.0F, -0.0F, -1.0F, -126.0F, -127.0F, -1000.0F, -infinity, nan});
  EXPECT_EQ(outputs[0], 1.0F);
  EXPECT_EQ(outputs[1], 1.0F);
  EXPECT_EQ(outputs[2], 0.5F);
  EXPECT_EQ(outputs[3], 0x1p-126F);
  EXPECT_EQ(outputs[4], 0.0F);
  EXPECT_EQ(outputs[5], 0.0F);
  EXPECT_EQ(outputs[6], 0.0F);
  EXPECT_TRUE(std::isnan(outputs[7]));
}
