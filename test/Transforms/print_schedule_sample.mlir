// A whole run prints as its steps do.
// RUN: whorl-opt %s --whorl-print-schedule | FileCheck %s

// CHECK: // #whorl.heun on #whorl.flow<steps = 2>, predicting velocity
// CHECK: call {{ *}}time
// CHECK-NEXT: // {{ *}}0 {{ *}}1 {{ *}}0 {{ *}}1
// CHECK-NEXT: // {{ *}}1 {{ *}}0.5 {{ *}}0.5 {{ *}}0.5
// CHECK-NEXT: // {{ *}}2 {{ *}}0.5 {{ *}}0.5 {{ *}}0.5
// CHECK-NEXT: // {{ *}}3 {{ *}}0 {{ *}}1 {{ *}}0
func.func @run(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = whorl.sample %x sampler = #whorl.heun schedule = #whorl.flow<steps = 2>
      prediction = velocity {
    ^bb0(%s: tensor<4xf32>, %t: f32):
      whorl.yield %s : tensor<4xf32>
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}
