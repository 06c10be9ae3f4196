// The sizes that the token ops ask for, where they are known at run time only.
// RUN: whorl-opt %s --whorl-require-sizes | FileCheck %s

// CHECK-LABEL: func @sample
// CHECK-DAG: whorl.require {{.*}}, "logits and unconditional of whorl.sample_tokens must agree in size 0"
// CHECK-DAG: whorl.require {{.*}}, "logits and unconditional of whorl.sample_tokens must agree in size 1"
// CHECK-DAG: whorl.require {{.*}}, "logits and known of whorl.sample_tokens must agree in size 0"
// CHECK-DAG: whorl.require {{.*}}, "logits and noise of whorl.sample_tokens must agree in size 0"
// CHECK-DAG: whorl.require {{.*}}, "logits: dimension 1 must not be empty"
func.func @sample(%l: tensor<?x?xf32>, %u: tensor<?x?xf32>, %x: tensor<?xi64>, %g: tensor<?x?xf32>) -> tensor<?xi64> {
  %0 = whorl.sample_tokens %l unconditional(%u : tensor<?x?xf32>) guidance(1.0)
      known(%x : tensor<?xi64>) mask_token = 3 temperature(1.0) noise(%g : tensor<?x?xf32>)
      : tensor<?x?xf32> -> tensor<?xi64>
  return %0 : tensor<?xi64>
}

// CHECK-LABEL: func @unmask
// CHECK-DAG: whorl.require {{.*}}, "tokens and candidates of whorl.unmask must agree in size 1"
// CHECK-DAG: whorl.require {{.*}}, "tokens and scores of whorl.unmask must agree in size 1"
// CHECK-DAG: whorl.require {{.*}}, "tokens and counts of whorl.unmask must agree in size 0"
func.func @unmask(%x: tensor<?x?xi64>, %c: tensor<?x?xi64>, %s: tensor<?x?xf32>, %k: tensor<?xi64>) -> tensor<?x?xi64> {
  %0 = whorl.unmask %x, %c scores(%s : tensor<?x?xf32>) policy = #whorl.best mask_token = 3
      counts(%k : tensor<?xi64>) : tensor<?x?xi64>
  return %0 : tensor<?x?xi64>
}

// One count serves any number of rows.
// CHECK-LABEL: func @single
// CHECK-NOT: tokens and counts
// CHECK: return
func.func @single(%x: tensor<?x?xi64>, %s: tensor<?x?xf32>, %k: tensor<1xi64>) -> tensor<?x?xi64> {
  %0 = whorl.unmask %x, %x scores(%s : tensor<?x?xf32>) policy = #whorl.best mask_token = 3
      counts(%k : tensor<1xi64>) : tensor<?x?xi64>
  return %0 : tensor<?x?xi64>
}
