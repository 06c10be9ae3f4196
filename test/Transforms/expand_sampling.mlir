// A sampling run becomes a loop of steps, or one step after the other.
// RUN: whorl-opt %s --whorl-expand-sampling --split-input-file | FileCheck %s
// RUN: whorl-opt %s --whorl-expand-sampling=unroll --canonicalize --split-input-file | FileCheck %s --check-prefix=UNROLLED
// RUN: whorl-opt %s --whorl-simplify --whorl-fuse --whorl-plan --whorl-bufferise --split-input-file | FileCheck %s --check-prefix=BUFFERS

// What is kept goes where the oldest prediction was.
// CHECK-LABEL: func @multistep
// CHECK-SAME: (%[[X0:.*]]: tensor<4x8xf32>)
// CHECK: %[[ZEROS:.*]] = linalg.fill
// CHECK: %[[N:.*]] = arith.constant 6 : index
// CHECK: %[[ONE:.*]] = arith.constant 1 : index
// CHECK: %[[R:.*]]:2 = scf.for %[[I:.*]] = {{.*}} iter_args(%[[X:.*]] = %[[X0]], %[[H:.*]] = %[[ZEROS]])
// CHECK: whorl.schedule_value time of #whorl.flow<steps = 6> sampler = #whorl.dpmpp at %[[I]] : f32
// CHECK: %[[M:.*]] = linalg.exp
// CHECK: %[[Y:.*]]:2 = whorl.step %[[X]], %[[M]] at %[[I]] {{.*}} history(%[[H]] : tensor<4x8xf32>) outs(%[[X]], %[[H]] :
// CHECK: %[[DONE:.*]] = arith.addi %[[I]], %[[ONE]]
// CHECK: whorl.progress %[[DONE]] of %[[N]]
// CHECK: scf.yield %[[Y]]#0, %[[Y]]#1
// CHECK: return %[[R]]#0
// UNROLLED-LABEL: func @multistep
// UNROLLED-NOT: scf.for
// UNROLLED-NOT: whorl.progress
// UNROLLED: whorl.step {{.*}} at 0 {{.*}} prediction = velocity outs
// UNROLLED: whorl.step {{.*}} at 1 {{.*}} prediction = velocity outs
// UNROLLED: whorl.step {{.*}} at 2 {{.*}} history
// UNROLLED-COUNT-3: whorl.step
// UNROLLED-NOT: whorl.step
// UNROLLED: return

// One pass over state, output and history, in place, without an allocation.
// BUFFERS-LABEL: func.func @multistep
// BUFFERS: linalg.fill ins(%{{.*}} : f32) outs(%[[H:.*]] : memref<4x8xf32>)
// BUFFERS: memref.copy %{{.*}}, %[[X:.*]] : memref<4x8xf32> to memref<4x8xf32>
// BUFFERS: scf.for
// BUFFERS-NOT: memref.alloc
// BUFFERS-NOT: memref.copy
// BUFFERS: linalg.generic {{.*}} ins(%[[X]], %{{.*}}, %[[H]] : {{.*}} outs(%[[X]], %[[H]] : memref<4x8xf32>, memref<4x8xf32>)
// BUFFERS-NOT: memref.alloc
// BUFFERS-NOT: linalg.generic
// BUFFERS: whorl.progress
func.func @multistep(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %y = whorl.sample %x sampler = #whorl.dpmpp schedule = #whorl.flow<steps = 6>
      prediction = velocity {
    ^bb0(%s: tensor<4x8xf32>, %t: f32):
      %e = tensor.empty() : tensor<4x8xf32>
      %m = linalg.exp ins(%s : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
      whorl.yield %m : tensor<4x8xf32>
  } : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// With several, there is a branch for each place in the ring.
// CHECK-LABEL: func @ring
// CHECK: scf.for %[[I:.*]] = {{.*}} iter_args(%[[X:.*]] = %{{.*}}, %[[A:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}})
// CHECK: %[[PHASE:.*]] = arith.remui %[[I]], %{{.*}}
// CHECK: %[[IS:.*]] = arith.cmpi eq, %[[PHASE]], %{{.*}}
// CHECK: %[[R:.*]]:3 = scf.if %[[IS]]
// CHECK: %[[Y:.*]]:2 = whorl.step %[[X]], {{.*}} history(%[[B]], %[[A]] : {{.*}} outs(%[[X]], %[[A]] :
// CHECK: scf.yield %[[Y]]#0, %[[Y]]#1, %[[B]]
// CHECK: else
// CHECK: %[[Z:.*]]:2 = whorl.step %[[X]], {{.*}} history(%[[A]], %[[B]] : {{.*}} outs(%[[X]], %[[B]] :
// CHECK: scf.yield %[[Z]]#0, %[[A]], %[[Z]]#1
// CHECK: scf.yield %[[R]]#0, %[[R]]#1, %[[R]]#2
// BUFFERS-LABEL: func.func @ring
// BUFFERS: scf.for
// BUFFERS-NOT: memref.alloc
// BUFFERS-NOT: memref.copy
// BUFFERS: scf.if
// BUFFERS: linalg.generic {{.*}} ins(%[[X:.*]], %{{.*}}, %[[B:.*]], %[[A:.*]] : {{.*}} outs(%[[X]], %[[A]] :
// BUFFERS: else
// BUFFERS: linalg.generic {{.*}} ins(%[[X]], %{{.*}}, %[[A]], %[[B]] : {{.*}} outs(%[[X]], %[[B]] :
// BUFFERS-NOT: memref.alloc
// BUFFERS-NOT: linalg.generic
// BUFFERS: whorl.progress
func.func @ring(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %y = whorl.sample %x sampler = #whorl.unipc
      schedule = #whorl.flow<steps = 6, first = 0.9> prediction = velocity {
    ^bb0(%s: tensor<4x8xf32>, %t: f32):
      %e = tensor.empty() : tensor<4x8xf32>
      %m = linalg.exp ins(%s : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
      whorl.yield %m : tensor<4x8xf32>
  } : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// The base is the state with which the step began: every other call.
// CHECK-LABEL: func @base
// CHECK: scf.for %[[I:.*]] = {{.*}} iter_args(%[[X:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}})
// CHECK: %[[Z:.*]] = whorl.random distribution = #whorl.normal generator = #whorl.philox key(%{{.*}} : i64) stream(%{{.*}})
// CHECK: %[[Y:.*]] = whorl.step %[[X]], %{{.*}} at %[[I]] {{.*}} noise(%[[Z]] : tensor<4x8xf32>) base(%[[B]] : tensor<4x8xf32>)
// CHECK: dense<[false, true, false, true, true]> : tensor<5xi1>
// CHECK: %[[NEXT:.*]] = scf.if
// CHECK: linalg.copy ins(%[[Y]] : tensor<4x8xf32>) outs(%[[B]] : tensor<4x8xf32>)
// CHECK: scf.yield %[[B]]
// CHECK: scf.yield %[[Y]], %[[NEXT]]
// UNROLLED-LABEL: func @base
// UNROLLED-SAME: (%[[X0:.*]]: tensor<4x8xf32>,
// UNROLLED: %[[X1:.*]] = whorl.step %[[X0]], {{.*}} at 0
// UNROLLED: %[[X2:.*]] = whorl.step %[[X1]], {{.*}} at 1 {{.*}} base(%[[X0]] :
// UNROLLED: %[[X3:.*]] = whorl.step %[[X2]], {{.*}} at 2
// UNROLLED: whorl.step %[[X3]], {{.*}} at 3 {{.*}} base(%[[X2]] :
func.func @base(%x: tensor<4x8xf32>, %key: i64) -> tensor<4x8xf32> {
  %y = whorl.sample %x sampler = #whorl.dpmpp_sde
      schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 3>
      prediction = x0 key(%key : i64) {
    ^bb0(%s: tensor<4x8xf32>, %t: f32):
      whorl.yield %s : tensor<4x8xf32>
  } : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// One call of the model for both predictions, and momentum from zeros. The rule is
// told the number of the step, not of the call.
// CHECK-LABEL: func @guided
// CHECK: scf.for %[[I:.*]] = {{.*}} iter_args(%[[X:[^ ]+]] = %{{.*}},
// CHECK: %[[BOTH:.*]] = tensor.concat dim(0) %[[X]], %[[X]] : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<8x8xf32>
// CHECK: %[[U:.*]] = tensor.extract_slice %[[BOTH]][0, 0] [4, 8] [1, 1]
// CHECK: %[[C:.*]] = tensor.extract_slice %[[BOTH]][4, 0] [4, 8] [1, 1]
// CHECK: %[[STEPS:.*]] = arith.constant dense<[0, 0, 1, 1, 2]> : tensor<5xindex>
// CHECK: %[[STEP:.*]] = tensor.extract %[[STEPS]][%[[I]]]
// CHECK: %[[G:.*]] = whorl.guidance %[[U]], %[[C]] {{.*}} scale(7.5) at(%[[STEP]])
// CHECK: whorl.step %[[X]], %[[G]] at %[[I]] {{.*}} renoise(%[[U]] : tensor<4x8xf32>)
func.func @guided(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %y = whorl.sample %x sampler = #whorl.heun
      schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 3> prediction = x0
      guidance = #whorl.cfg_zero<zero_steps = 1> scale(7.5) batched renoise {
    ^bb0(%s: tensor<8x8xf32>, %t: f32):
      whorl.yield %s : tensor<8x8xf32>
  } : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// What is kept is the model's output here; the step copies it on the way, so that
// the model's buffer is free for the next call.
// BUFFERS-LABEL: func.func @data
// BUFFERS: scf.for
// BUFFERS-NOT: memref.alloc
// BUFFERS-NOT: memref.copy
// BUFFERS: linalg.exp ins(%[[X:.*]] : {{.*}}) outs(%[[M:.*]] :
// BUFFERS: linalg.generic {{.*}} ins(%[[X]], %[[M]], %[[H:.*]] : {{.*}} outs(%[[X]], %[[H]] :
// BUFFERS-NOT: memref.copy
// BUFFERS: whorl.progress
func.func @data(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %y = whorl.sample %x sampler = #whorl.dpmpp
      schedule = #whorl.flow<steps = 6, first = 0.9> prediction = x0 {
    ^bb0(%s: tensor<4x8xf32>, %t: f32):
      %e = tensor.empty() : tensor<4x8xf32>
      %m = linalg.exp ins(%s : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
      whorl.yield %m : tensor<4x8xf32>
  } : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// Sizes that are known at run time only are those of the state.
// BUFFERS-LABEL: func.func @dynamic
// BUFFERS: whorl.require {{.*}}"noise of sample must have one entry for each call"
// BUFFERS: whorl.require {{.*}}"noise of sample must have the shape of the state for each call"
// BUFFERS: scf.for
// BUFFERS-NOT: memref.alloc
// BUFFERS-NOT: memref.copy
// BUFFERS: whorl.progress
func.func @dynamic(%x: tensor<?x8xf32>, %z: tensor<?x?x8xf32>) -> tensor<?x8xf32> {
  %y = whorl.sample %x sampler = #whorl.dpmpp<order = 3, eta = 1.0>
      schedule = #whorl.flow<steps = 6, first = 0.9> prediction = velocity
      noise(%z : tensor<?x?x8xf32>) {
    ^bb0(%s: tensor<?x8xf32>, %t: f32):
      %c0 = arith.constant 0 : index
      %n = tensor.dim %s, %c0 : tensor<?x8xf32>
      %e = tensor.empty(%n) : tensor<?x8xf32>
      %m = linalg.exp ins(%s : tensor<?x8xf32>) outs(%e : tensor<?x8xf32>) -> tensor<?x8xf32>
      whorl.yield %m : tensor<?x8xf32>
  } : tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}
