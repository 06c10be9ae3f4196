//===- MaskAnalysisTest.cpp - plans of masks against brute force ----------===//
//
// Random masks and tiles: a key outside the intervals is seen by no query of
// the tile, a tile for which no partial condition holds hides no pair. The
// oracle evaluates the masks' definitions pair by pair. For causal masks and
// windows the interval is also tight.
//
//===----------------------------------------------------------------------===//

#include "Whorl/Analysis/MaskAnalysis.h"
#include "gtest/gtest.h"
#include <random>

using namespace mlir;
using namespace whorl;

namespace {
class MaskAnalysisTest : public ::testing::Test {
protected:
  MaskAnalysisTest() { context.loadDialect<WhorlDialect>(); }

  int64_t random(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(engine);
  }
  AffineExpr randomExpr(unsigned numSymbols);
  MaskAttrInterface randomAffine();
  MaskAttrInterface randomMask(int depth);
  Attribute randomParts(int depth, bool isAnd);

  MLIRContext context;
  // The same masks in every run: a failure must come again.
  std::mt19937_64 engine{20251}; // NOLINT(bugprone-random-generator-seed)
};

/// The sizes of an attention and its tiles.
struct Shape {
  int64_t offset, queries, keys, queryRows, keyRows;
  int64_t getEnd() const { return offset + queries; }
};

/// A mask's operands, all of which are numbers here.
using Operands = ArrayRef<int64_t>;
} // namespace

//===----------------------------------------------------------------------===//
// The oracle
//===----------------------------------------------------------------------===//

static int64_t evaluate(AffineExpr expr, ArrayRef<int64_t> dims,
                        Operands symbols) {
  SmallVector<AffineExpr> dimConstants, symbolConstants;
  for (int64_t dim : dims)
    dimConstants.push_back(getAffineConstantExpr(dim, expr.getContext()));
  for (int64_t symbol : symbols)
    symbolConstants.push_back(getAffineConstantExpr(symbol, expr.getContext()));
  AffineExpr result = expr.replaceDimsAndSymbols(dimConstants, symbolConstants);
  return cast<AffineConstantExpr>(result).getValue();
}

static bool holds(IntegerSet set, ArrayRef<int64_t> dims, Operands symbols) {
  for (auto [index, expr] : llvm::enumerate(set.getConstraints())) {
    int64_t value = evaluate(expr, dims, symbols);
    if (set.isEq(index) ? value != 0 : value < 0)
      return false;
  }
  return true;
}

static int64_t floorDiv(int64_t a, int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static bool isVisible(Attribute mask, int64_t i, int64_t j, Operands operands);

/// Whether the parts of `and` (all) or `or` (any) let (i, j) pass.
static bool isVisible(ArrayAttr parts, bool isAnd, int64_t i, int64_t j,
                      Operands operands) {
  for (Attribute part : parts) {
    unsigned count = cast<MaskAttrInterface>(part).getNumMaskOperands();
    if (isVisible(part, i, j, operands.take_front(count)) != isAnd)
      return !isAnd;
    operands = operands.drop_front(count);
  }
  return isAnd;
}

/// By the masks' definitions, not by the sets that they are made of.
static bool isVisible(Attribute mask, int64_t i, int64_t j, Operands operands) {
  if (auto affine = dyn_cast<AffineMaskAttr>(mask))
    return holds(affine.getIntegerSet(), {i, j}, operands);
  if (isa<CausalMaskAttr>(mask))
    return j <= i;
  if (auto window = dyn_cast<SlidingWindowMaskAttr>(mask))
    return (window.getLeft() < 0 || j >= i - window.getLeft()) &&
           (window.getRight() < 0 || j <= i + window.getRight());
  if (auto prefix = dyn_cast<PrefixMaskAttr>(mask))
    return j <= i ||
           j < (prefix.getLength() < 0 ? operands[0] : prefix.getLength());
  if (auto block = dyn_cast<BlockCausalMaskAttr>(mask))
    return floorDiv(i, block.getBlock()) >= floorDiv(j, block.getBlock());
  if (auto list = dyn_cast<AndMaskAttr>(mask))
    return isVisible(list.getParts(), true, i, j, operands);
  if (auto list = dyn_cast<OrMaskAttr>(mask))
    return isVisible(list.getParts(), false, i, j, operands);
  return !isVisible(cast<NotMaskAttr>(mask).getPart(), i, j, operands);
}

//===----------------------------------------------------------------------===//
// What a plan says
//===----------------------------------------------------------------------===//

static int64_t getExtremum(AffineMap map, ArrayRef<int64_t> dims,
                           Operands operands, int64_t start, bool isMaximum) {
  int64_t result = start;
  for (AffineExpr expr : map.getResults()) {
    int64_t value = evaluate(expr, dims, operands);
    result = isMaximum ? std::max(result, value) : std::min(result, value);
  }
  return result;
}

/// [first, second) for the tile at `q`.
static std::pair<int64_t, int64_t> getInterval(const KeyInterval &interval,
                                               int64_t q, const Shape &shape,
                                               Operands operands) {
  int64_t dims[] = {q, shape.getEnd()};
  return {getExtremum(interval.lower, dims, operands, 0, true),
          getExtremum(interval.upper, dims, operands, shape.keys, false)};
}

static bool mayBePartial(const MaskPlan &plan, int64_t q, int64_t k,
                         const Shape &shape, Operands operands) {
  return plan.isAlwaysPartial ||
         llvm::any_of(plan.partial, [&](IntegerSet set) {
           return holds(set, {q, k, shape.getEnd()}, operands);
         });
}

namespace {
/// How often a plan was sharp, so that a plan that says nothing is noticed.
struct Counts {
  int64_t emptyKeys = 0, fullTiles = 0;
};
} // namespace

/// Checks one tile of queries against the oracle.
static void checkTile(MaskAttrInterface mask, const MaskPlan &plan, int64_t q,
                      const Shape &shape, Operands operands, Counts &counts) {
  int64_t end = std::min(q + shape.queryRows, shape.getEnd());
  auto isInside = [&](int64_t j) {
    return llvm::any_of(plan.intervals, [&](const KeyInterval &interval) {
      auto [lower, upper] = getInterval(interval, q, shape, operands);
      return j >= lower && j < upper;
    });
  };
  for (int64_t j = 0; j < shape.keys; ++j) {
    if (isInside(j))
      continue;
    ++counts.emptyKeys;
    for (int64_t i = q; i < end; ++i)
      ASSERT_FALSE(isVisible(mask, i, j, operands))
          << "(" << i << ", " << j << ") is outside the intervals";
  }
  for (int64_t k = 0; k + shape.keyRows <= shape.keys; ++k) {
    if (mayBePartial(plan, q, k, shape, operands))
      continue;
    ++counts.fullTiles;
    for (int64_t i = q; i < end; ++i)
      for (int64_t j = k; j < k + shape.keyRows; ++j)
        ASSERT_TRUE(isVisible(mask, i, j, operands))
            << "(" << i << ", " << j << ") is in a full tile";
  }
}

static void checkMask(MaskAttrInterface mask, const Shape &shape,
                      Operands operands, Counts &counts) {
  std::string text;
  llvm::raw_string_ostream(text)
      << mask << " offset " << shape.offset << " queries " << shape.queries
      << " keys " << shape.keys << " tiles " << shape.queryRows << " x "
      << shape.keyRows;
  SCOPED_TRACE(text);
  MaskPlan plan = analyzeMask(mask, shape.queryRows, shape.keyRows);
  for (int64_t q = shape.offset; q < shape.getEnd(); q += shape.queryRows) {
    checkTile(mask, plan, q, shape, operands, counts);
    if (::testing::Test::HasFatalFailure())
      return;
  }
}

//===----------------------------------------------------------------------===//
// Random masks
//===----------------------------------------------------------------------===//

AffineExpr MaskAnalysisTest::randomExpr(unsigned numSymbols) {
  AffineExpr i = getAffineDimExpr(0, &context);
  AffineExpr j = getAffineDimExpr(1, &context);
  AffineExpr sum = i * random(-2, 2) + j * random(-2, 2) + random(-12, 12);
  if (numSymbols > 0)
    sum = sum + getAffineSymbolExpr(0, &context) * random(-1, 1);
  switch (random(0, 4)) {
  case 0:
    return sum.floorDiv(random(1, 5)) + j * random(-1, 1);
  case 1:
    return (sum % random(1, 5)) - random(0, 3);
  case 2:
    return i.floorDiv(3) - j.floorDiv(3) + random(-1, 1);
  default:
    return sum;
  }
}

MaskAttrInterface MaskAnalysisTest::randomAffine() {
  auto numSymbols = static_cast<unsigned>(random(0, 1));
  SmallVector<AffineExpr> constraints;
  SmallVector<bool> isEquality;
  for (int64_t n = random(1, 3); n > 0; --n) {
    constraints.push_back(randomExpr(numSymbols));
    isEquality.push_back(random(0, 5) == 0);
  }
  auto set = IntegerSet::get(2, numSymbols, constraints, isEquality);
  return AffineMaskAttr::get(&context, IntegerSetAttr::get(set));
}

MaskAttrInterface MaskAnalysisTest::randomMask(int depth) {
  switch (random(0, depth > 0 ? 7 : 4)) {
  case 0:
    return CausalMaskAttr::get(&context);
  case 1:
    return SlidingWindowMaskAttr::get(&context, random(-1, 9), random(-1, 9));
  case 2:
    return PrefixMaskAttr::get(&context, random(-1, 9));
  case 3:
    return BlockCausalMaskAttr::get(&context, random(1, 6));
  case 5:
    return AndMaskAttr::get(&context,
                            ArrayAttr::get(&context, {randomMask(depth - 1),
                                                      randomMask(depth - 1)}));
  case 6:
    return OrMaskAttr::get(&context,
                           ArrayAttr::get(&context, {randomMask(depth - 1),
                                                     randomMask(depth - 1)}));
  case 7:
    return NotMaskAttr::get(&context, randomMask(depth - 1));
  default:
    return randomAffine();
  }
}

TEST_F(MaskAnalysisTest, EmptyAndFullTilesAre) {
  Counts counts;
  for (int run = 0; run < 2000 && !HasFailure(); ++run) {
    MaskAttrInterface mask = randomMask(2);
    Shape shape{random(-5, 9), random(1, 17), random(0, 19), random(1, 6),
                random(1, 6)};
    SmallVector<int64_t> operands;
    for (unsigned n = mask.getNumMaskOperands(); n > 0; --n)
      operands.push_back(random(-6, 20));
    checkMask(mask, shape, operands, counts);
  }
  // A plan that always says "partial" would be sound and useless.
  EXPECT_GT(counts.emptyKeys, 1000);
  EXPECT_GT(counts.fullTiles, 1000);
}

//===----------------------------------------------------------------------===//
// Tightness
//===----------------------------------------------------------------------===//

/// Causal masks and windows: the intervals hold no key that no query sees, and
/// no full tile is called partial, but for queries behind the last one.
static void checkTight(MaskAttrInterface mask, const Shape &shape) {
  MaskPlan plan = analyzeMask(mask, shape.queryRows, shape.keyRows);
  ASSERT_EQ(plan.intervals.size(), 1u);
  for (int64_t q = shape.offset; q < shape.getEnd(); q += shape.queryRows) {
    int64_t end = std::min(q + shape.queryRows, shape.getEnd());
    auto isSeen = [&](int64_t j) {
      for (int64_t i = q; i < end; ++i)
        if (isVisible(mask, i, j, {}))
          return true;
      return false;
    };
    auto [lower, upper] = getInterval(plan.intervals[0], q, shape, {});
    for (int64_t j = lower; j < upper; ++j)
      ASSERT_TRUE(isSeen(j)) << "key " << j << " of the tile at " << q;
    for (int64_t k = 0; k + shape.keyRows <= shape.keys; ++k) {
      bool isFull = true;
      for (int64_t i = q; i < end; ++i)
        for (int64_t j = k; j < k + shape.keyRows; ++j)
          isFull &= isVisible(mask, i, j, {});
      ASSERT_EQ(mayBePartial(plan, q, k, shape, {}), !isFull)
          << "tile (" << q << ", " << k << ")";
    }
  }
}

TEST_F(MaskAnalysisTest, CausalAndWindowsAreTight) {
  for (int run = 0; run < 100 && !HasFailure(); ++run) {
    Shape shape{random(-5, 9), random(1, 17), random(0, 19), random(1, 6),
                random(1, 6)};
    checkTight(CausalMaskAttr::get(&context), shape);
    int64_t left = random(-1, 9);
    // Unbounded on both sides is no mask at all.
    int64_t right = random(left < 0 ? 0 : -1, 9);
    checkTight(SlidingWindowMaskAttr::get(&context, left, right), shape);
  }
}

// Coefficients that leave the range of an index weaken the plan, no more.
TEST_F(MaskAnalysisTest, HugeCoefficientsAreSound) {
  AffineExpr i = getAffineDimExpr(0, &context);
  AffineExpr j = getAffineDimExpr(1, &context);
  int64_t huge = int64_t(1) << 55;
  auto set = IntegerSet::get(2, 0, {i * huge - j * huge}, {false});
  Counts counts;
  checkMask(AffineMaskAttr::get(&context, IntegerSetAttr::get(set)),
            {0, 9, 9, 4, 4}, {}, counts);
}
