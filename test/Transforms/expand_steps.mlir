// RUN: whorl-opt %s --whorl-expand-steps --canonicalize --split-input-file | FileCheck %s
// RUN: whorl-opt %s --whorl-expand-steps=values-only --split-input-file | FileCheck %s --check-prefix=VALUES

// A known step is multiplications by constants: flow, from 1/2 to 1/4.
// CHECK-LABEL: func @known_step
// CHECK: %[[B:.*]] = arith.constant -2.500000e-01 : f32
// CHECK: linalg.generic
// CHECK-NEXT: ^bb0(%[[X:.*]]: f32, %[[M:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT: %[[P:.*]] = arith.mulf %[[M]], %[[B]] fastmath<contract> : f32
// CHECK-NEXT: %[[S:.*]] = arith.addf %[[X]], %[[P]] fastmath<contract> : f32
// CHECK-NEXT: linalg.yield %[[S]] : f32
// VALUES-LABEL: func @known_step
// VALUES: whorl.step
func.func @known_step(%x: tensor<4x3xf32>, %m: tensor<4x3xf32>) -> tensor<4x3xf32> {
  %y = whorl.step %x, %m at 2 sampler = #whorl.euler
         schedule = #whorl.flow<steps = 4> prediction = velocity : tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

// -----

// Any step: the table is read once, at an index brought inside; A is 1.
// bf16 is computed in f32; the given destination is used.
// CHECK-LABEL: func @any_step
// CHECK-SAME: %[[I:[a-z0-9]+]]: index, %[[O:[a-z0-9]+]]: tensor<?xbf16>
// CHECK-DAG: %[[TABLE:.*]] = arith.constant dense<{{.*}}> : tensor<6xf32>
// CHECK-DAG: %[[FIRST:.*]] = arith.constant 0 : index
// CHECK-DAG: %[[LAST:.*]] = arith.constant 5 : index
// CHECK: %[[MAX:.*]] = arith.maxsi %[[I]], %[[FIRST]]
// CHECK: %[[MIN:.*]] = arith.minsi %[[MAX]], %[[LAST]]
// CHECK: %[[B:.*]] = tensor.extract %[[TABLE]][%[[MIN]]]
// CHECK: linalg.generic {{.*}} outs(%[[O]] : tensor<?xbf16>)
// CHECK-NEXT: ^bb0(%[[X:.*]]: bf16, %[[M:.*]]: bf16, %{{.*}}: bf16):
// CHECK-NEXT: %[[X32:.*]] = arith.extf %[[X]]
// CHECK-NEXT: %[[M32:.*]] = arith.extf %[[M]]
// CHECK-NEXT: %[[P:.*]] = arith.mulf %[[B]], %[[M32]]
// CHECK-NEXT: %[[S:.*]] = arith.addf %[[X32]], %[[P]]
// CHECK-NEXT: %[[S16:.*]] = arith.truncf %[[S]]
// CHECK-NEXT: linalg.yield %[[S16]]
func.func @any_step(%x: tensor<?xbf16>, %m: tensor<?xbf16>, %i: index,
                    %o: tensor<?xbf16>) -> tensor<?xbf16> {
  %y = whorl.step %x, %m at %i sampler = #whorl.euler
         schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 6>
         prediction = epsilon outs(%o : tensor<?xbf16>) : tensor<?xbf16>
  return %y : tensor<?xbf16>
}

// -----

// f64 stays f64; rank 0; noise is one term more.
// CHECK-LABEL: func @with_noise
// CHECK: linalg.generic {{.*}} iterator_types = []} ins(%{{.*}}, %{{.*}}, %{{.*}} : tensor<f64>, tensor<f64>, tensor<f64>)
// CHECK-COUNT-3: arith.mulf {{.*}} : f64
// CHECK-NOT: truncf
func.func @with_noise(%x: tensor<f64>, %m: tensor<f64>, %z: tensor<f64>) -> tensor<f64> {
  %y = whorl.step %x, %m at 1 sampler = #whorl.ddim<eta = 1.0>
         schedule = #whorl.vp<beta = linear(0.0001, 0.02), steps = 10>
         prediction = x0 noise(%z : tensor<f64>) : tensor<f64>
  return %y : tensor<f64>
}

// -----

// The last step of a run to the data: x0 alone, so that nothing is left to do.
// CHECK-LABEL: func @last_step
// CHECK-SAME: %[[M:[a-z0-9]+]]: tensor<4xf32>)
// CHECK-NEXT: return %[[M]]
func.func @last_step(%x: tensor<4xf32>, %m: tensor<4xf32>) -> tensor<4xf32> {
  %y = whorl.step %x, %m at 5 sampler = #whorl.euler
         schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 6>
         prediction = x0 : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: func @value
// CHECK: tensor.extract %{{.*}} : tensor<7xf32>
// VALUES-LABEL: func @value
// VALUES: tensor.extract %{{.*}} : tensor<7xf32>
func.func @value(%i: index) -> f32 {
  %s = whorl.schedule_value sigma of
      #whorl.ve<sigmas = karras(0.1, 10.0), steps = 6> at %i : f32
  return %s : f32
}

// -----

// What is kept is a second output of the same loop.
// CHECK-LABEL: func @kept
// CHECK: linalg.generic {{.*}} outs(%{{.*}}, %{{.*}} : tensor<4xf32>, tensor<4xf32>)
// CHECK: linalg.yield %{{.*}}, %{{.*}} : f32, f32
func.func @kept(%x: tensor<4xf32>, %m: tensor<4xf32>, %p: tensor<4xf32>, %i: index)
    -> (tensor<4xf32>, tensor<4xf32>) {
  %y, %k = whorl.step %x, %m at %i sampler = #whorl.dpmpp
      schedule = #whorl.vp<beta = linear(0.0001, 0.02), steps = 10>
      prediction = epsilon history(%p : tensor<4xf32>) : tensor<4xf32>
  return %y, %k : tensor<4xf32>, tensor<4xf32>
}

// -----

// Where the sampler keeps what the model predicts, nothing is written twice.
// CHECK-LABEL: func @kept_output
// CHECK-SAME: %{{[a-z0-9]+}}: tensor<4xf32>, %[[M:[a-z0-9]+]]: tensor<4xf32>, %[[P:[a-z0-9]+]]: tensor<4xf32>
// CHECK: %[[Y:.*]] = linalg.generic {{.*}} outs(%{{[^,]*}} : tensor<4xf32>)
// CHECK: return %[[Y]], %[[M]]
func.func @kept_output(%x: tensor<4xf32>, %m: tensor<4xf32>, %p: tensor<4xf32>, %i: index)
    -> (tensor<4xf32>, tensor<4xf32>) {
  %y, %k = whorl.step %x, %m at %i sampler = #whorl.dpmpp
      schedule = #whorl.vp<beta = linear(0.0001, 0.02), steps = 10>
      prediction = x0 history(%p : tensor<4xf32>) : tensor<4xf32>
  return %y, %k : tensor<4xf32>, tensor<4xf32>
}

// -----

// The first call reads no history and, where nothing uses it, keeps nothing.
// CHECK-LABEL: func @first_call
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<4xf32>, tensor<4xf32>) outs(%{{[^,]*}} : tensor<4xf32>)
func.func @first_call(%x: tensor<4xf32>, %m: tensor<4xf32>, %p: tensor<4xf32>) -> tensor<4xf32> {
  %y, %k = whorl.step %x, %m at 0 sampler = #whorl.unipc
      schedule = #whorl.vp<beta = linear(0.0001, 0.02), steps = 10>
      prediction = epsilon history(%p, %p : tensor<4xf32>, tensor<4xf32>) : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// Thresholding clamps x0 between -s and s of its sample, and divides by s.
// CHECK-LABEL: func @threshold
// CHECK-SAME: %[[T:[a-z0-9]+]]: tensor<2xf32>)
// CHECK: linalg.generic {{.*}} ins({{.*}}%[[T]]{{.*}})
// CHECK: arith.negf
// CHECK: arith.cmpf olt
// CHECK: arith.select
// CHECK: arith.cmpf ogt
// CHECK: arith.select
// CHECK: arith.divf
func.func @threshold(%x: tensor<2x4xf32>, %m: tensor<2x4xf32>, %t: tensor<2xf32>) -> tensor<2x4xf32> {
  %y = whorl.step %x, %m at 3 sampler = #whorl.euler
      schedule = #whorl.vp<beta = linear(0.0001, 0.02), steps = 10>
      prediction = epsilon threshold(%t : tensor<2xf32>) : tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}
