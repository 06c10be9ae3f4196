//===- MaskSimplify.cpp - smaller masks with the same meaning -------------===//

#include "MaskSimplify.h"

using namespace mlir;
using namespace mlir::presburger;
using namespace whorl;

/// The pairs that the domain holds, over (i, j) and `numSymbols` symbols.
static PresburgerSet getDomainSet(const MaskDomain &domain,
                                  unsigned numSymbols) {
  IntegerPolyhedron set(
      PresburgerSpace::getSetSpace(/*numDims=*/2, numSymbols));
  constexpr unsigned i = 0, j = 1;
  set.addBound(BoundType::LB, j, 0);
  if (!ShapedType::isDynamic(domain.keyRows))
    set.addBound(BoundType::UB, j, domain.keyRows - 1);
  if (!ShapedType::isDynamic(domain.offset)) {
    set.addBound(BoundType::LB, i, domain.offset);
    int64_t end;
    if (!ShapedType::isDynamic(domain.queryRows) &&
        !llvm::AddOverflow(domain.offset, domain.queryRows - 1, end))
      set.addBound(BoundType::UB, i, end);
  }
  return PresburgerSet(set);
}

/// Whether the mask lets every pair of the domain pass, whatever its operands.
static bool isAlwaysTrue(MaskAttrInterface mask, const MaskDomain &domain) {
  unsigned numSymbols = mask.getNumMaskOperands();
  PresburgerSet hidden =
      getDomainSet(domain, numSymbols)
          .intersect(mask.getBounds(numSymbols, /*firstSymbol=*/0).hidden);
  return hidden.isIntegerEmpty();
}

namespace {
/// A part of a mask with the numbers of its operands.
struct Part {
  MaskAttrInterface mask;
  SmallVector<unsigned> operands;

  bool operator==(const Part &other) const {
    return mask == other.mask && operands == other.operands;
  }
};
} // namespace

static SimplifiedMask simplify(const Part &part, const MaskDomain &domain);

/// The parts of a list, each with its operands.
static SmallVector<Part> splitParts(ArrayAttr parts,
                                    ArrayRef<unsigned> operands) {
  SmallVector<Part> result;
  for (Attribute attribute : parts) {
    auto mask = cast<MaskAttrInterface>(attribute);
    unsigned count = mask.getNumMaskOperands();
    result.push_back({mask, SmallVector<unsigned>(operands.take_front(count))});
    operands = operands.drop_front(count);
  }
  return result;
}

/// `and` and `or`: `Algebra` is the attribute. Null stands for a true part.
template <typename Algebra>
static SimplifiedMask simplifyList(Algebra list, ArrayRef<unsigned> operands,
                                   const MaskDomain &domain) {
  constexpr bool isAnd = std::is_same_v<Algebra, AndMaskAttr>;
  SmallVector<Part> parts;
  auto append = [&](Part part) {
    if (!llvm::is_contained(parts, part))
      parts.push_back(std::move(part));
  };
  for (Part &part : splitParts(list.getParts(), operands)) {
    SimplifiedMask simple = simplify(part, domain);
    if (!simple.mask) {
      if (isAnd)
        continue;
      return {};
    }
    if (auto nested = dyn_cast<Algebra>(simple.mask))
      llvm::for_each(splitParts(nested.getParts(), simple.operands), append);
    else
      append({cast<MaskAttrInterface>(simple.mask), simple.operands});
  }
  SimplifiedMask result;
  SmallVector<Attribute> attributes;
  for (Part &part : parts) {
    attributes.push_back(part.mask);
    llvm::append_range(result.operands, part.operands);
  }
  if (attributes.size() == 1)
    result.mask = attributes.front();
  else if (!attributes.empty())
    result.mask = Algebra::get(list.getContext(),
                               ArrayAttr::get(list.getContext(), attributes));
  return result;
}

static SimplifiedMask simplifyNot(NotMaskAttr mask, ArrayRef<unsigned> operands,
                                  const MaskDomain &domain) {
  Part part{cast<MaskAttrInterface>(mask.getPart()),
            SmallVector<unsigned>(operands)};
  SimplifiedMask inner = simplify(part, domain);
  // The complement of everything has no shorter name than this one.
  if (!inner.mask)
    return {mask, part.operands};
  if (auto twice = dyn_cast<NotMaskAttr>(inner.mask))
    return {twice.getPart(), inner.operands};
  return {NotMaskAttr::get(mask.getContext(), inner.mask), inner.operands};
}

static SimplifiedMask simplify(const Part &part, const MaskDomain &domain) {
  if (isAlwaysTrue(part.mask, domain))
    return {};
  if (auto list = dyn_cast<AndMaskAttr>(Attribute(part.mask)))
    return simplifyList(list, part.operands, domain);
  if (auto list = dyn_cast<OrMaskAttr>(Attribute(part.mask)))
    return simplifyList(list, part.operands, domain);
  if (auto negation = dyn_cast<NotMaskAttr>(Attribute(part.mask)))
    return simplifyNot(negation, part.operands, domain);
  return {part.mask, part.operands};
}

SimplifiedMask whorl::simplifyMask(MaskAttrInterface mask,
                                   const MaskDomain &domain) {
  return simplify({mask, llvm::to_vector(llvm::seq(mask.getNumMaskOperands()))},
                  domain);
}
