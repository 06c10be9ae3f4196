// Convolutional networks know where they are by the zeros around a sequence
// (Islam et al. 2020, https://arxiv.org/abs/2001.08248): padding is part of the
// mathematics, which no transform may drop or move. A row at the border sums two
// rows, the others three; rows 0, 1, 2, 3 become 0 + 1, 0 + 1 + 2, ...
// RUN: whorl-run %s --input=iota:4x1xf32 --threads=1 | FileCheck %s
// RUN: whorl-run %s --input=iota:4x1xf32 --threads=1 --reference | FileCheck %s
// CHECK: starts 1 3 6 5{{$}}
// RUN: whorl-run %s --input=iota:1x1xf32 --threads=1 | FileCheck %s --check-prefix=ONE
// ONE: starts 0{{$}}

func.func @leak(%x: tensor<?x1xf32>) -> tensor<?x1xf32> {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %weights = arith.constant dense<1.0> : tensor<3xf32>
  %n = tensor.dim %x, %c0 : tensor<?x1xf32>
  %padded = tensor.pad %x low[1, 0] high[1, 0] {
  ^bb0(%i: index, %d: index):
    tensor.yield %zero : f32
  } : tensor<?x1xf32> to tensor<?x1xf32>
  %e = tensor.empty(%n) : tensor<?x1xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<?x1xf32>) -> tensor<?x1xf32>
  %y = linalg.generic {
      indexing_maps = [affine_map<(n, d, k) -> (n + k, d)>,
                       affine_map<(n, d, k) -> (k)>,
                       affine_map<(n, d, k) -> (n, d)>],
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%padded, %weights : tensor<?x1xf32>, tensor<3xf32>)
      outs(%z : tensor<?x1xf32>) {
  ^bb0(%a: f32, %w: f32, %acc: f32):
    %p = arith.mulf %a, %w : f32
    %s = arith.addf %acc, %p : f32
    linalg.yield %s : f32
  } -> tensor<?x1xf32>
  return %y : tensor<?x1xf32>
}
