
func.func @scale(%q: tensor<2x4x9x16xf32>, %k: tensor<2x4x13x16xf32>, %v: tensor<2x4x13x16xf32>) -> tensor<2x4x9x16xf32> {
  %c = arith.constant dense<2.0> : tensor<2x4x9x16xf32>
  %qc = arith.mulf %q, %c : tensor<2x4x9x16xf32>
  %o = whorl.attention %qc, %k, %v : (tensor<2x4x9x16xf32>, tensor<2x4x13x16xf32>, tensor<2x4x13x16xf32>) -> tensor<2x4x9x16xf32>
  return %o : tensor<2x4x9x16xf32>
}


func.func @scale_used_twice(%q: tensor<2x4x9x16xf32>, %k: tensor<2x4x13x16xf32>, %v: tensor<2x4x13x16xf32>) -> (tensor<2x4x9x16xf32>, tensor<2x4x9x16xf32>) {
  %c = arith.constant dense<2.0> : tensor<2x4x9x16xf32>
  %qc = arith.mulf %q, %c : tensor<2x4x9x16xf32>
  %o = whorl.attention %qc, %k, %v : (tensor<2x4x9x16xf32>, tensor<2x4x13x16xf32>, tensor<2x4x13x16xf32>) -> tensor<2x4x9x16xf32>
  return %o, %qc : tensor<2x4x9x16xf32>, tensor<2x4x9x16xf32>
}


func.func @mask(%q: tensor<2x4x9x16xf32>, %k: tensor<2x4x13x16xf32>, %v: tensor<2x4x13x16xf32>, %m: tensor<2x1x9x13xi1>) -> tensor<2x4x9x16xf32> {
  %zero = arith.constant dense<0.0> : tensor<2x1x9x13xf32>
  %hidden = arith.constant dense<0xFF800000> : tensor<2x1x9x13xf32>
  %b = arith.select %m, %zero, %hidden : tensor<2x1x9x13xi1>, tensor<2x1x9x13xf32>
  %o = whorl.attention %q, %k, %v mask #whorl.causal bias(%b : tensor<2x1x9x13xf32>) : (tensor<2x4x9x16xf32>, tensor<2x4x13x16xf32>, tensor<2x4x13x16xf32>) -> tensor<2x4x9x16xf32>
  return %o : tensor<2x4x9x16xf32>
}


func.func @finite_mask(%q: tensor<2x4x9x16xf32>, %k: tensor<2x4x13x16xf32>, %v: tensor<2x4x13x16xf32>, %m: tensor<2x1x9x13xi1>) -> tensor<2x4x9x16xf32> {
  %zero = arith.constant dense<0.0> : tensor<2x1x9x13xf32>
  %hidden = arith.constant dense<-1.0> : tensor<2x1x9x13xf32>
  %b = arith.select %m, %zero, %hidden : tensor<2x1x9x13xi1>, tensor<2x1x9x13xf32>
  %o = whorl.attention %q, %k, %v bias(%b : tensor<2x1x9x13xf32>) : (tensor<2x4x9x16xf32>, tensor<2x4x13x16xf32>, tensor<2x4x13x16xf32>) -> tensor<2x4x9x16xf32>
  return %o : tensor<2x4x9x16xf32>
}


#key = affine_map<(b, h, i, j) -> (b, j)>
#row = affine_map<(b, h, i, j) -> (h, i)>
#all = affine_map<(b, h, i, j) -> (b, h, i, j)>

func.func @bias(%q: tensor<2x4x9x16xf32>, %k: tensor<2x4x13x16xf32>, %v: tensor<2x4x13x16xf32>, %x: tensor<2x13xf32>, %y: tensor<4x9xf32>) -> tensor<2x4x9x16xf32> {
  %e = tensor.empty() : tensor<2x4x9x13xf32>
  %b = linalg.generic {indexing_maps = [#key, #row, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%x, %y : tensor<2x13xf32>, tensor<4x9xf32>) outs(%e : tensor<2x4x9x13xf32>) {
  ^bb0(%a: f32, %c: f32, %d: f32):
    %p = arith.mulf %a, %c : f32
    linalg.yield %p : f32
  } -> tensor<2x4x9x13xf32>
  %o = whorl.attention %q, %k, %v bias(%b : tensor<2x4x9x13xf32>) : (tensor<2x4x9x16xf32>, tensor<2x4x13x16xf32>, tensor<2x4x13x16xf32>) -> tensor<2x4x9x16xf32>
  return %o : tensor<2x4x9x16xf32>
}
