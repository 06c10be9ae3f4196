// C16 to C18: tensors or memrefs throughout; the schedule.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @attention_c16(%q: tensor<2x4x3x8xf32>, %k: memref<2x4x3x8xf32>,
                             %v: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C16) expected all operands to be tensors, as 'tensor<2x4x3x8xf32>' is, got 'memref<2x4x3x8xf32>'}}
  %o = whorl.attention %q, %k, %v
       : (tensor<2x4x3x8xf32>, memref<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c16_clause(%q: tensor<2x4x3x8xf32>, %n: memref<2xi32>) {
  // expected-error @+1 {{(C16) expected all operands to be tensors, as 'tensor<2x4x3x8xf32>' is, got 'memref<2xi32>'}}
  %o = whorl.attention %q, %q, %q mask #whorl.key_lengths(%n : memref<2xi32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c16_vector(%q: tensor<2x4x3x8xf32>, %n: vector<2xi64>) {
  // expected-error @+1 {{(C16) expected all operands to be tensors, as 'tensor<2x4x3x8xf32>' is, got 'vector<2xi64>'}}
  %o = whorl.attention %q, %q, %q offset(%n : vector<2xi64>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c16_memrefs(%q: memref<2x4x3x8xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{(C16) expected all operands to be memrefs, as 'memref<2x4x3x8xf32>' is, got 'tensor<3xf32>'}}
  whorl.attention %q, %q, %q bias(%b : tensor<3xf32>) outs(%q : memref<2x4x3x8xf32>)
      : (memref<2x4x3x8xf32>, memref<2x4x3x8xf32>, memref<2x4x3x8xf32>) -> ()
  return
}

// -----

#sparse = #sparse_tensor.encoding<{ map = (a, b, c, d) -> (a : dense, b : dense, c : dense, d : compressed) }>
!t = tensor<2x4x3x8xf32, #sparse>
func.func @attention_c16_sparse(%q: !t) {
  // expected-error @+1 {{(C16) expected dense tensors, got 'tensor<2x4x3x8xf32, #sparse_tensor.encoding}}
  %o = whorl.attention %q, %q, %q : (!t, !t, !t) -> !t
  return
}

// -----

func.func @attention_c17(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C17) expected a schedule, such as #whorl.cpu_schedule<...>, got #whorl.causal}}
  %o = whorl.attention %q, %q, %q schedule #whorl.causal
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c18(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C18) expected query, key and value of bf16 for dot = bf16, got 'f32'; use dot = fma}}
  %o = whorl.attention %q, %q, %q schedule #whorl.cpu_schedule<lanes = 16, tile = [8, 3], groups = 1, key_block = 80, dot = bf16>
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}
