// RUN: whorl-opt %s --whorl-lower-abi --split-input-file --verify-diagnostics

func.func @parallel(%y: memref<f32>) attributes {whorl.abi = {
    inputs = [], inputs_names = [], outputs = [tensor<f32>], outputs_names = [""]}} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 8 : index
  scf.parallel (%j) = (%c0) to (%n) step (%c1) {
    scf.for %i = %c0 to %n step %c1 {
      // expected-error @+1 {{(C1) expected to stand in plain loops (scf.for) and branches (scf.if) of a function alone}}
      whorl.progress %i of %n
    }
  }
  return
}
