// Terms that depend on i - j are tabulated; the reference computes them one by
// one. Odd sizes; tables that differ by head and batch; sums, differences,
// products; terms beside others; a lowest float that hides all keys.
// RUN: whorl-run %s --entry=sum --input=random:2x3x77x20xf32:1 --input=random:2x3x131x20xf32:2 --input=random:2x3x131x20xf32:3 --input=random:2x16x3xf32:4 --check=1e-5 | FileCheck %s
// RUN: whorl-run %s --entry=difference --input=random:1x2x65x24xf32:1 --input=random:1x2x50x24xf32:2 --input=random:1x2x50x24xf32:3 --check=1e-5 | FileCheck %s
// RUN: whorl-run %s --entry=mixed --input=random:1x2x65x24xf32:1 --input=random:1x2x50x24xf32:2 --input=random:1x2x50x24xf32:3 --check=1e-5 | FileCheck %s
// RUN: whorl-run %s --entry=lowest --input=random:1x2x65x24xf32:1 --input=random:1x2x50x24xf32:2 --input=random:1x2x50x24xf32:3 --check=1e-5 | FileCheck %s
// RUN: whorl-run %s --entry=branches --input=random:1x2x65x24xf32:1 --input=random:1x2x50x24xf32:2 --input=random:1x2x50x24xf32:3 --check=1e-5 | FileCheck %s
// RUN: whorl-run %s --entry=exact --input=random:1x2x65x24xf32:1 --input=random:1x2x50x24xf32:2 --input=random:1x2x50x24xf32:3 --input=random:114xf32:4 --check=1e-5 | FileCheck %s
// RUN: whorl-run %s --entry=double --input=random:1x2x65x24xf64:1 --input=random:1x2x50x24xf64:2 --input=random:1x2x50x24xf64:3 --check=1e-12 | FileCheck %s
// RUN: whorl-run %s --entry=sum --input=random:2x3x77x20xf32:1 --input=random:2x3x0x20xf32:2 --input=random:2x3x0x20xf32:3 --input=random:2x16x3xf32:4 --check=1e-5 | FileCheck %s
// CHECK: agrees with the reference

!d = tensor<?x3x?x20xf32>
!q = tensor<1x2x65x24xf32>
!k = tensor<1x2x50x24xf32>
!lse = tensor<1x2x65xf32>

// One number a batch, bucket and head, and ALiBi beside it; causal, so that
// whole tiles and partial ones meet.
func.func @sum(%q: !d, %k: !d, %v: !d, %table: tensor<?x16x3xf32>) -> !d {
  %o = whorl.attention %q, %k, %v position [#whorl.alibi] offset(60) mask #whorl.causal
    score(%s, %b, %h, %i, %j) {
      %low = arith.constant -3 : index
      %high = arith.constant 12 : index
      %x = arith.subi %i, %j : index
      %y = arith.maxsi %x, %low : index
      %z = arith.minsi %y, %high : index
      %at = arith.subi %z, %low : index
      %t = tensor.extract %table[%b, %at, %h] : tensor<?x16x3xf32>
      %r = arith.addf %s, %t : f32
      whorl.yield %r : f32
    } : (!d, !d, !d) -> !d
  return %o : !d
}

func.func @difference(%q: !q, %k: !k, %v: !k) -> (!q, !lse) {
  %o, %l = whorl.attention %q, %k, %v
    score(%s, %b, %h, %i, %j) {
      %x = arith.index_cast %i : index to i64
      %y = arith.index_cast %j : index to i64
      %fx = arith.sitofp %x : i64 to f32
      %fy = arith.sitofp %y : i64 to f32
      %d = arith.subf %fx, %fy : f32
      %a = math.absf %d : f32
      %log = math.log1p %a : f32
      %half = arith.constant 0.5 : f32
      %w = arith.mulf %d, %half : f32
      %sine = math.sin %w : f32
      %t = arith.subf %s, %log : f32
      %u = arith.addf %sine, %t : f32
      whorl.yield %u : f32
    } : (!q, !k, !k) -> (!q, !lse)
  return %o, %l : !q, !lse
}

// Two terms that are not added alone, and one that needs i.
func.func @mixed(%q: !q, %k: !k, %v: !k) -> !q {
  %o = whorl.attention %q, %k, %v softcap(3.0)
    score(%s, %b, %h, %i, %j) {
      %d = arith.subi %i, %j : index
      %n = arith.index_cast %d : index to i32
      %f = arith.sitofp %n : i32 to f32
      %tenth = arith.constant 0.1 : f32
      %w = arith.mulf %f, %tenth : f32
      %cosine = math.cos %w : f32
      %t = math.tanh %w : f32
      %ni = arith.index_cast %i : index to i32
      %fi = arith.sitofp %ni : i32 to f32
      %p = arith.mulf %s, %cosine : f32
      %scaled = arith.mulf %fi, %tenth : f32
      %sine = math.sin %scaled : f32
      %r = arith.addf %p, %t : f32
      %all = arith.addf %r, %sine : f32
      whorl.yield %all : f32
    } : (!q, !k, !k) -> !q
  return %o : !q
}

// Rows from 40 on see no key but those that are "hidden" by the lowest float.
func.func @lowest(%q: !q, %k: !k, %v: !k) -> !q {
  %o = whorl.attention %q, %k, %v
    score(%s, %b, %h, %i, %j) {
      %d = arith.subi %i, %j : index
      %limit = arith.constant -10 : index
      %far = arith.cmpi sgt, %d, %limit : index
      %lowest = arith.constant -3.40282347e+38 : f32
      %zero = arith.constant 0.0 : f32
      %t = arith.select %far, %lowest, %zero : f32
      %r = arith.addf %s, %t : f32
      whorl.yield %r : f32
    } : (!q, !k, !k) -> !q
  return %o : !q
}

// A term that is computed under a condition.
func.func @branches(%q: !q, %k: !k, %v: !k) -> !q {
  %o = whorl.attention %q, %k, %v
    score(%s, %b, %h, %i, %j) {
      %d = arith.subi %j, %i : index
      %zero = arith.constant 0 : index
      %ahead = arith.cmpi sgt, %d, %zero : index
      %t = scf.if %ahead -> f32 {
        %n = arith.index_cast %d : index to i32
        %f = arith.sitofp %n : i32 to f32
        %root = math.sqrt %f : f32
        scf.yield %root : f32
      } else {
        %one = arith.constant 1.0 : f32
        scf.yield %one : f32
      }
      %r = arith.subf %s, %t : f32
      whorl.yield %r : f32
    } : (!q, !k, !k) -> !q
  return %o : !q
}

// A table of just the distances that exist: none but them is read.
func.func @exact(%q: !q, %k: !k, %v: !k, %table: tensor<114xf32>) -> !q {
  %o = whorl.attention %q, %k, %v
    score(%s, %b, %h, %i, %j) {
      %last = arith.constant 49 : index
      %d = arith.subi %i, %j : index
      %at = arith.addi %d, %last : index
      %t = tensor.extract %table[%at] : tensor<114xf32>
      %r = arith.addf %s, %t : f32
      whorl.yield %r : f32
    } : (!q, !k, !k) -> !q
  return %o : !q
}

func.func @double(%q: tensor<1x2x65x24xf64>, %k: tensor<1x2x50x24xf64>,
                  %v: tensor<1x2x50x24xf64>) -> tensor<1x2x65x24xf64> {
  %o = whorl.attention %q, %k, %v position [#whorl.alibi<symmetric = true>]
    : (tensor<1x2x65x24xf64>, tensor<1x2x50x24xf64>, tensor<1x2x50x24xf64>)
      -> tensor<1x2x65x24xf64>
  return %o : tensor<1x2x65x24xf64>
}
