// A step that draws noise computes it as it goes: one op, which reads the state and
// the model's output and writes the next state.
// RUN: whorl-opt %s --whorl-simplify --whorl-fuse | FileCheck %s

// CHECK-LABEL: func.func @ancestral
// CHECK-NOT: linalg.generic
// CHECK: linalg.generic {{.*}} ins(%arg0, %arg1 : tensor<2x4x8x8xbf16>, tensor<2x4x8x8xbf16>)
// CHECK: whorl.random_bits generator = #whorl.philox draw = word key({{.*}}) stream({{.*}})
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @ancestral(%x: tensor<2x4x8x8xbf16>, %m: tensor<2x4x8x8xbf16>,
                     %seed: i64, %i: index) -> tensor<2x4x8x8xbf16> {
  %step = arith.index_cast %i : index to i64
  %z = whorl.random distribution = #whorl.normal generator = #whorl.philox
         key(%seed : i64) stream(%step) : tensor<2x4x8x8xbf16>
  %next = whorl.step %x, %m at %i sampler = #whorl.ddim<eta = 1.0>
      schedule = #whorl.vp<beta = linear(0.0001, 0.02), steps = 50>
      prediction = epsilon noise(%z : tensor<2x4x8x8xbf16>)
      : tensor<2x4x8x8xbf16>
  return %next : tensor<2x4x8x8xbf16>
}
