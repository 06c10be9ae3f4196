// The numbers of each run, once, as comments before the module.
// RUN: whorl-opt %s --whorl-print-schedule | FileCheck %s

#s = #whorl.flow<steps = 4>

// CHECK: // #whorl.heun on #whorl.flow<steps = 4>, predicting velocity
// CHECK-NEXT: // call time signal noise sigma x m p1 z
// CHECK-NEXT: // 0 1 0 1 inf 1 -0.25 0 0
// CHECK-NEXT: // 1 0.75 0.25 0.75 3 1 -0.125 0.125 0
// CHECK: // 6 0.25 0.75 0.25 0.333333 1 -0.25 0 0
// CHECK-NEXT: // 7 0 1 0 0
// CHECK-NEXT: // #whorl.ve<sigmas = linear(1.0, 3.0), steps = 2>
// CHECK-NEXT: // level time signal noise sigma
// CHECK-NEXT: // 0 3 1 3 3
// CHECK-NEXT: // 1 1 1 1 1
// CHECK-NEXT: // 2 0 1 0 0
// CHECK-NOT: // #whorl
// CHECK: module
func.func @run(%x: tensor<4xf32>, %m: tensor<4xf32>, %i: index) -> (tensor<4xf32>, f32, f32) {
  %y, %p = whorl.step %x, %m at %i sampler = #whorl.heun schedule = #s
      prediction = velocity history(%x : tensor<4xf32>) : tensor<4xf32>
  %z, %q = whorl.step %y, %m at %i sampler = #whorl.heun schedule = #s
      prediction = velocity history(%p : tensor<4xf32>) : tensor<4xf32>
  %t = whorl.schedule_value time of #s at %i : f32
  %u = whorl.schedule_value time of
      #whorl.ve<sigmas = linear(1.0, 3.0), steps = 2> at %i : f32
  return %z, %t, %u : tensor<4xf32>, f32, f32
}
