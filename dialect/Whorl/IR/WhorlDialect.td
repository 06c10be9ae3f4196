//===- WhorlDialect.td - the dialect and its common classes ---------------===//
#ifndef WHORL_IR_WHORLDIALECT_TD
#define WHORL_IR_WHORLDIALECT_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

def Whorl_Dialect : Dialect {
  let name = "whorl";
  let cppNamespace = "::whorl";
  let summary = "Attention with position encodings, and diffusion steps";
  let description = [{
    Ops on ranked tensors that say *what* an attention or a diffusion step
    computes. Position encodings, masks, samplers and schedules are typed
    attributes, each of which states its mathematics once, as scalar IR that
    the reference and every back end reuse.

    Each op has three forms. On tensors without `outs` a person or an importer
    writes it. `whorl-add-destinations` gives it `outs` tensors, and
    bufferisation turns it into the form on memrefs, which has no results and
    which the lowerings consume.
  }];
  // Written by hand for the sake of the types that may follow an attribute.
  let useDefaultAttributePrinterParser = 0;
  let extraClassDeclaration = [{
    ::mlir::Attribute parseAttribute(::mlir::DialectAsmParser &parser,
                                     ::mlir::Type type) const override;
    void printAttribute(::mlir::Attribute attribute,
                        ::mlir::DialectAsmPrinter &printer) const override;
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::tensor::TensorDialect", "::mlir::memref::MemRefDialect"
  ];
}

class Whorl_Op<string mnemonic, list<Trait> traits = []>
    : Op<Whorl_Dialect, mnemonic, traits>;

class Whorl_Attr<string name, string mnemonic_, list<Trait> traits = []>
    : AttrDef<Whorl_Dialect, name, traits> {
  let mnemonic = mnemonic_;
}

class Whorl_Enum<string name, string summary,
                 list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::whorl";
  let genSpecializedAttr = 0;
}

#endif
