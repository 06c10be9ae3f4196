// M6 to M8: key_lengths, documents, boolean.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @mask_m6_count(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C11) (M6) key_lengths takes 1 mask operands, got 0}}
  %o = whorl.attention %q, %q, %q mask #whorl.key_lengths
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @mask_m6_size(%q: tensor<2x4x3x8xf32>, %n: tensor<3xi32>) {
  // expected-error @+1 {{(C11) (M6) key_lengths takes a tensor of 2 integers (one per batch), got 'tensor<3xi32>'}}
  %o = whorl.attention %q, %q, %q mask #whorl.key_lengths(%n : tensor<3xi32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @mask_m6_type(%q: tensor<2x4x3x8xf32>, %n: tensor<2xf32>) {
  // expected-error @+1 {{(C11) (M6) key_lengths takes a tensor of 2 integers (one per batch), got 'tensor<2xf32>'}}
  %o = whorl.attention %q, %q, %q mask #whorl.key_lengths(%n : tensor<2xf32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @mask_m6_unsigned(%q: tensor<2x4x3x8xf32>, %n: tensor<2xui32>) {
  // expected-error @+1 {{(C11) (M6) key_lengths takes a tensor of 2 integers (one per batch), got 'tensor<2xui32>'}}
  %o = whorl.attention %q, %q, %q mask #whorl.key_lengths(%n : tensor<2xui32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @mask_m6_scalar(%q: tensor<2x4x3x8xf32>, %n: i32) {
  // expected-error @+1 {{(C11) (M6) key_lengths takes a tensor of 2 integers (one per batch), got 'i32'}}
  %o = whorl.attention %q, %q, %q mask #whorl.key_lengths(%n : i32)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @mask_m7_count(%q: tensor<2x4x3x8xf32>, %n: tensor<3xi32>) {
  // expected-error @+1 {{(C11) (M7) documents takes 2 mask operands, got 1}}
  %o = whorl.attention %q, %q, %q mask #whorl.documents(%n : tensor<3xi32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @mask_m7_query(%q: tensor<2x4x3x8xf32>, %n: tensor<4xi32>, %m: tensor<3xi32>) {
  // expected-error @+1 {{(C11) (M7) documents takes integer ids of shape [3] or [2, 3] for the queries, got 'tensor<4xi32>'}}
  %o = whorl.attention %q, %q, %q mask #whorl.documents(%n, %m : tensor<4xi32>, tensor<3xi32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @mask_m7_key(%q: tensor<2x4x3x8xf32>, %n: tensor<3xi32>, %m: tensor<5x3xi32>) {
  // expected-error @+1 {{(C11) (M7) documents takes integer ids of shape [3] or [2, 3] for the keys, got 'tensor<5x3xi32>'}}
  %o = whorl.attention %q, %q, %q mask #whorl.documents(%n, %m : tensor<3xi32>, tensor<5x3xi32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @mask_m7_float(%q: tensor<2x4x3x8xf32>, %n: tensor<3xf32>) {
  // expected-error @+1 {{(C11) (M7) documents takes integer ids of shape [3] or [2, 3] for the queries, got 'tensor<3xf32>'}}
  %o = whorl.attention %q, %q, %q mask #whorl.documents(%n, %n : tensor<3xf32>, tensor<3xf32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @mask_m7_types(%q: tensor<2x4x3x8xf32>, %n: tensor<3xi32>, %m: tensor<3xi64>) {
  // expected-error @+1 {{(C11) (M7) documents takes ids of one integer type, got 'tensor<3xi32>' and 'tensor<3xi64>'}}
  %o = whorl.attention %q, %q, %q mask #whorl.documents(%n, %m : tensor<3xi32>, tensor<3xi64>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @mask_m8_count(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C11) (M8) boolean takes 1 mask operands, got 0}}
  %o = whorl.attention %q, %q, %q mask #whorl.boolean
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @mask_m8_shape(%q: tensor<2x4x3x8xf32>, %n: tensor<2x3xi1>) {
  // expected-error @+1 {{(C11) (M8) boolean takes an i1 tensor of rank 1 to 4 that broadcasts to [2, 4, 3, 3], got 'tensor<2x3xi1>'}}
  %o = whorl.attention %q, %q, %q mask #whorl.boolean(%n : tensor<2x3xi1>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @mask_m8_type(%q: tensor<2x4x3x8xf32>, %n: tensor<3xi8>) {
  // expected-error @+1 {{(C11) (M8) boolean takes an i1 tensor of rank 1 to 4 that broadcasts to [2, 4, 3, 3], got 'tensor<3xi8>'}}
  %o = whorl.attention %q, %q, %q mask #whorl.boolean(%n : tensor<3xi8>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @mask_m8_scalar(%q: tensor<2x4x3x8xf32>, %n: tensor<i1>) {
  // expected-error @+1 {{(C11) (M8) boolean takes an i1 tensor of rank 1 to 4 that broadcasts to [2, 4, 3, 3], got 'tensor<i1>'}}
  %o = whorl.attention %q, %q, %q mask #whorl.boolean(%n : tensor<i1>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}
