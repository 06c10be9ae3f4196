// Round trip, in the short and in the generic form.
// RUN: whorl-opt %s | whorl-opt | FileCheck %s
// RUN: whorl-opt --mlir-print-op-generic %s | whorl-opt | FileCheck %s

// CHECK-LABEL: func @plain
func.func @plain(%x: tensor<4x?xbf16>) -> tensor<4x?xbf16> {
  // CHECK: whorl.sample %{{.*}} sampler = #whorl.euler schedule = #whorl.flow<steps = 4> prediction = velocity clamp(1.5) {
  // CHECK-NEXT: ^bb0(%{{.*}}: tensor<4x?xbf16>, %{{.*}}: f32):
  // CHECK-NEXT: whorl.yield %{{.*}} : tensor<4x?xbf16>
  // CHECK-NEXT: } : tensor<4x?xbf16>
  %y = whorl.sample %x sampler = #whorl.euler schedule = #whorl.flow<steps = 4>
      prediction = velocity clamp(1.5) {
    ^bb0(%s: tensor<4x?xbf16>, %t: f32):
      whorl.yield %s : tensor<4x?xbf16>
  } : tensor<4x?xbf16>
  return %y : tensor<4x?xbf16>
}

// CHECK-LABEL: func @guided
func.func @guided(%x: tensor<4x8xf32>, %w: tensor<4xf32>, %seed: i64, %stream: i64)
    -> tensor<4x8xf32> {
  // CHECK: whorl.sample {{.*}} guidance = #whorl.apg<momentum = -0.5> scale(%{{.*}} : tensor<4xf32>) renoise key(%{{.*}} : i64) stream(%{{.*}}) unroll {
  // CHECK-NEXT: ^bb0(%{{.*}}: tensor<4x8xf32>, %{{.*}}: f64, %{{.*}}: index):
  %y = whorl.sample %x sampler = #whorl.ddim<eta = 1.0>
      schedule = #whorl.vp<beta = cosine, steps = 4> prediction = v
      guidance = #whorl.apg<momentum = -0.5> scale(%w : tensor<4xf32>) renoise
      key(%seed : i64) stream(%stream) unroll {
    ^bb0(%s: tensor<4x8xf32>, %t: f64, %i: index):
      whorl.yield %s, %s : tensor<4x8xf32>, tensor<4x8xf32>
  } : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// CHECK-LABEL: func @batched
func.func @batched(%x: tensor<4x8xf32>, %z: tensor<4x4x8xf32>, %a: i32) -> tensor<4x8xf32> {
  // CHECK: whorl.sample {{.*}} guidance = #whorl.cfg scale(7.5) batched noise(%{{.*}} : tensor<4x4x8xf32>) {
  // CHECK-NEXT: ^bb0(%{{.*}}: tensor<8x8xf32>, %{{.*}}: f32):
  %y = whorl.sample %x sampler = #whorl.ddpm<variance = learned>
      schedule = #whorl.vp<beta = cosine, steps = 4> prediction = v
      guidance = #whorl.cfg scale(7.5) batched noise(%z : tensor<4x4x8xf32>) {
    ^bb0(%s: tensor<8x8xf32>, %t: f32):
      whorl.yield %s, %s : tensor<8x8xf32>, tensor<8x8xf32>
  } : tensor<4x8xf32>
  // CHECK: whorl.sample {{.*}} key(%{{.*}}, %{{.*}} : i32, i32) {
  %v = whorl.sample %x sampler = #whorl.ddpm
      schedule = #whorl.vp<beta = cosine, steps = 4> prediction = v
      key(%a, %a : i32, i32) {
    ^bb0(%s: tensor<4x8xf32>, %t: f32):
      whorl.yield %s : tensor<4x8xf32>
  } : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// CHECK-LABEL: func @progress
func.func @progress(%i: index, %n: index) {
  // CHECK: whorl.progress %{{.*}} of %{{.*}}
  whorl.progress %i of %n
  return
}
