// Round trip of whorl.recur_positions, and C1 to C4.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics | whorl-opt --split-input-file | FileCheck %s

// CHECK-LABEL: @map
// CHECK: whorl.recur_positions %arg0 {
// CHECK-NEXT: ^bb0(%{{.*}}: f32, %[[P:.*]]: tensor<8xf32>):
// CHECK-NEXT: whorl.yield %[[P]] : tensor<8xf32>
// CHECK-NEXT: } : tensor<8xf32> -> tensor<16x8xf32>
func.func @map(%p0: tensor<8xf32>) -> tensor<16x8xf32> {
  %t = whorl.recur_positions %p0 integrator none step(1.0) substeps(1) {
  ^bb0(%k: f32, %p: tensor<8xf32>):
    whorl.yield %p : tensor<8xf32>
  } : tensor<8xf32> -> tensor<16x8xf32>
  return %t : tensor<16x8xf32>
}

// CHECK-LABEL: @flow
// CHECK: whorl.recur_positions %arg0 rows(%arg1) integrator rk4 step(5.000000e-01) substeps(3) {
func.func @flow(%p0: tensor<8xf64>, %n: index) -> tensor<?x8xf64> {
  %t = whorl.recur_positions %p0 substeps(3) step(0.5) rows(%n) integrator rk4 {
  ^bb0(%k: f64, %p: tensor<8xf64>):
    whorl.yield %p : tensor<8xf64>
  } : tensor<8xf64> -> tensor<?x8xf64>
  return %t : tensor<?x8xf64>
}

// -----

func.func @c1(%p0: tensor<?xf32>) {
  // expected-error @+1 {{(C1) expected as first a tensor [D] of f32 or f64 with a static D, got 'tensor<?xf32>'}}
  %t = whorl.recur_positions %p0 {
  ^bb0(%k: f32, %p: tensor<?xf32>):
    whorl.yield %p : tensor<?xf32>
  } : tensor<?xf32> -> tensor<16x8xf32>
  return
}

// -----

func.func @c1_element(%p0: tensor<8xf16>) {
  // expected-error @+1 {{(C1) expected as first a tensor [D] of f32 or f64 with a static D, got 'tensor<8xf16>'}}
  %t = whorl.recur_positions %p0 {
  ^bb0(%k: f16, %p: tensor<8xf16>):
    whorl.yield %p : tensor<8xf16>
  } : tensor<8xf16> -> tensor<16x8xf16>
  return
}

// -----

func.func @c2_size(%p0: tensor<8xf32>) {
  // expected-error @+1 {{(C2) expected a result [N, 8] of 'f32', got 'tensor<16x7xf32>'}}
  %t = whorl.recur_positions %p0 {
  ^bb0(%k: f32, %p: tensor<8xf32>):
    whorl.yield %p : tensor<8xf32>
  } : tensor<8xf32> -> tensor<16x7xf32>
  return
}

// -----

func.func @c2_rows(%p0: tensor<8xf32>) {
  // expected-error @+1 {{(C2) expected rows(...) where the number of rows is dynamic, got result 'tensor<?x8xf32>'}}
  %t = whorl.recur_positions %p0 {
  ^bb0(%k: f32, %p: tensor<8xf32>):
    whorl.yield %p : tensor<8xf32>
  } : tensor<8xf32> -> tensor<?x8xf32>
  return
}

// -----

func.func @c2_no_rows(%p0: tensor<8xf32>, %n: index) {
  // expected-error @+1 {{(C2) expected rows(...) only where the number of rows is dynamic, got result 'tensor<16x8xf32>'}}
  %t = whorl.recur_positions %p0 rows(%n) {
  ^bb0(%k: f32, %p: tensor<8xf32>):
    whorl.yield %p : tensor<8xf32>
  } : tensor<8xf32> -> tensor<16x8xf32>
  return
}

// -----

func.func @c3_arguments(%p0: tensor<8xf32>) {
  // expected-error @+1 {{(C3) expected a region on ('f32', 'tensor<8xf32>'), got ('index', 'tensor<8xf32>')}}
  %t = whorl.recur_positions %p0 {
  ^bb0(%k: index, %p: tensor<8xf32>):
    whorl.yield %p : tensor<8xf32>
  } : tensor<8xf32> -> tensor<16x8xf32>
  return
}

// -----

func.func @c3_yield(%p0: tensor<8xf32>) {
  // expected-error @+1 {{(C3) expected the region to yield one 'tensor<8xf32>'}}
  %t = whorl.recur_positions %p0 {
  ^bb0(%k: f32, %p: tensor<8xf32>):
    whorl.yield %k : f32
  } : tensor<8xf32> -> tensor<16x8xf32>
  return
}

// -----

func.func private @draw() -> tensor<8xf32>

func.func @c3_effects(%p0: tensor<8xf32>) {
  // expected-error @+1 {{(C3) expected a region without side effects, 'func.call' has some}}
  %t = whorl.recur_positions %p0 {
  ^bb0(%k: f32, %p: tensor<8xf32>):
    %x = func.call @draw() : () -> tensor<8xf32>
    whorl.yield %x : tensor<8xf32>
  } : tensor<8xf32> -> tensor<16x8xf32>
  return
}

// -----

func.func @c4_step(%p0: tensor<8xf32>) {
  // expected-error @+1 {{(C4) expected a finite step > 0 and substeps >= 1, got 0.000000e+00 and 1}}
  %t = whorl.recur_positions %p0 integrator euler step(0.0) {
  ^bb0(%k: f32, %p: tensor<8xf32>):
    whorl.yield %p : tensor<8xf32>
  } : tensor<8xf32> -> tensor<16x8xf32>
  return
}

// -----

func.func @c4_substeps(%p0: tensor<8xf32>) {
  // expected-error @+1 {{(C4) expected a finite step > 0 and substeps >= 1, got 1.000000e+00 and 0}}
  %t = whorl.recur_positions %p0 integrator euler substeps(0) {
  ^bb0(%k: f32, %p: tensor<8xf32>):
    whorl.yield %p : tensor<8xf32>
  } : tensor<8xf32> -> tensor<16x8xf32>
  return
}

// -----

func.func @c4_without(%p0: tensor<8xf32>) {
  // expected-error @+1 {{(C4) expected neither step nor substeps without an integrator; add e.g. integrator rk4}}
  %t = whorl.recur_positions %p0 substeps(2) {
  ^bb0(%k: f32, %p: tensor<8xf32>):
    whorl.yield %p : tensor<8xf32>
  } : tensor<8xf32> -> tensor<16x8xf32>
  return
}
