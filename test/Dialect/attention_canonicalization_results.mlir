// Empty clauses, unused results, casts that forget sizes.
// RUN: whorl-opt %s --canonicalize | FileCheck %s

!t = tensor<2x1x3x4xf32>

// Without encodings, position ids have no effect.
// CHECK-LABEL: @empty_position
// CHECK: whorl.attention %arg0, %arg0, %arg0 :
func.func @empty_position(%q: !t, %p: tensor<3xi32>) -> !t {
  %o = whorl.attention %q, %q, %q positions(%p, %p : tensor<3xi32>, tensor<3xi32>)
         position [] : (!t, !t, !t) -> !t
  return %o : !t
}

// CHECK-LABEL: @encodings_stay
// CHECK: positions(%arg1, %arg1 : tensor<3xi32>, tensor<3xi32>) position [#whorl.rope]
func.func @encodings_stay(%q: !t, %p: tensor<3xi32>) -> !t {
  %o = whorl.attention %q, %q, %q positions(%p, %p : tensor<3xi32>, tensor<3xi32>)
         position [#whorl.rope] : (!t, !t, !t) -> !t
  return %o : !t
}

// CHECK-LABEL: @unused_lse
// CHECK: %[[O:.*]] = whorl.attention %arg0, %arg0, %arg0 score(%[[S:.*]], %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}) {
// CHECK-NEXT: whorl.yield %[[S]]
// CHECK-NEXT: } {note = 1 : i64} : {{.*}} -> tensor<2x1x3x4xf32>
// CHECK: return %[[O]]
func.func @unused_lse(%q: !t) -> !t {
  %o, %lse = whorl.attention %q, %q, %q score(%s, %b, %h, %i, %j) {
    whorl.yield %s : f32
  } {note = 1} : (!t, !t, !t) -> (!t, tensor<2x1x3xf32>)
  return %o : !t
}

// CHECK-LABEL: @unused_lse_outs
// CHECK: %[[O:.*]] = whorl.attention {{.*}} outs(%arg1 : tensor<2x1x3x4xf32>) :
// CHECK: return %[[O]]
func.func @unused_lse_outs(%q: !t, %x: !t, %l: tensor<2x1x3xf32>) -> !t {
  %o:2 = whorl.attention %q, %q, %q outs(%x, %l : !t, tensor<2x1x3xf32>)
      : (!t, !t, !t) -> (!t, tensor<2x1x3xf32>)
  return %o#0 : !t
}

// CHECK-LABEL: @used_lse
// CHECK: :2 = whorl.attention
func.func @used_lse(%q: !t) -> tensor<2x1x3xf32> {
  %o, %lse = whorl.attention %q, %q, %q : (!t, !t, !t) -> (!t, tensor<2x1x3xf32>)
  return %lse : tensor<2x1x3xf32>
}

!d = tensor<?x1x?x4xf32>

// CHECK-LABEL: @absorb_casts
// CHECK: %[[O:.*]] = whorl.attention %arg0, %arg1, %arg1 bias(%arg2 : tensor<3x7xf32>) : (tensor<2x1x3x4xf32>, tensor<2x1x7x4xf32>, tensor<2x1x7x4xf32>) -> tensor<2x1x3x4xf32>
// CHECK: %[[C:.*]] = tensor.cast %[[O]] : tensor<2x1x3x4xf32> to tensor<?x1x?x4xf32>
// CHECK: return %[[C]]
func.func @absorb_casts(%q: !t, %k: tensor<2x1x7x4xf32>, %b: tensor<3x7xf32>) -> !d {
  %qd = tensor.cast %q : !t to !d
  %kd = tensor.cast %k : tensor<2x1x7x4xf32> to !d
  %bd = tensor.cast %b : tensor<3x7xf32> to tensor<?x?xf32>
  %o = whorl.attention %qd, %kd, %kd bias(%bd : tensor<?x?xf32>) : (!d, !d, !d) -> !d
  return %o : !d
}

// CHECK-LABEL: @absorb_outs
// CHECK: %[[O:.*]] = whorl.attention {{.*}} outs(%arg1 : tensor<2x1x3x4xf32>) : {{.*}} -> tensor<2x1x3x4xf32>
// CHECK: tensor.cast %[[O]] : tensor<2x1x3x4xf32> to tensor<?x1x?x4xf32>
func.func @absorb_outs(%q: !t, %x: !t) -> !d {
  %qd = tensor.cast %q : !t to !d
  %xd = tensor.cast %x : !t to !d
  %o = whorl.attention %qd, %qd, %qd outs(%xd : !d) : (!d, !d, !d) -> !d
  return %o : !d
}

// A cast to more sizes is a condition; it stays. So do casts that hide sizes
// which contradict each other.
// CHECK-LABEL: @keep_casts
// CHECK: %[[D:.*]] = tensor.cast %arg0
// CHECK: %[[Q:.*]] = tensor.cast %arg1
// CHECK: whorl.attention %[[D]], %[[Q]], %[[Q]] : (tensor<2x1x3x4xf32>, tensor<?x1x?x4xf32>,
func.func @keep_casts(%q: !d, %k: tensor<3x1x3x4xf32>) -> !t {
  %qs = tensor.cast %q : !d to !t
  %kd = tensor.cast %k : tensor<3x1x3x4xf32> to !d
  %o = whorl.attention %qs, %kd, %kd : (!t, !d, !d) -> !t
  return %o : !t
}
