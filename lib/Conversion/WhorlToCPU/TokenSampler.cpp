//===- TokenSampler.cpp - tokens from rows of logits ----------------------===//

#include "TokenSampler.h"
#include "RowPasses.h"
#include "SoftmaxState.h"
#include "Whorl/IR/FloatMath.h"
#include "Whorl/IR/OperandShapes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include <limits>

using namespace mlir;
using namespace whorl;

static Value isGreater(LoopBuilder &b, Value x, Value y) {
  return arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, x, y);
}

TokenSampler::TokenSampler(SampleTokensOp op, OpBuilder &builder, int64_t lanes)
    : op(op), b(op.getLoc(), builder), type(op.getComputeType()),
      vector(VectorType::get({kLanes}, type)),
      native(VectorType::get({std::clamp<int64_t>(lanes, 1, kLanes)}, type)) {}

void TokenSampler::emit() {
  vocabulary = b.dim(op.getLogits(), op.getVocabularyDim());
  guidance = buildGuidanceFactor(b, op, type);
  Values bounds;
  rows = b.index(1);
  for (int64_t i = 0; i < op.getVocabularyDim(); ++i) {
    bounds.push_back(b.dim(op.getLogits(), i));
    rows = b.mul(rows, bounds.back());
  }
  if (op.getDraw())
    random.emplace(b, op);
  if (bounds.empty())
    return emitRow({});
  b.parallel(bounds, [&](ValueRange ivs) { emitRow(ivs); });
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

void TokenSampler::emitRow(ValueRange indices) {
  auto scope = memref::AllocaScopeOp::create(b, TypeRange{});
  {
    OpBuilder::InsertionGuard guard(b);
    b.createBlock(&scope.getBodyRegion());
    Mode mode = !op.isDrawn()                        ? Mode::greedy
                : op.getNoise()                      ? Mode::noise
                : op.getDraw() == TokenDraw::element ? Mode::element
                                                     : Mode::blocked;
    auto read = [&]() -> Values {
      Value temperature = op.getTemperature();
      if (!temperature)
        return emitReadRow(indices, mode);
      Value zero = b.constant(temperature.getType(), 0.0);
      return b.branch(
          isGreater(b, temperature, zero),
          [&] { return emitReadRow(indices, mode); },
          [&] { return emitReadRow(indices, Mode::greedy); });
    };
    Values results;
    if (op.getKnown()) {
      Value token = extendToken(b, b.load(op.getKnown(), indices));
      Value isMasked = elements().isEqual(token, *op.getMaskToken());
      results = b.branch(isMasked, read, [&] { return buildKnownRow(token); });
    } else {
      results = read();
    }
    storeTokenRow(b, op, results, indices);
    memref::AllocaScopeReturnOp::create(b, ValueRange{});
  }
}

TokenSampler::Values TokenSampler::buildKnownRow(Value token) {
  Values results = {token};
  for (TokenMeasure measure : op.getMeasureList())
    results.push_back(constant(measure == TokenMeasure::confidence ||
                                       measure == TokenMeasure::margin
                                   ? 1.0
                                   : 0.0));
  return results;
}

TokenSampler::State TokenSampler::buildInitialState() {
  State state;
  if (hasStatistics()) {
    state.reference = buildLeastReference();
    state.sum = b.constant(vector, 0.0);
  }
  if (wants(TokenMeasure::entropy))
    state.weighted = state.sum;
  if (wants(TokenMeasure::margin))
    state.second = constant(-kInfinity);
  state.score = constant(-kInfinity);
  state.token = b.index(0);
  state.logit = constant(-kInfinity);
  return state;
}

/// The token, as an i64, and its measures.
TokenSampler::Values TokenSampler::emitReadRow(ValueRange indices, Mode mode) {
  Row row;
  row.mode = mode;
  row.indices = llvm::to_vector(indices);
  row.at = getLogitsRow(b, op, indices);
  row.number = getRowNumber(b, op, indices);
  if (std::optional<APFloat> temperature = op.getStaticTemperature();
      temperature && !temperature->isZero()) {
    double inverse = 1.0 / temperature->convertToDouble();
    if (inverse != 1.0)
      row.temperature = constant(inverse);
  } else if (op.getTemperature() && mode != Mode::greedy) {
    Value temperature = castToFloat(b, op.getTemperature(), type);
    row.temperature = elements().div(constant(1.0), temperature);
  }
  bool isWhole = !op.getFilterList().empty();
  OpFoldResult size = b.getIndexAttr(kBlock);
  if (isWhole)
    size = OpFoldResult(
        b.mul(b.ceilDiv(vocabulary, b.index(kBlock)), b.index(kBlock)));
  row.values = isWhole ? b.allocate(type, size) : b.allocateScratch(type, size);
  if (mode != Mode::greedy)
    row.scores = b.allocateScratch(type, OpFoldResult(b.getIndexAttr(kBlock)));
  if (mode == Mode::element)
    row.numbers =
        b.allocateScratch(type, OpFoldResult(b.getIndexAttr(kBlock + kLanes)));
  if (isWhole)
    emitThreshold(row);

  State state = buildInitialState();
  Value *fields[] = {&state.reference, &state.sum,   &state.weighted,
                     &state.second,    &state.score, &state.token,
                     &state.logit};
  auto pack = [&] {
    Values values;
    for (Value *field : fields)
      if (*field)
        values.push_back(*field);
    return values;
  };
  auto unpack = [&](ValueRange values) {
    auto next = values.begin();
    for (Value *field : fields)
      if (*field)
        *field = *next++;
  };
  Values last = b.loop(b.index(0), vocabulary, b.index(kBlock), pack(),
                       [&](Value start, ValueRange carried) {
                         unpack(carried);
                         emitBlock(row, getBlock(start), state);
                         return pack();
                       });
  unpack(last);
  if (mode == Mode::blocked)
    emitPick(row, state);
  Values results = buildMeasures(row, state);
  results.insert(results.begin(),
                 arith::IndexCastOp::create(b, b.getI64Type(), state.token));
  if (isWhole)
    b.free(row.values);
  if (row.weights)
    b.free(row.weights);
  return results;
}

//===----------------------------------------------------------------------===//
// Draws
//===----------------------------------------------------------------------===//

void TokenSampler::emitBlock(const Row &row, const Block &block, State &state) {
  if (op.getFilterList().empty())
    fillBlock(row, block);
  Value largest;
  Values sums;
  if (hasStatistics()) {
    auto map = [&](Value x) { return buildStatistic(row, x); };
    auto [first, second] =
        buildTop(row.values, block.base, map, wants(TokenMeasure::margin));
    updateStatistics(row, block, state, first, second, sums);
    largest = first;
  }
  switch (row.mode) {
  case Mode::greedy: {
    auto same = [](Value x) { return x; };
    if (!largest || op.getOfSampled())
      largest = buildTop(row.values, block.base, same, false).first;
    emitArgmax(row, block, state, row.values, block.base, largest);
    break;
  }
  case Mode::element:
  case Mode::noise: {
    if (row.mode == Mode::noise)
      emitGivenNoise(row, block);
    else
      emitDrawnNoise(row, block, state);
    auto same = [](Value x) { return x; };
    Value best = buildTop(row.scores, b.index(0), same, false).first;
    emitArgmax(row, block, state, row.scores, b.index(0), best);
    break;
  }
  case Mode::blocked: {
    Value reference = state.reference;
    if (!sharesSums(row)) {
      auto map = [&](Value x) { return buildTempered(row, x); };
      Value top = buildTop(row.values, block.base, map, false).first;
      reference = buildMaximum(b, top, buildLeastReference());
      sums = buildSums(row.values, block.base, reference, map, false, {});
    }
    emitBlockScore(row, block, state, sums.front(), reference);
    break;
  }
  }
}

/// Where `largest`, the largest of these values, is larger than all before it:
/// the first token that has it.
void TokenSampler::emitArgmax(const Row &row, const Block &block, State &state,
                              Value values, Value base, Value largest) {
  Values next = b.branch(
      isGreater(b, largest, state.score),
      [&]() -> Values {
        Value place = findFirst(values, base, largest);
        return {largest, b.add(block.start, place),
                b.load(row.values, b.add(block.base, place))};
      },
      [&]() -> Values { return {state.score, state.token, state.logit}; });
  state.score = next[0];
  state.token = next[1];
  state.logit = next[2];
}

/// The place of the first value of a block that equals `wanted`, which is
/// there.
Value TokenSampler::findFirst(Value values, Value base, Value wanted) {
  auto places = VectorType::get({kLanes}, b.getI32Type());
  SmallVector<int32_t> numbers;
  for (int64_t lane = 0; lane < kLanes; ++lane)
    numbers.push_back(static_cast<int32_t>(lane));
  Value lanes = arith::ConstantOp::create(
      b, DenseElementsAttr::get(places, ArrayRef(numbers)));
  Value none = arith::ConstantOp::create(
      b, DenseElementsAttr::get(places, static_cast<int32_t>(kBlock - 1)));
  Value target = splat(wanted);
  Value first =
      b.loop(b.index(0), b.index(kBlock), b.index(kLanes), none,
             [&](Value i, ValueRange best) -> Values {
               Value x = load(values, b.add(base, i));
               Value isWanted = arith::CmpFOp::create(
                   b, arith::CmpFPredicate::OEQ, x, target);
               Value offset = arith::IndexCastOp::create(b, b.getI32Type(), i);
               Value place = arith::AddIOp::create(
                   b, lanes, vector::BroadcastOp::create(b, places, offset));
               place = elements().select(isWanted, place, none);
               return {arith::MinSIOp::create(b, place, best[0])};
             })[0];
  first = vector::ReductionOp::create(b, vector::CombiningKind::MINSI, first);
  return arith::IndexCastOp::create(b, b.getIndexType(), first);
}

/// scores[i] = q + G, G given.
void TokenSampler::emitGivenNoise(const Row &row, const Block &block) {
  b.loop(b.index(0), b.index(kBlock), b.index(kLanes), [&](Value i) {
    Value x = load(row.values, b.add(block.base, i));
    vector::StoreOp::create(b, buildTempered(row, x), row.scores, i);
  });
  Values at(row.indices);
  at.push_back({});
  forBlock(block, hasNeighbours(op.getNoise()), [&](Value i, int64_t width) {
    at.back() = b.add(block.start, i);
    auto piece = VectorType::get({width}, type);
    Value g = vector::LoadOp::create(b, piece, op.getNoise(), at);
    Value x = vector::LoadOp::create(b, piece, row.scores, i);
    vector::StoreOp::create(b, elements().add(x, g), row.scores, i);
  });
}

/// scores[i] = q + G, G drawn where it can win.
void TokenSampler::emitDrawnNoise(const Row &row, const Block &block,
                                  const State &state) {
  // Only a number that lifts the block's largest logit over the best score can
  // win: hardly any in most blocks.
  auto map = [&](Value x) { return buildTempered(row, x); };
  Value top = buildTop(row.values, block.base, map, false).first;
  Value limit = random->buildLimit(b, elements().sub(state.score, top));
  // Runs of numbers start at multiples of what the generator gives at once: a
  // block's numbers begin up to so many places before its first token.
  Value first = b.add(b.mul(row.number, vocabulary), block.start);
  Value place = random->getPlace(b, first);
  int64_t alignment = random->getAlignment();
  Value before = elements().bitAnd(place, alignment - 1);
  Value start = elements().subInt(place, before);
  Value skipped = arith::IndexCastOp::create(b, b.getIndexType(), before);
  int64_t end = alignment == 1 ? kBlock : kBlock + kLanes;
  b.loop(b.index(0), b.index(end), b.index(kLanes), [&](Value i) {
    Value at = elements().addInt(
        start, arith::IndexCastOp::create(b, b.getI64Type(), i).getResult());
    Value g = random->buildLargeGumbels(b, at, kLanes, limit);
    vector::StoreOp::create(b, g, row.numbers, i);
  });
  b.loop(b.index(0), b.index(kBlock), b.index(kLanes), [&](Value i) {
    Value x = load(row.values, b.add(block.base, i));
    Value g = load(row.numbers, b.add(i, skipped));
    Value q = buildTempered(row, x);
    vector::StoreOp::create(b, elements().add(q, g), row.scores, i);
  });
}

/// The score of a block is ln sum exp q + G; its token its first one until the
/// winner is known.
void TokenSampler::emitBlockScore(const Row &row, const Block &block,
                                  State &state, Value sums, Value reference) {
  Value sum = sumLanes(sums);
  Value blocks = b.ceilDiv(vocabulary, b.index(kBlock));
  Value number = b.floorDiv(block.start, b.index(kBlock));
  number = b.add(b.mul(row.number, blocks), number);
  Value gumbel = random->buildGumbel(b, random->getPlace(b, number));
  // The logarithm is for normal numbers; a block without any weight has none.
  Value least = constant(type.isF64() ? std::numeric_limits<double>::min()
                                      : std::numeric_limits<float>::min());
  Value isEmpty = elements().isLess(sum, least);
  ElementBuilder e = elements();
  Value log = buildLog(e, buildMaximum(b, sum, least));
  e = elements();
  Value score = e.add(e.add(log, reference), gumbel);
  score = e.select(isEmpty, constant(-kInfinity), score);
  Value wins = isGreater(b, score, state.score);
  e = elements();
  state.score = e.select(wins, score, state.score);
  state.token = e.select(wins, block.start, state.token);
}

/// The token within the block that has won: the first whose cumulative sum
/// exceeds a share of the whole, drawn once a row.
void TokenSampler::emitPick(const Row &row, State &state) {
  Block block = getBlock(state.token);
  if (op.getFilterList().empty())
    fillBlock(row, block);
  auto map = [&](Value x) { return buildTempered(row, x); };
  Value top = buildTop(row.values, block.base, map, false).first;
  Value reference = buildMaximum(b, top, buildLeastReference());
  buildSums(row.values, block.base, reference, map, false, row.scores);
  Value zero = constant(0.0);
  auto accumulate = [&](Value sum, Value i) {
    return elements().add(sum, b.load(row.scores, i));
  };
  Value total = b.loop(b.index(0), block.count, b.index(1), zero,
                       [&](Value i, ValueRange sum) -> Values {
                         return {accumulate(sum[0], i)};
                       })[0];
  Value blocks = b.ceilDiv(vocabulary, b.index(kBlock));
  Value place = b.add(b.mul(rows, blocks), row.number);
  Value share = random->buildUniform(b, random->getPlace(b, place));
  Value limit = elements().mul(share, total);
  // Rounding may leave the limit at the whole sum: then the last token that has
  // any weight is it.
  Value none = arith::ConstantIntOp::create(b, b.getI1Type(), 0);
  Value token =
      b.loop(b.index(0), block.count, b.index(1), {zero, none, b.index(0)},
             [&](Value i, ValueRange carried) -> Values {
               Value sum = accumulate(carried[0], i);
               Value hasWeight = isGreater(b, b.load(row.scores, i), zero);
               ElementBuilder e = elements();
               Value isOpen = e.bitXor(carried[1], e.integer(carried[1], 1));
               Value mayWin = e.bitAnd(hasWeight, isOpen);
               Value exceeds = isGreater(b, sum, limit);
               e = elements();
               Value isFound = e.bitOr(carried[1], e.bitAnd(mayWin, exceeds));
               return {sum, isFound, e.select(mayWin, i, carried[2])};
             })[2];
  state.logit = b.load(row.values, b.add(block.base, token));
  state.token = b.add(block.start, token);
}
