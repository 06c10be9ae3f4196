// One negative test per constraint of whorl.unmask and its policies.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @c1_rank(%x: tensor<i64>, %c: tensor<i64>, %s: tensor<f32>) {
  // expected-error @+1 {{(C1) expected tokens of one dimension or more and i32 or i64, got 'tensor<i64>'}}
  %0 = whorl.unmask %x, %c scores(%s : tensor<f32>) policy = #whorl.confident mask_token = 3  : tensor<i64>
  return
}

// -----

func.func @c1_element(%x: tensor<5xi8>, %c: tensor<5xi8>, %s: tensor<5xf32>) {
  // expected-error @+1 {{(C1) expected tokens of one dimension or more and i32 or i64, got 'tensor<5xi8>'}}
  %0 = whorl.unmask %x, %c scores(%s : tensor<5xf32>) policy = #whorl.confident mask_token = 3  : tensor<5xi8>
  return
}

// -----

func.func @c1_candidates(%x: tensor<2x5xi64>, %c: tensor<2x4xi64>, %s: tensor<2x5xf32>) {
  // expected-error @+1 {{(C1) expected candidates and result like the tokens, 'tensor<2x5xi64>', got 'tensor<2x4xi64>'}}
  %0 = whorl.unmask %x, %c scores(%s : tensor<2x5xf32>) policy = #whorl.confident mask_token = 3  : (tensor<2x5xi64>, tensor<2x4xi64>) -> tensor<2x5xi64>
  return
}

// -----

func.func @c2(%x: tensor<2x5xi64>, %c: tensor<2x5xi64>, %s: tensor<2x4xf32>) {
  // expected-error @+1 {{(C2) expected scores to have the shape of the tokens, [2, 5], and elements f16, bf16, f32 or f64, got 'tensor<2x4xf32>'}}
  %0 = whorl.unmask %x, %c scores(%s : tensor<2x4xf32>) policy = #whorl.confident mask_token = 3  : tensor<2x5xi64>
  return
}

// -----

func.func @c3(%x: tensor<2x5xi64>, %c: tensor<2x5xi64>, %s: tensor<2x5xf32>) {
  // expected-error @+1 {{(C3) expected an unmasking policy, such as #whorl.best, got #whorl.causal}}
  %0 = whorl.unmask %x, %c scores(%s : tensor<2x5xf32>) policy = #whorl.causal mask_token = 3  : tensor<2x5xi64>
  return
}

// -----

func.func @c4_none(%x: tensor<2x5xi64>, %c: tensor<2x5xi64>, %s: tensor<2x5xf32>) {
  // expected-error @+1 {{(C4) expected counts(%k : type), which #whorl.best asks for, got none}}
  %0 = whorl.unmask %x, %c scores(%s : tensor<2x5xf32>) policy = #whorl.best mask_token = 3  : tensor<2x5xi64>
  return
}

// -----

func.func @c4_shape(%x: tensor<2x5xi64>, %c: tensor<2x5xi64>, %s: tensor<2x5xf32>, %k: tensor<3xi32>) {
  // expected-error @+1 {{(C4) expected counts of i32 or i64 and the shape [2], or a single one, got 'tensor<3xi32>'}}
  %0 = whorl.unmask %x, %c scores(%s : tensor<2x5xf32>) policy = #whorl.confident mask_token = 3 counts(%k : tensor<3xi32>) : tensor<2x5xi64>
  return
}

// -----

func.func @c5(%x: tensor<2x5xi64>, %c: tensor<2x5xi64>, %s: tensor<2x5xf32>) {
  // expected-error @+1 {{(C5) expected mask_token not to be negative, got -1}}
  %0 = whorl.unmask %x, %c scores(%s : tensor<2x5xf32>) policy = #whorl.confident mask_token = -1  : tensor<2x5xi64>
  return
}

// -----

func.func @c6_mixed(%x: tensor<2x5xi64>, %c: tensor<2x5xi64>, %s: memref<2x5xf32>) {
  // expected-error @+1 {{(C6) expected all tensors or all memrefs, got 'tensor<2x5xi64>' and 'memref<2x5xf32>'}}
  %0 = whorl.unmask %x, %c scores(%s : memref<2x5xf32>) policy = #whorl.confident mask_token = 3  : tensor<2x5xi64>
  return
}

// -----

func.func @c6_outs(%x: memref<5xi64>, %s: memref<5xf32>) {
  // expected-error @+1 {{(C6) expected a result on tensors, outs and no result on memrefs}}
  whorl.unmask %x, %x scores(%s : memref<5xf32>) policy = #whorl.confident mask_token = 3 : memref<5xi64>
  return
}

// -----

// expected-error @+1 {{(E1) expected a bound that is not negative, got -1.0}}
func.func private @e1() attributes {whorl.p = #whorl.entropy_bound<bound = -1.0>}
