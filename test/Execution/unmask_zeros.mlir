// -0 and 0 are equal scores: the first positions come first.
// RUN: whorl-run %s --input=random:4xi64 --check | FileCheck %s
// CHECK: starts 100 101 7 7
// CHECK: agrees with the reference
func.func @f(%unused: tensor<4xi64>) -> tensor<4xi64> {
  %x = arith.constant dense<7> : tensor<4xi64>
  %c = arith.constant dense<[100, 101, 102, 103]> : tensor<4xi64>
  %s = arith.constant dense<[-0.0, 0.0, -0.0, 0.0]> : tensor<4xf32>
  %k = arith.constant dense<2> : tensor<1xi64>
  %n = whorl.unmask %x, %c scores(%s : tensor<4xf32>) policy = #whorl.best mask_token = 7
      counts(%k : tensor<1xi64>) : tensor<4xi64>
  return %n : tensor<4xi64>
}
